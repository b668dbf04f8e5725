"""A sandbox key: every outcome by its number, nothing leaves, nothing is charged, repeats by key."""

from dataclasses import replace
from datetime import timedelta

import pytest

from staffetta.api import operations
from staffetta.api.operations import Sent
from staffetta.api.principal import Principal
from staffetta.billing import ledger
from staffetta.billing.models import Entry
from staffetta.lib import clock
from staffetta.messaging import events, offer, sandbox
from staffetta.messaging.errors import KeyUsedDifferently
from staffetta.messaging.models import Batch, Event, SandboxMessage
from staffetta.messaging.offer import Asked
from tests.people import People, sms_type

pytestmark = pytest.mark.django_db


@pytest.fixture
def principal(people: People) -> Principal:
    offer.forget()
    return Principal(people.account.pk, people.owner.pk, key_id=7, sandbox=True)


def asked(number: str = "3300000001", kind: str = "PRO con notifica", **fields) -> Asked:
    return Asked(**({"type": sms_type(kind).api_id, "number": number, "text": "Ciao", "sender": "BRUNI"} | fields))


def sent(principal: Principal, *wanted: Asked) -> list[Sent]:
    return operations.send(principal, wanted)


def all_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every plan come to its end, a second at a time."""
    now = clock.now()
    for step in range(1, 5):
        monkeypatch.setattr(clock, "now", lambda step=step: now + timedelta(seconds=step))
        while sandbox.advance():
            pass


@pytest.mark.parametrize("number", [number for number, magic in sandbox.MAGIC.items() if not magic.refused])
def test_each_number_has_its_outcome(principal, number, monkeypatch):
    events.listen(principal.account_id, [f"message.{state}" for state in ("submitted", "uncertain", *sandbox.MAGIC[number].states)])
    (one,) = sent(principal, asked(number))
    all_steps(monkeypatch)
    found = SandboxMessage.objects.get(pk=one.message_id)
    assert found.state == sandbox.MAGIC[number].states[-1]
    heard = Event.objects.order_by("id").values_list("kind", "sandbox", "message_id")
    assert list(heard) == [(f"message.{state}", True, one.message_id) for state in sandbox.MAGIC[number].states]


@pytest.mark.parametrize("number", [number for number, magic in sandbox.MAGIC.items() if magic.refused])
def test_each_refusal_has_its_number(principal, number):
    (refusal,) = sent(principal, asked(number))
    assert refusal.code == sandbox.MAGIC[number].refused
    assert str(refusal)
    assert not SandboxMessage.objects.exists()


def test_nothing_leaves_and_nothing_is_charged_without_any_route(principal):
    before, entries = ledger.wallet(principal.account_id).balance_e4, Entry.objects.count()
    (one,) = sent(principal, asked())
    assert (one.cost_e4, one.repeated) == (16_000, False)
    assert ledger.wallet(principal.account_id).balance_e4 == before
    assert Entry.objects.count() == entries
    assert not Batch.objects.exists()


def test_ids_have_19_digits_and_meet_no_real_ones(principal):
    ids = [each.message_id for each in sent(principal, asked(), asked())]
    assert all(len(str(each)) == 19 and str(each).startswith("9") for each in ids)
    assert len(set(ids)) == 2


def test_it_is_idempotent(principal):
    first, again, other = sent(principal, asked(key="a"), asked(key="a"), asked(key="a", text="Altro"))
    (later,) = sent(principal, asked(key="a"))
    assert (again.message_id, again.repeated) == (later.message_id, later.repeated) == (first.message_id, True)
    assert isinstance(other, KeyUsedDifferently)
    (elsewhere,) = sent(replace(principal, key_id=8), asked(key="a"))
    assert not elsewhere.repeated


def test_a_type_without_receipts_ends_submitted(principal, monkeypatch):
    (one,) = sent(principal, asked(kind="PRO"))
    all_steps(monkeypatch)
    assert SandboxMessage.objects.get(pk=one.message_id).state == "submitted"


def test_it_hides_other_accounts(principal, people):
    (one,) = sent(principal, asked())
    assert sandbox.find(principal.account_id, 7, one.message_id)
    assert sandbox.find(principal.account_id, 8, one.message_id) is None
    assert sandbox.find(people.other_account.pk, 7, one.message_id) is None


def test_a_later_one_waits_for_its_time(principal):
    sent(principal, asked(send_at=clock.now() + timedelta(hours=1)))
    assert not sandbox.advance()


def test_it_is_forgotten_after_a_week(principal, monkeypatch):
    sent(principal, asked())
    assert sandbox.forget() == 0
    later = clock.now() + timedelta(days=7, seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert sandbox.forget() == 1
