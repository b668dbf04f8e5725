"""The line on the database alone: every step, its refusals, its repeats."""

from datetime import timedelta

import pytest
from django.db import connection

from staffetta.billing import ledger
from staffetta.billing.errors import NotEnoughCredit
from staffetta.billing.models import TypePrice
from staffetta.carriers.models import LinkStatus, Route
from staffetta.contacts.models import OptOut
from staffetta.lib import clock
from staffetta.messaging import accept, archive, claim, compose, control, outcome, receipt, reroute
from staffetta.messaging.compose import SendRequest
from staffetta.messaging.errors import (
    EmptyText,
    MoveRefused,
    NobodyToSendTo,
    PriceChanged,
    SenderRefused,
    TextTooLong,
    TooLateToSend,
    UnknownField,
)
from staffetta.messaging.expand import Expander
from staffetta.messaging.models import Batch, Message
from staffetta.messaging.outcome import Again, Outcome
from staffetta.messaging.receipt import Receipt
from staffetta.sms.errors import SENDER_CODES, SenderError
from tests.db.line import answer, claim_and_begin, deliver, expand_all, states, work_all
from tests.people import People, make_connector, make_group, make_people, sms_type

pytestmark = pytest.mark.django_db


@pytest.fixture
def people() -> People:
    return make_people()


@pytest.fixture
def connector():
    return make_connector()


def request(people: People, group=None, **fields) -> SendRequest:
    given = {"text": "Ciao {nome}", "sender": "BRUNI", "type": sms_type("PRO con notifica"), "groups": (group.pk,) if group else ()}
    return SendRequest(account_id=people.account.pk, **(given | fields))


def accepted(people: People, size: int = 10, **fields) -> Batch:
    return accept.accept(compose.prepare(request(people, make_group(people.account, size), **fields)))


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


def test_refused_for_good_is_not_charged_and_for_now_is_tried_again(people, connector):
    batch = accepted(people, 5)
    expand_all()
    chunk = claim_and_begin(connector)
    bad, later, *good = chunk.messages
    outcome.record(connector.pk, [Outcome(bad.id, "failed", 1, "", "0x0B"), *(Outcome(m.id, "submitted", 1, f"{m.id}") for m in good)])
    outcome.queue_again(connector.pk, [Again(later.id, "0x58", 0)])
    claim.finish("gw", [(chunk.id, chunk.last_id)])
    again = claim_and_begin(connector)
    assert [(m.id, m.attempts) for m in again.messages] == [(later.id, 1)]
    answer(connector, again)
    work_all()
    batch.refresh_from_db()
    assert states(batch) == {"failed": 1, "submitted": 4}
    assert batch.charged_e4 == 4 * 16_000


def queued_without_chunk(batch: Batch) -> int:
    return (
        Message.objects.filter(batch=batch, state="queued")
        .extra(where=["NOT EXISTS (SELECT 1 FROM messaging_chunk c WHERE messaging_message.id BETWEEN c.first_id AND c.last_id)"])
        .count()
    )


def lease_runs_out(monkeypatch) -> int:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE messaging_chunk SET lease_until = now() - interval '1 s' WHERE owner IS NOT NULL")
    monkeypatch.setattr(claim, "LEASE_S", 0)
    recovered = claim.recover()
    monkeypatch.undo()
    return recovered


def test_a_link_that_lost_its_lease_cannot_touch_what_it_claims_again(people, connector, monkeypatch):
    batch = accepted(people, 10)
    expand_all()
    first = claim.claim(connector.pk, "gw", 2_000, [])
    claim.begin("gw", [(first.id, first.first_id + 3)])
    assert lease_runs_out(monkeypatch) == 4
    second = claim.claim(connector.pk, "gw", 2_000, [])
    assert second.id != first.id
    assert claim.begin("gw", [(first.id, first.last_id)]) == set()
    claim.finish("gw", [(first.id, first.last_id)])
    assert claim.begin("gw", [(second.id, second.last_id)]) == {second.id}
    assert queued_without_chunk(batch) == 0


