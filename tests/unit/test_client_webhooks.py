"""The client's check of webhooks, against the signatures of the `standardwebhooks` package."""

import json
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook

from staffetta.client.errors import SignatureWrong
from staffetta.client.webhooks import verify

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = json.dumps({"type": "message.delivered", "data": {"id": "1000000000000000001", "text": "è"}}).encode()
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def headers(**changed: str) -> dict[str, str]:
    signed = Webhook(SECRET).sign("msg_1", NOW, BODY.decode())
    return {"Webhook-Id": "msg_1", "Webhook-Timestamp": str(int(NOW.timestamp())), "Webhook-Signature": signed} | changed


def test_it_works():
    assert verify(headers(), BODY, SECRET, now_s=NOW.timestamp() + 10)["type"] == "message.delivered"


def test_one_of_several_signatures_is_enough():
    signatures = "v1,bm90IHRoaXM= " + headers()["Webhook-Signature"]
    assert verify(headers(**{"Webhook-Signature": signatures}), BODY, SECRET, now_s=NOW.timestamp())


@pytest.mark.parametrize(
    ("changed", "body", "later_s"),
    [
        ({"Webhook-Signature": "v1,bm90IHRoaXM="}, BODY, 0),
        ({"Webhook-Signature": "è"}, BODY, 0),
        ({"Webhook-Id": "msg_2"}, BODY, 0),
        ({"Webhook-Timestamp": "yesterday"}, BODY, 0),
        ({}, BODY + b" ", 0),
        ({}, BODY, 301),
        ({}, BODY, -301),
    ],
)
def test_anything_else_is_refused(changed, body, later_s):
    with pytest.raises(SignatureWrong):
        verify(headers(**changed), body, SECRET, now_s=NOW.timestamp() + later_s)


def test_a_missing_header_is_named():
    with pytest.raises(SignatureWrong, match="webhook-id"):
        verify({}, BODY, SECRET)
