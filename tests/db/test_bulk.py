"""Many messages in one call: one batch, held, written, sent and settled; who is refused is left out, and short credit sends nothing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from staffetta.accounts.errors import AccountClosed
from staffetta.api import bulk
from staffetta.api.operations import Sent
from staffetta.api.principal import Principal
from staffetta.billing import ledger
from staffetta.billing.errors import NotEnoughCredit
from staffetta.carriers.models import Connector, Route
from staffetta.contacts.models import OptOut
from staffetta.lib import clock
from staffetta.messaging import offer
from staffetta.messaging.errors import EmptyText, NumberRefused, OptedOut, TypeUnknown
from staffetta.messaging.models import Batch, Message
from staffetta.messaging.offer import Asked
from tests.db.line import answer, claim_and_begin, work_all
from tests.people import People, make_connector

pytestmark = pytest.mark.django_db
PRO, COST_E4 = 59, 15_000


@pytest.fixture
def caller(people: People, connector: Connector) -> Principal:
    offer.forget()
    return Principal(people.account.pk, people.owner.pk)


def asked(*said: tuple[str, str], **fields) -> list[Asked]:
    return [Asked(PRO, number, text, "BRUNI", **fields) for number, text in said]


def agree() -> None:
    assert all(books.agree for books in ledger.books())


def test_they_are_held_sent_and_settled_as_one_batch(people, caller, connector):
    told = bulk.send(caller, asked(("3330000001", "Ciao {x}"), ("+39 333 0000002", "Altro"), ("3330000003", "Ciao {x}")))
    batch = Batch.objects.get(pk=told.batch_id)
    assert (batch.text, batch.recipients, batch.parts, batch.credits_e4) == ("Ciao {x}", 3, 3, 3 * COST_E4)
    assert [Message.objects.get(pk=each.message_id).number for each in told.answers] == ["+393330000001", "+393330000002", "+393330000003"]
    assert list(Message.objects.order_by("pk").values_list("text", flat=True)) == [None, "Altro", None]
    assert ledger.wallet(people.account.pk).held_e4 == 3 * COST_E4
    answer(connector, claim_and_begin(connector))
    work_all()
    batch.refresh_from_db()
    assert (batch.state, batch.charged_e4) == ("settled", 3 * COST_E4)
    agree()


def test_who_is_refused_is_left_out(people, caller):
    OptOut.objects.create(number="+393330000004", account=people.account)
    told = bulk.send(
        caller, asked(("3330000001", "Ciao"), ("06", "Ciao"), ("3330000003", " "), ("3330000004", "Ciao"), ("3330000005", "Ciao"))
    )
    assert [type(each) for each in told.answers] == [Sent, NumberRefused, EmptyText, OptedOut, Sent]
    assert (Message.objects.count(), ledger.wallet(people.account.pk).held_e4) == (2, 2 * COST_E4)


def test_where_all_are_refused_there_is_no_batch(people, caller):
    told = bulk.send(caller, asked(("06", "Ciao")))
    assert (told.batch_id, Batch.objects.count(), ledger.wallet(people.account.pk).held_e4) == (None, 0, 0)


def test_for_lack_of_credit_nothing_is_sent(people, caller):
    ledger.hold(people.account.pk, 10_000_000 - 2 * COST_E4, "other")
    for said in (
        [("3330000001", "a"), ("3330000002", "b"), ("3330000003", "c")],
        [("3330000001", "a"), ("3330000002", "b"), ("3330000001", "c")],
    ):
        with pytest.raises(NotEnoughCredit):
            bulk.send(caller, asked(*said))
    assert (Batch.objects.count(), Message.objects.count()) == (0, 0)
    agree()


def test_a_number_that_comes_twice_gets_both_texts(people, caller):
    told = bulk.send(caller, asked(("3330000001", "uno"), ("+393330000001", "due")))
    texts = [message.text or message.batch.text for message in Message.objects.filter(pk__in=[each.message_id for each in told.answers])]
    assert sorted(texts) == ["due", "uno"]
    agree()


def test_numbers_that_come_again_are_batches_where_they_are_many(people, caller):
    ones = [(f"333000{n:04d}", f"{say} {n}") for say in ("uno", "due") for n in range(1, 31)]
    told = bulk.send(caller, asked(*ones, ("3330000001", "tre")))
    assert sorted(Batch.objects.values_list("recipients", flat=True)) == [1, 30, 30]
    kept = {message.pk: message.text or message.batch.text for message in Message.objects.select_related("batch")}
    assert [kept[each.message_id] for each in told.answers] == [text for _number, text in [*ones, ("", "tre")]]
    agree()


def test_numbers_that_come_again_and_again_make_few_batches(people, caller):
    said = [(f"333000{n:04d}", f"Ciao {again}") for again in range(bulk.ROUNDS_MAX + 3) for n in range(1, 22)]
    told = bulk.send(caller, asked(*said))
    sizes = sorted(Batch.objects.values_list("recipients", flat=True))
    assert sizes == [1] * 3 * 21 + [21] * bulk.ROUNDS_MAX
    assert len({each.message_id for each in told.answers}) == len(said)
    agree()


def test_short_credit_is_found_before_anything_is_written_or_locked(people, caller):
    ledger.hold(people.account.pk, 10_000_000 - 41 * COST_E4, "other")
    said = [(f"333000{n:04d}", f"Ciao {again}") for again in range(2) for n in range(1, 22)]
    with CaptureQueriesContext(connection) as statements, pytest.raises(NotEnoughCredit) as refusal:
        bulk.send(caller, asked(*said))
    assert not [each["sql"] for each in statements if "INSERT" in each["sql"] or "UPDATE" in each["sql"]]
    assert "63" in str(refusal.value)  # 42 messages, not those of one round


def test_of_several_batches_the_wallet_is_locked_after_all_are_written(people, caller):
    said = [(f"333000{n:04d}", f"Ciao {again}") for again in range(3) for n in range(1, 22)]
    with CaptureQueriesContext(connection) as statements:
        bulk.send(caller, asked(*said))
    made = [each["sql"] for each in statements]
    locked = next(place for place, each in enumerate(made) if each.startswith("UPDATE billing_wallet"))
    assert not any("INTO messaging_message" in each or 'INTO "messaging_' in each for each in made[locked:])


def test_what_the_credit_covers_goes_by_the_order_of_the_call(people, caller):
    ledger.hold(people.account.pk, 10_000_000 - 2 * COST_E4, "other")
    told = bulk.send(caller, asked(("3330000001", "a"), ("3330000001", "b"), ("3330000002", "c")), whole=False)
    assert [type(each) for each in told.answers] == [Sent, Sent, NotEnoughCredit]
    agree()


def test_the_wallet_is_locked_last(people, caller):
    with CaptureQueriesContext(connection) as said:
        bulk.send(caller, asked(("3330000001", "a"), ("3330000002", "b")))
    changing = [each["sql"] for each in said if "billing_wallet" in each["sql"] and each["sql"].startswith("UPDATE")]
    at = [place for place, each in enumerate(said) if each["sql"] in changing]
    assert len(at) == 1
    assert not any("INTO messaging_" in each["sql"] for each in list(said)[at[0] :])


def test_what_the_credit_covers_is_sent_where_not_all_is_asked_for(people, caller):
    ledger.hold(people.account.pk, 10_000_000 - 2 * COST_E4, "other")
    told = bulk.send(caller, asked(("3330000001", "a"), ("06", "x"), ("3330000002", "b"), ("3330000003", "c")), whole=False)
    assert [type(each) for each in told.answers] == [Sent, NumberRefused, Sent, NotEnoughCredit]
    assert Batch.objects.get().recipients == 2
    agree()


def test_each_connector_gets_a_chunk_of_its_own(people, caller, connector):
    north = make_connector("nord")
    Route.objects.filter(connector=north).update(prefix="+3934")
    offer.forget()
    told = bulk.send(caller, asked(("3330000001", "a"), ("3400000001", "b"), ("3330000002", "c")))
    assert all(isinstance(each, Sent) for each in told.answers)
    for each, numbers in ((connector, {"+393330000001", "+393330000002"}), (north, {"+393400000001"})):
        chunk = claim_and_begin(each)
        assert {message.number for message in chunk.messages} == numbers


def test_what_all_share_is_refused_for_all(people, caller):
    with pytest.raises(TypeUnknown):
        bulk.send(caller, [each._replace(type=999) for each in asked(("3330000001", "a"))])


def test_a_closed_account_sends_nothing(people, caller):
    type(people.account).objects.filter(pk=people.account.pk).update(closed_at=clock.now())
    with pytest.raises(AccountClosed):
        bulk.send(caller, asked(("3330000001", "a")))
