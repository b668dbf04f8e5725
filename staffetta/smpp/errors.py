"""The one error of this package: something that SMPP 3.4 does not allow, on the wire or asked of a session."""

from staffetta.smpp.constants import Status


class ProtocolError(Exception):
    """A breach of the protocol. `status` is the command_status to answer with (§5.1.3).

    `recoverable` tells whether the next PDU can still be found: after a wrong command_length it cannot, and the
    connection must be closed.
    """

    def __init__(self, reason: str, status: int = Status.RSYSERR, *, recoverable: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = int(status)
        self.recoverable = recoverable