def test_finishing_before_giving_back_loses_nothing(people, connector):
    batch = accepted(people, 10)
    expand_all()
    chunk = claim.claim(connector.pk, "gw", 2_000, [])
    mark = chunk.first_id + 3
    claim.begin("gw", [(chunk.id, mark)])
    outcome.record(connector.pk, [Outcome(m.id, "submitted", 1, f"{m.id}") for m in chunk.messages[:4]])
    claim.finish("gw", [(chunk.id, mark)])
    claim.give_back("gw", [(chunk.id, mark)])
    assert queued_without_chunk(batch) == 0
    assert len(claim.claim(connector.pk, "gw", 2_000, []).messages) == 6


def test_a_mark_whose_answer_was_lost_is_given_back_too(people, connector):
    batch = accepted(people, 10)
    expand_all()
    chunk = claim_and_begin(connector)
    claim.give_back("gw", [(chunk.id, 0)])
    assert queued_without_chunk(batch) == 0
    assert len(claim.claim(connector.pk, "gw", 2_000, []).messages) == 10


def test_leases_that_nobody_works_on_run_out(people, connector, monkeypatch):
    accepted(people, 4)
    expand_all()
    claim_and_begin(connector)
    claim.renew("gw", [])
    assert lease_runs_out(monkeypatch) == 4


def test_a_message_tried_again_by_a_gateway_that_dies_is_uncertain(people, connector, monkeypatch):
    batch = accepted(people, 1)
    expand_all()
    first = claim_and_begin(connector, "gw1")
    outcome.queue_again(connector.pk, [Again(first.messages[0].id, "0x58", 0)])
    claim_and_begin(connector, "gw2")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE messaging_chunk SET lease_until = now() - interval '1 s' WHERE owner = 'gw2'")
    monkeypatch.setattr(claim, "LEASE_S", 0)
    assert claim.recover() == 1
    claim.finish("gw1", [(first.id, first.last_id)])
    assert states(batch) == {"uncertain": 1}


def test_a_send_without_a_route_keeps_nobody_waiting_and_can_be_cancelled(people, connector):
    stuck = accepted(people, 3)
    Route.objects.all().delete()
    work_all()
    stuck.refresh_from_db()
    assert stuck.state == "accepted"
    assert stuck.detail
    control.cancel(stuck)
    work_all()
    stuck.refresh_from_db()
    assert (stuck.state, stuck.charged_e4, states(stuck)) == ("settled", 0, {"cancelled": 3})


def test_a_price_changed_after_the_count_is_refused(people, connector):
    draft = compose.prepare(request(people, make_group(people.account, 1)))
    TypePrice.objects.filter(type=draft.type).update(cost_e4=20_000)
    with pytest.raises(PriceChanged):
        accept.accept(draft)


def test_a_stop_uses_up_no_attempt(people, connector):
    accepted(people, 1)
    expand_all()
    for _ in range(outcome.ATTEMPTS_MAX + 2):
        chunk = claim_and_begin(connector)
        outcome.queue_again(connector.pk, [Again(chunk.messages[0].id, "not submitted", 0, attempts=0)])
        claim.finish("gw", [(chunk.id, chunk.last_id)])
    assert claim_and_begin(connector).messages[0].attempts == 0


def test_attempts_are_limited(people, connector):
    batch = accepted(people, 1)
    expand_all()
    for _ in range(outcome.ATTEMPTS_MAX):
        chunk = claim_and_begin(connector)
        outcome.queue_again(connector.pk, [Again(chunk.messages[0].id, "0x58", 0)])
        claim.finish("gw", [(chunk.id, chunk.last_id)])
    assert claim.claim(connector.pk, "gw", 10, []) is None
    assert states(batch) == {"failed": 1}
    work_all()
    batch.refresh_from_db()
    assert (batch.state, batch.charged_e4) == ("settled", 0)


def test_leases_are_left_alone_for_a_while_after_the_database_began(people, connector, monkeypatch):
    accepted(people, 1)
    expand_all()
    claim_and_begin(connector)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE messaging_chunk SET lease_until = now() - interval '1 s'")
    monkeypatch.setattr(claim, "LEASE_S", 10**6)
    assert claim.recover() == 0
    monkeypatch.setattr(claim, "LEASE_S", 0)
    assert claim.recover() == 1


