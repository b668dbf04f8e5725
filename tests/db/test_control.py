"""Planned, paused, cancelled and outdated sends."""

from datetime import timedelta

import pytest

from staffetta.carriers.models import Route
from staffetta.lib import clock
from staffetta.messaging import accept, claim, compose, control
from staffetta.messaging.errors import (
    GroupGone,
    GroupInUse,
    MoveRefused,
    TimeFixed,
    TooFarAhead,
    TooLateToSend,
)
from staffetta.messaging.models import Batch
from tests.db.line import (
    accepted,
    answer,
    claim_and_begin,
    expand_all,
    request,
    states,
    work_all,
)
from tests.people import make_group

pytestmark = pytest.mark.django_db


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


def test_a_planned_send_is_put_off_and_called_back_forward(people, connector):
    batch = accepted(people, 3, send_at=clock.now() + timedelta(days=2))
    validity, later = batch.valid_until - batch.send_at, clock.now() + timedelta(days=5)
    control.reschedule(batch, later)
    assert (batch.send_at, batch.valid_until) == (later, later + validity)
    control.pause(batch)
    control.reschedule(batch, clock.now() + timedelta(minutes=2))
    control.resume(batch)
    expand_all()
    assert states(batch) == {"queued": 3}
    with pytest.raises(TimeFixed):
        control.reschedule(batch, later)


def test_a_time_that_has_passed_or_is_too_far_is_refused(people, connector):
    batch = accepted(people, 3, send_at=clock.now() + timedelta(days=2))
    for wrong, refusal in ((timedelta(minutes=-5), TooLateToSend), (timedelta(days=400), TooFarAhead)):
        with pytest.raises(refusal):
            control.reschedule(batch, clock.now() + wrong)
    control.cancel(batch)
    with pytest.raises(TimeFixed):
        control.reschedule(batch, clock.now() + timedelta(days=3))


def test_what_a_cancellation_gives_back_is_known_before(people, connector):
    batch = accepted(people, 10)
    assert control.withdrawal(batch) == control.Withdrawal(10, 160_000, 0)
    expand_all()
    batch.refresh_from_db()
    assert control.withdrawal(batch) == control.Withdrawal(10, 160_000, 0)
    answer(connector, claim_and_begin(connector, limit=2))
    claim.claim(connector.pk, "gw", 3, [])
    assert control.with_carrier(batch) == 3
    assert control.withdrawal(batch) == control.Withdrawal(5, 80_000, 3)
    control.cancel(batch)
    work_all()
    assert states(batch) == {"submitted": 2, "queued": 3, "cancelled": 5}


def test_a_group_deleted_before_confirm_is_refused_and_one_in_use_is_kept(people, connector):
    group = make_group(people.account, 2)
    draft = compose.prepare(request(people, group))
    planned = accept.accept(compose.prepare(request(people, group, send_at=clock.now() + timedelta(days=1))))
    with pytest.raises(GroupInUse):
        control.check_unused(group)
    control.cancel(planned)
    work_all()
    control.check_unused(group)
    group.delete()
    with pytest.raises(GroupGone):
        accept.accept(draft)
