"""A program of the old interfaces in tests: what it sends by default, and how."""

from base64 import b64encode
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.test.client import encode_multipart

from staffetta.accounts.models import Account
from staffetta.messaging import offer
from staffetta.messaging.models import Batch
from tests.people import People

PASSWORD = "chiave-segreta+1"
INFORMATIVO, PRO, WITH_RECEIPT = "106", "59", "84"
MULTIPART = "multipart/form-data; boundary=limite"
FORM = "application/x-www-form-urlencoded"

# Each calls from a place of its own: wrong passwords are counted by address, by this process, for minutes.
_places = count(1)


def _place() -> str:
    at = next(_places)
    return f"10.7.{at // 250}.{at % 250}"


@cache
def _hashed() -> str:
    return make_password(PASSWORD, hasher="scrypt")  # slow, on purpose


def multipart(given: dict[str, str]) -> bytes:
    """Return a body of the type MULTIPART."""
    return encode_multipart("limite", given)


def b64(text: str | bytes) -> str:
    """Return base64, of the UTF-8 of a text."""
    return b64encode(text.encode() if isinstance(text, str) else text).decode()


@dataclass
class OldClient:
    """Calls as `owner`; `answer` and `send` give the one line."""

    people: People
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False, REMOTE_ADDR=_place()))

    def __post_init__(self) -> None:
        """Set the API password, and look at the price list anew."""
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns where it is missing
        Account.objects.filter(pk=self.people.account.pk).update(api_password=_hashed())
        offer.forget()

    def given(self, **changed: str | None) -> dict[str, str]:
        """Return the parameters of a send; None takes one away."""
        usual = {
            "authlogin": "owner",
            "authpasswd": PASSWORD,
            "sender": b64("BRUNI"),
            "body": b64("Ciao"),
            "destination": "393331234567",
            "id_api": PRO,
        }
        return {name: value for name, value in (usual | changed).items() if value is not None}

    def send(self, **changed: str | None) -> str:
        """Send by GET; return the line."""
        return self.answer("/http/send_sms?" + urlencode(self.given(**changed)))

    def answer(self, address: str, method: str = "get", **options: object) -> str:
        """Return what an address answers, which must be status 200 and one line of plain text."""
        response = getattr(self.client, method)(address, **options)
        assert (response.status_code, response.headers["Content-Type"]) == (200, "text/plain"), response.content
        assert not response.cookies
        line = response.content.decode("ascii")
        assert "\n" not in line
        return line


def sent_text() -> str:
    """Return the text of the newest message."""
    return Batch.objects.latest("pk").text