def test_a_dead_gateway_leaves_uncertain_only_what_it_had_begun(people, connector, monkeypatch):
    batch = accepted(people, 10)
    expand_all()
    chunk = claim.claim(connector.pk, "gw", 2_000, [])
    claim.begin("gw", [(chunk.id, chunk.first_id + 5)])
    outcome.record(connector.pk, [Outcome(chunk.first_id, "submitted", 1, "a")])
    outcome.queue_again(connector.pk, [Again(chunk.first_id + 1, "0x58", 0)])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE messaging_chunk SET lease_until = now() - interval '1 s' WHERE owner = 'gw'")
    monkeypatch.setattr(claim, "LEASE_S", 0)
    assert claim.recover() == 4
    monkeypatch.undo()
    assert states(batch) == {"submitted": 1, "uncertain": 4, "queued": 5}
    assert claim.begin("gw", [(chunk.id, chunk.last_id)]) == set()
    rest = claim.claim(connector.pk, "gw2", 2_000, []), claim.claim(connector.pk, "gw2", 2_000, [])
    assert sorted(m.id - chunk.first_id for c in rest for m in c.messages) == [1, 6, 7, 8, 9]


def test_a_late_answer_resolves_uncertain_and_a_late_refusal_gives_the_credit_back(people, connector):
    batch = accepted(people, 2)
    expand_all()
    chunk = claim_and_begin(connector)
    answer(connector, chunk, "uncertain")
    from_uncertain = [m.id for m in chunk.messages]
    work_all()
    assert Batch.objects.get(pk=batch.pk).state == "settling"
    Batch.objects.filter(pk=batch.pk).update(settling_at=clock.now() - timedelta(hours=1))
    work_all()
    assert Batch.objects.get(pk=batch.pk).charged_e4 == 2 * 16_000
    outcome.record(connector.pk, [Outcome(from_uncertain[0], "failed", 1, "", "0x0B"), Outcome(from_uncertain[1], "submitted", 1, "z")])
    assert states(batch) == {"failed": 1, "submitted": 1}
    assert ledger.wallet(people.account.pk).balance_e4 == 10_000_000 - 16_000
    assert all(books.agree for books in ledger.books())


def test_outcomes_and_receipts_repeated_change_nothing(people, connector):
    batch = accepted(people, 3, text="x" * 300)
    expand_all()
    chunk = claim_and_begin(connector)
    for _ in range(2):
        answer(connector, chunk)
        deliver(connector, chunk)
    assert states(batch) == {"delivered": 3}
    assert {k: v for k, v in archive.totals([batch.pk])[batch.pk].items() if v} == {"delivered": 3}
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM messaging_part")
        assert cursor.fetchone()[0] == 6


def test_a_long_message_is_delivered_when_all_its_parts_are(people, connector):
    batch = accepted(people, 1, text="x" * 300)
    expand_all()
    chunk = claim_and_begin(connector)
    answer(connector, chunk)
    (message,) = chunk.messages
    receipt.record(connector.pk, [Receipt(f"c{message.id}-0", message.number, "delivered", 5000, None)])
    assert states(batch) == {"submitted": 1}
    receipt.record(connector.pk, [Receipt(f"c{message.id}-1", message.number, "expired", 6000, "107")])
    assert states(batch) == {"expired": 1}


@pytest.mark.parametrize(
    ("answered", "reported"),
    [("00012AB", "12ab"), ("12AB", "000012ab"), ("FFFF", "65535"), ("65535", "ffff"), ("007", "7")],
)
def test_carriers_ids_match_in_hex_decimal_and_padded(people, connector, answered, reported):
    batch = accepted(people, 1)
    expand_all()
    chunk = claim_and_begin(connector)
    (message,) = chunk.messages
    outcome.record(connector.pk, [Outcome(message.id, "submitted", 1, receipt.carrier_key(answered))])
    receipt.record(connector.pk, [Receipt(receipt.carrier_key(reported), message.number, "delivered", 5000, None)])
    assert states(batch) == {"delivered": 1}


def test_a_receipt_may_come_before_its_outcome(people, connector):
    batch = accepted(people, 1)
    expand_all()
    chunk = claim_and_begin(connector)
    deliver(connector, chunk)
    assert states(batch) == {"queued": 1}
    answer(connector, chunk)
    receipt.match_early(connector.pk)
    assert states(batch) == {"delivered": 1}
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM messaging_earlyreceipt")
        assert cursor.fetchone()[0] == 0


