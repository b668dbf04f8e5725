"""The portal in tests: clients in the browser's languages, downloads read, what every page must answer to."""

import csv
import io

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.http.response import HttpResponseBase
from django.test import Client

HTMX = {"HX-Request": "true"}


def browser(user: AbstractBaseUser | None = None, language: str = "en") -> Client:
    """Return a client with this language, logged in where a user is given."""
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns where it is missing
    client = Client(headers={"accept-language": language})
    if user:
        client.force_login(user)
    return client


def text(response: HttpResponseBase) -> str:
    """Return a page as text."""
    return response.content.decode()


def table(response: HttpResponseBase) -> list[list[str]]:
    """Return the rows of a streamed CSV."""
    content = b"".join(response.streaming_content).decode()
    assert content[0] == "\ufeff"
    return list(csv.reader(io.StringIO(content[1:]), delimiter=";"))


def asks_for_login(address: str, method: str = "get") -> bool:
    """Tell whether who is not logged in is led to the log-in, and would come back."""
    response = getattr(browser(), method)(address)
    return response.status_code == 302 and response.headers["Location"].startswith("/login/?next=/")


def hides_from(user: AbstractBaseUser, address: str, method: str = "get") -> bool:
    """Tell whether a user of another account is told that there is no such page."""
    return getattr(browser(user), method)(address).status_code == 404
