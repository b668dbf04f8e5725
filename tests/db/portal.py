"""The portal in tests: clients in the browser's languages, downloads read, what every page must answer to."""

import csv
import io

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.http.response import HttpResponseBase
from django.test import Client

from staffetta.messaging import accept, compose
from staffetta.messaging.compose import SendRequest
from staffetta.messaging.models import Batch, Draft
from tests.db.line import answer, claim_and_begin, deliver, expand_all, work_all
from tests.people import People, make_group, sms_type

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


def accepted(
    people: People, size: int = 3, kind: str = "PRO con notifica", name: str = "Clienti", first: int = 3330000001, **fields
) -> Batch:
    """Confirm a send to a new group."""
    group = make_group(people.account, size, name, first)
    given = {"text": "Ciao {nome}", "sender": "BRUNI", "groups": (group.pk,), "user_id": people.owner.pk} | fields
    return accept.accept(compose.prepare(SendRequest(people.account.pk, sms_type(kind), **given)))


def sent(people, connector, delivered: bool = True, **fields) -> Batch:
    """Confirm a send and walk it to its end."""
    batch = accepted(people, **fields)
    expand_all()
    chunk = claim_and_begin(connector)
    answer(connector, chunk)
    if delivered:
        deliver(connector, chunk)
    work_all()
    batch.refresh_from_db()
    return batch


def typed(people: People, **fields):
    """Return what someone types into a new send, to a new group of four."""
    group = make_group(people.account, 4)
    given = {"groups": group.pk, "sender": "BRUNI", "text": "Ciao {nome}", "type": sms_type("PRO con notifica").pk, "when": "now"}
    return given | fields


def draft_of(client, people, **fields) -> Draft:
    response = client.post("/send/", typed(people, **fields))
    assert response.status_code == 302, text(response)
    return Draft.objects.latest("pk")
