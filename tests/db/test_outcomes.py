"""What carriers answer and handsets report: repeated, late, early, in parts, under other ids."""

from datetime import timedelta

import pytest
from django.db import connection

from staffetta.billing import ledger
from staffetta.lib import clock
from staffetta.messaging import archive, claim, outcome, receipt
from staffetta.messaging.models import Batch
from staffetta.messaging.outcome import Again, Outcome
from staffetta.messaging.receipt import Receipt
from tests.db.line import (
    accepted,
    answer,
    claim_and_begin,
    deliver,
    expand_all,
    states,
    work_all,
)

pytestmark = pytest.mark.django_db


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
