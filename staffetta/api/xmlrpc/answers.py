"""What XML-RPC answers: structs, doubles and faults. Pure."""

from collections.abc import Sequence
from typing import Any
from xmlrpc.client import Fault, dumps

from staffetta.api.legacy import answers
from staffetta.api.operations import Sent
from staffetta.lib.errors import Refused
from staffetta.lib.money import CREDIT_E4


def credit(available_e4: int) -> float:
    """Return credit as a double: programs with types take nothing else."""
    return max(available_e4, 0) / CREDIT_E4


def sent(results: Sequence[Sent | Refused]) -> list[dict[str, Any]]:
    """Return a struct for each message."""
    return [_struct(result) for result in results]


def response(answer: Any) -> bytes:
    """Return the body of a response: the answer's, or a fault for a refusal."""
    if isinstance(answer, Refused):
        return dumps(Fault(*answers.told(answer)), methodresponse=True, encoding="utf-8").encode()
    return dumps((answer,), methodresponse=True, encoding="utf-8").encode()


def _struct(result: Sent | Refused) -> dict[str, Any]:
    if isinstance(result, Refused):
        number, text = answers.told(result)
        return {"id_sms": "", "error_code": number, "error": text}
    return {"id_sms": str(result.message_id)}
