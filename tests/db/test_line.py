"""The line on the database alone: from a group to delivery times, and what is refused on the way."""

from datetime import timedelta

import pytest

from staffetta.billing import ledger
from staffetta.billing.errors import NoPrice, NotEnoughCredit
from staffetta.billing.models import TypePrice
from staffetta.contacts.models import OptOut
from staffetta.lib import clock
from staffetta.messaging import accept, archive, compose
from staffetta.messaging.errors import (
    BraceAlone,
    EmptyText,
    NobodyToSendTo,
    PriceChanged,
    SenderRefused,
    TextTooLong,
    TooLateToSend,
    UnknownField,
)
from staffetta.messaging.expand import Expander
from staffetta.messaging.models import Batch, Message
from staffetta.sms.errors import SENDER_CODES, SenderError
from tests.db.line import (
    accepted,
    answer,
    claim_and_begin,
    deliver,
    expand_all,
    request,
    states,
    work_all,
)
from tests.people import make_group

pytestmark = pytest.mark.django_db


def test_it_works_from_group_to_delivery_times(people, connector):
    batch = accepted(people, 30)
    assert ledger.wallet(people.account.pk).held_e4 == 30 * 16_000
    expand_all()
    chunk = claim_and_begin(connector)
    answer(connector, chunk)
    deliver(connector, chunk)
    work_all()
    batch.refresh_from_db()
    assert batch.state == "settled"
    assert batch.charged_e4 == 30 * 16_000
    assert states(batch) == {"delivered": 30} == {k: v for k, v in archive.totals([batch.pk])[batch.pk].items() if v}
    assert all(row.ended_at and row.text.startswith("Ciao Nome") for row in archive.report(batch))
    assert ledger.wallet(people.account.pk).balance_e4 == 10_000_000 - 30 * 16_000
    assert all(books.agree for books in ledger.books())


def test_the_draft_says_what_it_costs_before_anyone_confirms(people, connector):
    group = make_group(people.account, 12)
    OptOut.objects.create(account=people.account, number="+393330000001")
    draft = compose.prepare(request(people, group, text="{nome}" + "x" * 155, numbers=("+393330000002", "+393339999999", "+4917112345678")))
    # 9 names of five letters and two of six, which need a second part; the loose number has no name.
    assert (draft.recipients, draft.recipients_by_parts) == (12, {"1": 10, "2": 2})
    assert draft.left_out == {"opted_out": 1, "no_price": 1}
    assert draft.credits_e4 == draft.parts * 16_000
    assert sum(int(parts) * people_count for parts, people_count in draft.recipients_by_parts.items()) == draft.parts
    batch = accept.accept(draft)
    expand_all()
    assert Message.objects.filter(batch=batch).count() == draft.recipients
    assert sum(Message.objects.filter(batch=batch).values_list("parts", flat=True)) == draft.parts


def test_it_is_idempotent(people, connector):
    draft = compose.prepare(request(people, make_group(people.account, 3)))
    first, second = accept.accept(draft), accept.accept(draft)
    assert first == second
    assert ledger.wallet(people.account.pk).held_e4 == 3 * 16_000


def test_short_credit_is_refused_and_nothing_is_held(people, connector):
    draft = compose.prepare(request(people, make_group(people.account, 700)))
    with pytest.raises(NotEnoughCredit) as refused:
        accept.accept(draft)
    assert refused.value.values == {"needed": "1.120", "available": "1.000"}
    assert ledger.wallet(people.account.pk).held_e4 == 0
    assert not Batch.objects.exists()


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"text": "  "}, EmptyText),
        ({"text": "Ciao {colore}"}, UnknownField),
        ({"sender": "TROPPO LUNGO DAVVERO"}, SenderRefused),
        ({"text": "x" * 613}, TextTooLong),
        ({"groups": ()}, NobodyToSendTo),
        ({"send_at": clock.now() - timedelta(hours=1)}, TooLateToSend),
    ],
)
def test_bad_input_is_refused(people, connector, fields, refusal):
    with pytest.raises(refusal):
        compose.prepare(request(people, make_group(people.account, 2), **fields))


def test_another_accounts_group_is_nobody(people, connector):
    with pytest.raises(NobodyToSendTo):
        compose.prepare(request(people, make_group(people.other_account, 2)))


def test_expanding_never_passes_what_was_confirmed(people, connector):
    group = make_group(people.account, 4)
    draft = compose.prepare(request(people, group, text="{nome}" + "x" * 100))
    batch = accept.accept(draft)
    group.contacts.update(name="x" * 80)
    expand_all()
    batch.refresh_from_db()
    assert batch.expanded_e4 <= batch.credits_e4
    assert batch.expanded < 4


def test_a_number_that_moved_to_another_contact_meanwhile_is_written_to_once(people, connector, monkeypatch):
    monkeypatch.setattr("staffetta.messaging.expand.STRETCH", 2)
    group = make_group(people.account, 4)
    batch = accept.accept(compose.prepare(request(people, group)))
    expander = Expander()
    assert expander.step()
    first, *_, last = group.contacts.order_by("id")
    number, first.number = first.number, "+393999999999"
    first.save()
    last.number = number
    last.save()
    assert expander.step()
    expand_all()
    assert sorted(Message.objects.filter(batch=batch).values_list("number", flat=True)) == [f"+39333000000{n}" for n in (1, 2, 3)]
    assert states(batch) == {"queued": 3}
    assert archive.totals([batch.pk])[batch.pk]["queued"] == 3


def test_a_price_changed_after_the_count_is_refused(people, connector):
    draft = compose.prepare(request(people, make_group(people.account, 1)))
    TypePrice.objects.filter(type=draft.type).update(cost_e4=20_000)
    with pytest.raises(PriceChanged):
        accept.accept(draft)


@pytest.mark.parametrize("code", sorted(SENDER_CODES))
def test_every_reason_against_a_sender_has_its_sentence(code):
    assert compose.sender_problem(SenderError(code, "x")).endswith((".", ":"))


def test_a_draft_confirmed_days_later_is_valid_from_then(people, connector):
    draft = compose.prepare(request(people, make_group(people.account, 1)))
    type(draft).objects.filter(pk=draft.pk).update(created_at=clock.now() - timedelta(days=5))
    batch = accept.accept(draft)
    assert batch.valid_until - batch.send_at == compose.VALID_FOR


@pytest.mark.parametrize("text", ["Ciao {nome", "Ciao {}", "Ciao nome}"])
def test_a_brace_alone_is_refused(people, connector, text):
    with pytest.raises(BraceAlone):
        compose.prepare(request(people, make_group(people.account, 2), text=text))


def test_only_numbers_that_are_not_sold_are_refused_by_name(people, connector):
    with pytest.raises(NoPrice) as refused:
        compose.prepare(request(people, numbers=("+4917112345678",)))
    assert refused.value.values["number"] == "+4917112345678"
