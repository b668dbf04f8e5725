"""A program in tests: calls REST with a key of its own, reads JSON and problems."""

from typing import Any

from django.conf import settings
from django.test import Client

from staffetta.accounts import apikeys
from staffetta.accounts.models import Account, User
from staffetta.accounts.scopes import EVERYTHING
from tests.people import People

JSON, PROBLEM = "application/json", "application/problem+json"


class Program:
    """Calls with a key; `secret` is its text."""

    def __init__(self, account: Account, user: User | None, scopes: tuple[str, ...] = EVERYTHING, **fields: Any) -> None:
        """Make the key."""
        self.key, self.secret = apikeys.make(account, user, "prova", scopes, **fields)
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns where it is missing
        self.client = Client(raise_request_exception=False)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Call, with a body as JSON (bytes and text as they are), and headers by name_of_header."""
        given = {"authorization": f"Bearer {self.secret}", "accept-language": "en"} | {k.replace("_", "-"): v for k, v in headers.items()}
        kind = given.pop("content-type", JSON)
        options: dict[str, Any] = {} if body is None else {"data": body, "content_type": kind}
        return getattr(self.client, method)(f"/api/v1{path}", headers={k: v for k, v in given.items() if v}, **options)

    def get(self, path: str, **headers: str) -> Any:
        """GET."""
        return self.call("get", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """POST."""
        return self.call("post", path, {} if body is None else body, **headers)

    def everything(self, path: str) -> list[Any]:
        """Return all items of a list, page after page."""
        items, cursor = [], ""
        while cursor is not None:
            page = read(self.get(f"{path}{'&' if '?' in path else '?'}cursor={cursor}"))
            items += page["items"]
            cursor = page["next"]
        return items


def owner(people: People, *scopes: str, **fields: Any) -> Program:
    """Return a program of the owner's account, with all scopes unless some are named."""
    return Program(people.account, people.owner, scopes or EVERYTHING, **fields)


def stranger(people: People) -> Program:
    """Return a program of the other account."""
    return Program(people.other_account, people.stranger)


def read(response: Any, status: int = 200) -> Any:
    """Return what a good answer says."""
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"].split(";")[0] == JSON
    return response.json()


def refused(response: Any, status: int, code: str) -> dict[str, Any]:
    """Return the problem that a call was refused with."""
    assert (response.status_code, response.json()["code"]) == (status, code), response.content
    problem = response.json()
    assert response.headers["Content-Type"] == PROBLEM
    assert problem["status"] == status
    assert problem["type"].endswith(code)
    assert problem["detail"].rstrip()
    return problem
