"""REST in front of a whole copy: bodies that come in pieces, no length told."""

import json

import pytest
import requests

from tests.line.copies import Copy


@pytest.fixture
def key(demo_copy: Copy, request: pytest.FixtureRequest) -> str:
    made = demo_copy.command("account", "create", request.node.name, "--credits", "100", "--json")
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout)["api_key"]


def test_a_body_in_pieces_is_read(demo: str, key: str) -> None:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", "Idempotency-Key": "in pieces"}

    def post(path: str, *pieces: bytes) -> requests.Response:
        return requests.post(f"{demo}/api/v1{path}", data=iter(pieces), headers=headers, timeout=20)

    made = post("/groups", b'{"name": ', b'"Clienti"}')
    assert (made.status_code, made.json()["name"]) == (201, "Clienti")
    headers["Idempotency-Key"] = "many"
    sent = post("/batches", b'{"type": 59, "sender": "BRUNI", "text": "Ciao", ', b'"recipients": [{"to": "+393331234567"}]}')
    assert (sent.status_code, sent.json()["accepted"]) == (202, 1)
    headers["Idempotency-Key"] = "other"
    assert post("/groups", b'{"name": ', b'"' + b"x" * 70_000 + b'"}').json()["code"] == "body_too_large"
    # Another body under the same key is another call.
    assert post("/groups", b'{"name": "Altri"}').status_code == 201
    assert post("/groups", b'{"name": "Ancora"}').json()["code"] == "key_used_differently"
