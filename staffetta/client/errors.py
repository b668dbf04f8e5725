"""What the client raises: a refusal of the service, with its code, or a service that does not answer.

ClientError
├── StaffettaError
├── NotReachable
└── SignatureWrong
"""

import json
from typing import Any

import httpx


class ClientError(Exception):
    """Anything the client raises of its own. `retry`: the same call, with the same key, can succeed later."""

    retry = False


class StaffettaError(ClientError):
    """The service refused: `code` is stable and for programs, `detail` a whole sentence for people, `errors` the fields it is about."""

    def __init__(self, status: int, code: str, detail: str, retry: bool, errors: list[dict[str, Any]]) -> None:
        """Take note of what the service said."""
        super().__init__(f"{detail} ({code})")
        self.status, self.code, self.detail, self.retry, self.errors = status, code, detail, retry, errors


class NotReachable(ClientError):
    """No answer came, after all attempts: the call may or may not have been carried out. Repeat it with the same key."""

    retry = True

    def __init__(self, url: str, why: str, key: str) -> None:
        """Take note of whom we asked, what went wrong, and the key that makes a repeat safe ("" for a call that changes nothing)."""
        super().__init__(f"{url} does not answer ({why}).")
        self.key = key


class SignatureWrong(ClientError):
    """A webhook that does not come from the service, or comes too late. Answer 401 and do nothing with it."""


def refusal(response: httpx.Response) -> StaffettaError:
    """Return the error that an answer with a status of 400 or above is."""
    try:
        told = response.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        told = None
    if not isinstance(told, dict) or "code" not in told:  # a proxy on the way, not the service
        retry = response.status_code in {429, 502, 503, 504}
        return StaffettaError(response.status_code, "no_problem_json", f"The answer has status {response.status_code}.", retry, [])
    detail = str(told.get("detail") or told.get("title") or told["code"])
    return StaffettaError(response.status_code, str(told["code"]), detail, bool(told.get("retry")), list(told.get("errors") or []))