def test_cancel_charges_what_was_sent_and_releases_the_rest(people, connector):
    batch = accepted(people, 10)
    expand_all()
    chunk = claim_and_begin(connector, limit=4)
    control.cancel(batch)
    assert claim.claim(connector.pk, "gw", 10, []) is None
    answer(connector, chunk)
    work_all()
    batch.refresh_from_db()
    assert states(batch) == {"submitted": 4, "cancelled": 6}
    assert (batch.state, batch.charged_e4) == ("settled", 4 * 16_000)
    assert ledger.wallet(people.account.pk).held_e4 == 0
    with pytest.raises(MoveRefused):
        control.cancel(batch)


def test_cancel_before_expansion_still_gives_every_recipient_a_state(people, connector):
    batch = accepted(people, 10, send_at=clock.now() + timedelta(days=2))
    expand_all()
    assert states(batch) == {}
    control.cancel(batch)
    work_all()
    batch.refresh_from_db()
    assert (batch.state, batch.charged_e4, states(batch)) == ("settled", 0, {"cancelled": 10})


def test_pause_stops_claims_and_marks_and_resume_goes_on(people, connector):
    batch = accepted(people, 10)
    expand_all()
    chunk = claim.claim(connector.pk, "gw", 4, [])
    control.pause(batch)
    assert claim.begin("gw", [(chunk.id, chunk.last_id)]) == set()
    assert claim.claim(connector.pk, "gw", 10, []) is None
    claim.give_back("gw", [(chunk.id, 0)])
    with pytest.raises(MoveRefused):
        control.pause(batch)
    control.resume(batch)
    while chunk := claim.claim(connector.pk, "gw", 3, []):
        claim.begin("gw", [(chunk.id, chunk.last_id)])
        answer(connector, chunk)
    assert states(batch) == {"submitted": 10}


def test_what_waits_beyond_its_validity_lapses_and_is_not_charged(people, connector):
    batch = accepted(people, 3)
    expand_all()
    Batch.objects.filter(pk=batch.pk).update(valid_until=clock.now() - timedelta(seconds=1))
    work_all()
    batch.refresh_from_db()
    assert (states(batch), batch.charged_e4) == ({"lapsed": 3}, 0)


def test_a_planned_send_is_not_claimed_before_its_time(people, connector):
    accepted(people, 3, send_at=clock.now() + timedelta(minutes=2))
    expand_all()
    assert claim.claim(connector.pk, "gw", 10, []) is None


def test_transactional_goes_first_then_accounts_in_turn(people, connector):
    big = accepted(people, 60)
    ledger.credit(people.other_account.pk, 10_000_000, "grant", "test", "for the tests")
    other = accept.accept(
        compose.prepare(SendRequest(people.other_account.pk, sms_type("PRO"), "Ciao", "ALTRI", (make_group(people.other_account, 60).pk,)))
    )
    small = accept.accept(compose.prepare(request(people, numbers=("+393401234567",))))
    expand_all()
    served: list[int] = []
    order = [claim.claim(connector.pk, "gw", 25, served).batch_id for _ in range(5)]
    assert order == [small.pk, other.pk, big.pk, other.pk, big.pk]


def test_what_waits_for_a_dead_link_goes_another_way(people, connector):
    accepted(people, 10)
    expand_all()
    leased = claim.claim(connector.pk, "gw", 3, [])
    other = make_connector("other")
    assert reroute.reroute() == 0
    LinkStatus.objects.create(connector=other, gateway="gw", state="bound", seen_at=clock.now())
    assert reroute.reroute() == 1
    assert claim.claim(connector.pk, "gw", 10, []) is None
    assert len(claim.claim(other.pk, "gw", 10, []).messages) == 7
    assert claim.begin("gw", [(leased.id, leased.last_id)]) == {leased.id}


def test_a_live_link_keeps_what_it_has(people, connector):
    accepted(people, 10)
    expand_all()
    make_connector("other")
    LinkStatus.objects.create(connector=connector, gateway="gw", state="bound", seen_at=clock.now())
    assert reroute.reroute() == 0


@pytest.mark.parametrize("code", sorted(SENDER_CODES))
def test_every_reason_against_a_sender_has_its_sentence(code):
    assert compose.sender_problem(SenderError(code, "x")).endswith((".", ":"))


def test_a_draft_confirmed_days_later_is_valid_from_then(people, connector):
    draft = compose.prepare(request(people, make_group(people.account, 1)))
    type(draft).objects.filter(pk=draft.pk).update(created_at=clock.now() - timedelta(days=5))
    batch = accept.accept(draft)
    assert batch.valid_until - batch.send_at == compose.VALID_FOR
