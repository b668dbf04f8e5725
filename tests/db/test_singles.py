"""Many single messages in one transaction: charged, numbered, sent and settled; refused one by one where credit ends."""

from datetime import timedelta

import pytest

from staffetta.billing import ledger
from staffetta.billing.errors import NotEnoughCredit
from staffetta.billing.models import Entry
from staffetta.carriers.models import Connector
from staffetta.contacts.models import OptOut
from staffetta.lib import clock
from staffetta.messaging import claim, control, settle, singles
from staffetta.messaging.errors import KeyUsedDifferently, OptedOut
from staffetta.messaging.models import Batch, Message
from staffetta.messaging.singles import Accepted, Single
from tests.db.line import answer, claim_and_begin, work_all
from tests.people import People, sms_type

pytestmark = pytest.mark.django_db
COST_E4 = 16_000


def single(people: People, connector: Connector, n: int = 1, **fields) -> Single:
    kind = sms_type("PRO con notifica")
    given = {
        "account_id": people.account.pk,
        "type_id": kind.pk,
        "sender": "BRUNI",
        "text": 'Ciao "amico" \\ {x}',
        "number": f"+39333000{n:04d}",
        "parts": 1,
        "cost_e4": COST_E4,
        "prefix": "+39",
        "connector_id": connector.pk,
        "receipts": True,
        "parts_max": 4,
    }
    return Single(**(given | fields))


def agree(people: People) -> None:
    assert all(books.agree for books in ledger.books())


def test_they_are_charged_sent_and_settled(people, connector):
    ids = [accepted.message_id for accepted in singles.accept([single(people, connector, n) for n in range(3)])]
    assert ids == sorted(ids)
    assert ledger.wallet(people.account.pk).balance_e4 == 10_000_000 - 3 * COST_E4
    agree(people)
    for _ in range(3):
        answer(connector, claim_and_begin(connector))
    work_all()
    assert set(Batch.objects.values_list("state", "charged_e4")) == {("settled", COST_E4)}
    message = Message.objects.get(pk=ids[0])
    assert (message.batch.text, message.batch.numbers, message.batch.costs) == ('Ciao "amico" \\ {x}', ["+393330000000"], {"+39": COST_E4})
    agree(people)


def test_what_the_carrier_refuses_is_given_back_once(people, connector):
    ((message_id, _repeated),) = singles.accept([single(people, connector)])
    batch = Batch.objects.get()
    control.cancel(batch)
    work_all()
    work_all()
    batch.refresh_from_db()
    assert (batch.state, batch.charged_e4) == ("settled", 0)
    assert ledger.wallet(people.account.pk).balance_e4 == 10_000_000
    assert list(Entry.objects.filter(key=f"message-{message_id}").values_list("kind", "amount_e4")) == [("refund", COST_E4)]
    agree(people)


def test_a_key_is_accepted_once_in_a_call_and_between_calls(people, connector):
    first, again, other = singles.accept([single(people, connector, key=key) for key in ("a", "a", "b")])
    assert (first.message_id, True) == again
    assert first.message_id != other.message_id
    both = singles.accept([single(people, connector, key="b"), single(people, connector, key="a")])
    assert both == [(other.message_id, True), (first.message_id, True)]
    assert Entry.objects.filter(kind="charge").count() == 2


def test_a_key_for_another_message_is_refused(people, connector):
    first, other = singles.accept([single(people, connector, 1, key="a"), single(people, connector, 2, key="a")])
    (later,) = singles.accept([single(people, connector, 1, key="a", text="Altro")])
    (planned,) = singles.accept([single(people, connector, 1, key="a", send_at=clock.now() + timedelta(hours=1))])
    assert [type(each) for each in (first, other, later, planned)] == [Accepted, *[KeyUsedDifferently] * 3]
    (said,) = singles.accept([single(people, connector, 3, key="api-ordine-7"), single(people, connector, 4, key="api-ordine-7")])[1:]
    assert isinstance(said, KeyUsedDifferently)
    assert said.values["key"] == "ordine-7"  # as the program wrote it
    assert Batch.objects.count() == 2
    agree(people)


def test_who_opted_out_gets_nothing_and_nothing_is_charged(people, connector):
    OptOut.objects.create(number="+393330000001", account=people.account)
    OptOut.objects.create(number="+393330000002", account=people.other_account)
    OptOut.objects.create(number="+393330000003", account=None)
    results = singles.accept([single(people, connector, n) for n in (1, 2, 3)])
    assert [type(each) for each in results] == [OptedOut, Accepted, OptedOut]
    assert ledger.wallet(people.account.pk).balance_e4 == 10_000_000 - COST_E4


def test_a_later_one_waits_for_its_time(people, connector):
    at = clock.now() + timedelta(hours=3)
    singles.accept([single(people, connector, send_at=at)])
    assert claim.claim(connector.pk, "gw", 10, []) is None
    batch = Batch.objects.get()
    assert abs(batch.send_at - at) < timedelta(milliseconds=1)
    assert batch.valid_until - batch.send_at == timedelta(hours=48)
    control.cancel(batch)
    work_all()
    assert ledger.wallet(people.account.pk).balance_e4 == 10_000_000
    agree(people)


def test_a_later_one_with_a_key_is_repeated_with_its_time(people, connector):
    at = clock.now() + timedelta(hours=3)
    first, again, moved = (
        singles.accept([single(people, connector, key="k", send_at=each)])[0] for each in (at, at, at + timedelta(hours=1))
    )
    assert again == (first.message_id, True)
    assert isinstance(moved, KeyUsedDifferently)


def test_where_credit_ends_the_first_ones_pass(people, connector):
    ledger.hold(people.account.pk, 10_000_000 - 2 * COST_E4, "other")
    results = singles.accept([single(people, connector, n) for n in range(3)])
    assert [type(result) for result in results] == [Accepted, Accepted, NotEnoughCredit]
    assert Batch.objects.count() == 2
    agree(people)


def test_one_empty_wallet_stops_nobody_else(people, connector):
    poor = single(people, connector, 1, account_id=people.other_account.pk, cost_e4=1)
    results = singles.accept([poor, single(people, connector, 2)])
    assert [type(result) for result in results] == [NotEnoughCredit, Accepted]


def test_more_than_one_turn_settles_goes_on_at_once(people, connector, monkeypatch):
    monkeypatch.setattr(settle, "_SINGLES", settle._SINGLES.replace("LIMIT 2000", "LIMIT 1"))
    singles.accept([single(people, connector, n) for n in range(2)])
    for _ in range(2):
        answer(connector, claim_and_begin(connector))
    assert [settle.settle() for _ in range(3)] == [True, True, False]


def test_what_is_left_is_told_to_each_who_lacks_credit(people, connector):
    ledger.hold(people.account.pk, 10_000_000 - COST_E4, "other")
    _paid, *refused = singles.accept([single(people, connector, n) for n in range(3)])
    assert [refusal.values["available"] for refusal in refused] == ["0", "0"]
