"""A file forgotten while a send to its people is accepted: first with the guard off, to show that it happens; then as the code is."""

from datetime import timedelta

import pytest
from django.db import transaction

from staffetta.contacts import filelist
from staffetta.contacts.models import FileList
from staffetta.lib import clock
from staffetta.messaging import accept, compose, jobs
from staffetta.messaging.compose import SendRequest
from staffetta.messaging.errors import FileGone
from staffetta.messaging.models import Batch, Draft
from tests.people import People, make_connector, make_people, sms_type
from tests.race.together import SURELY_S, together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def draft() -> Draft:
    people: People = make_people()
    make_connector()
    listed = filelist.one(people.account, "+393470000009", "Anna", "", {})
    made = compose.prepare(SendRequest(people.account.pk, sms_type("PRO"), "Ciao", "BRUNI", file=listed.pk))
    old = clock.now() - jobs.FORGOTTEN_AFTER - timedelta(days=1)
    FileList.objects.update(created_at=old)
    Draft.objects.update(created_at=old)
    return Draft.objects.select_related("type", "account").get(pk=made.pk)


def to_nobody() -> bool:
    """Tell whether a send was taken whose people are forgotten."""
    return Batch.objects.filter(file__dropped_at__isnull=False).exists()


def look_then_forget() -> None:
    """Forget as one would first write it: choose what can be forgotten, then do it."""
    for record in jobs._forgettable():
        filelist.forget(record)


def test_twin_takes_a_send_to_nobody(draft):
    def unlocked() -> Batch:
        with transaction.atomic():
            return accept.accept(draft)

    together(unlocked, look_then_forget, after='"contacts_filelist"', meet_s=SURELY_S)
    assert to_nobody()


def test_a_send_has_its_people_or_is_refused(draft):
    accepted, _ = together(lambda: accept.accept(draft), lambda: jobs.forget_files(0), after="FOR UPDATE")
    assert not to_nobody()
    assert isinstance(accepted, Batch | FileGone)
