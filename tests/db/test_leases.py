"""Claims, marks and leases: who may submit what, and what a dead gateway or link leaves behind."""

import pytest
from django.db import connection

from staffetta.billing import ledger
from staffetta.carriers.models import LinkStatus
from staffetta.lib import clock
from staffetta.messaging import accept, claim, compose, control, outcome, reroute
from staffetta.messaging.compose import SendRequest
from staffetta.messaging.errors import (
    MoveRefused,
)
from staffetta.messaging.outcome import Again, Outcome
from tests.db.line import accepted, answer, claim_and_begin, expand_all, lease_runs_out, queued_without_chunk, request, states, work_all
from tests.people import make_connector, make_group, sms_type

pytestmark = pytest.mark.django_db


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
