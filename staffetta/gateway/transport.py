"""An asyncio connection around an SMPP session: bytes in, lists of events out. Knows nothing of messages.

A Protocol rather than streams: one read brings hundreds of PDUs, and they are told in one call.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import cast

from staffetta.smpp.events import Event
from staffetta.smpp.session import Session


class Transport(asyncio.Protocol):
    """Feeds a session and tells its events; `on_lost` is called once, whoever ended the connection."""

    def __init__(self, session: Session, on_events: Callable[[Sequence[Event]], None], on_lost: Callable[[str], None]) -> None:
        """Hold the session; nothing is told before the connection is made."""
        self.session = session
        self.full = False
        self.received_bytes = 0
        self._on_events, self._on_lost = on_events, on_lost
        self._socket: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the socket."""
        self._socket = cast(asyncio.Transport, transport)  # uvloop's is none by its class

    def data_received(self, data: bytes) -> None:
        """Tell what arrived, and send the answers that the session made by itself."""
        self.received_bytes += len(data)
        events = self.session.receive(data)
        if answers := self.session.outgoing():
            self.write(answers)
        if events:
            self._on_events(events)

    def pause_writing(self) -> None:
        """The peer reads too slowly."""
        self.full = True

    def resume_writing(self) -> None:
        """The peer has caught up."""
        self.full = False
        self._on_events(())

    def connection_lost(self, exc: Exception | None) -> None:
        """Close the session."""
        self.session.close()
        self._on_lost(str(exc) if exc else "the connection was closed")

    def write(self, data: bytes) -> None:
        """Send bytes; those after the end of a connection are dropped, as nobody is left to read them."""
        if self._socket is not None and not self._socket.is_closing():
            self._socket.write(data)

    def close(self) -> None:
        """End the connection once what was written is sent."""
        if self._socket is not None:
            self._socket.close()

    def abort(self) -> None:
        """End the connection at once."""
        if self._socket is not None:
            self._socket.abort()
