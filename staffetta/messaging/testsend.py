"""A test to oneself: what the first recipient would read, sent to the writer's own telephone and charged like any other send."""

from dataclasses import replace

from staffetta.accounts.models import Account
from staffetta.contacts import audience as audiences
from staffetta.contacts import filelist
from staffetta.contacts.people import number_of
from staffetta.messaging import accept, compose
from staffetta.messaging.compose import SendRequest
from staffetta.messaging.models import Batch, OwnNumber


def own_number(user_id: int) -> str:
    """Return where a user's tests go; "" where that is not known yet."""
    found = OwnNumber.objects.filter(user_id=user_id).first()
    return found.number if found else ""


def send(account: Account, request: SendRequest, written: str, key: str) -> Batch:
    """Send a request's text to the writer's number, which is kept for the next time. Once for each key.

    Raises NumberRefused, and what compose.prepare and accept.accept do.
    """
    number = number_of(account, written)
    if request.user_id is not None:
        OwnNumber.objects.update_or_create(user_id=request.user_id, defaults={"number": number})
    if batch := Batch.objects.filter(account_id=account.pk, key=key).first():
        return batch
    # A list of one person, who has the first recipient's values: the text is filled in as it would be, braces in a value and all.
    compose.template(account.pk, request.text, request.file, compose.sample_link(request.link))
    person = audiences.first(audiences.freeze(account.pk, request.groups, request.numbers, request.excluded, request.file))
    name, surname, fields = (person.name, person.surname, person.fields) if person else ("", "", {})
    blank = dict.fromkeys(compose.free_fields(account.pk, request.file), "")
    alone = filelist.one(account, number, name, surname, blank | fields)
    return accept.send(replace(request, groups=(), numbers=(), excluded=(), file=alone.pk, send_at=None, test=True), key)
