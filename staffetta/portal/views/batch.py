"""A send: how it goes, who got it; pause, resume, cancel."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from staffetta.accounts.models import Account, User
from staffetta.lib import clock
from staffetta.lib.errors import Refused
from staffetta.messaging import approval, archive, control, curve, resend
from staffetta.messaging.errors import EverybodyReached, MoveRefused, TimeNotYours, TooManyToRepeat
from staffetta.messaging.jobs import count_deliveries_soon
from staffetta.messaging.models import Batch
from staffetta.messaging.states import MESSAGE_STATES
from staffetta.portal import camefrom, chart, linkresult, sends
from staffetta.portal.access import customer, customer_may, own
from staffetta.portal.forms.othertime import TimeForm
from staffetta.portal.pace import Pace, last_look
from staffetta.portal.paging import after_of
from staffetta.portal.recipientrows import rows_of, state_choices
from staffetta.portal.sends import Send

PAGE = 25
# Most receipts come within minutes of the send, the rest within days.
FRESH, FRESH_POLL_S, WAITING_POLL_S = timedelta(minutes=5), 2, 15
CLICKS_FRESH, CLICKS_POLL_S = timedelta(days=2), 10


def _batch(account: Account, batch_id: int) -> Batch:
    return own(Batch.objects.select_related("type", "user", "draft"), account, pk=batch_id)


def _moving(request: HttpRequest, batch: Batch) -> dict[str, Any]:
    (send,) = sends.with_outcomes([batch])
    at_ms = round(clock.now().timestamp() * 1000)
    last = last_look(request)
    pace = last.then(at_ms, send.done) if last else Pace(at_ms, send.done)
    remaining_s = pace.remaining_s(send.total - send.done)
    with_carrier = control.with_carrier(batch) if send.may_pause else 0
    moving = {"send": send, "batch": batch, "pace": pace, "remaining_s": remaining_s, "poll_s": _poll_s(send)}
    return moving | {"with_carrier": with_carrier, "may_move": send.may_reschedule and _may_move(request, batch)}


def _may_move(request: HttpRequest, batch: Batch) -> bool:
    assert isinstance(request.user, User)
    return approval.may_move(batch, request.user)


def _poll_s(send: Send) -> int:
    """Return after how many seconds the page looks again; 0 where nothing can change any more."""
    if send.moving:
        return 1
    if not (send.planned or send.waiting):
        return 0
    settled_at = send.batch.settled_at
    return FRESH_POLL_S if settled_at and clock.now() - settled_at < FRESH else WAITING_POLL_S


@customer
def page(request: HttpRequest, account: Account, batch_id: int) -> HttpResponse:
    """Show a send with its recipients."""
    batch = _batch(account, batch_id)
    state, number, after = request.GET.get("state", ""), request.GET.get("number", "").strip()[:20], after_of(request)
    clicked = state if batch.link_id and state in (archive.CLICKED, archive.NOT_CLICKED) else ""
    found = archive.page(batch, after, [state] if state in MESSAGE_STATES else None, number, PAGE, clicked)
    moving = _moving(request, batch)
    asked = approval.of(batch.draft) if batch.draft else None
    context = {
        **moving,
        "rows": rows_of(batch, found.rows),
        "next": found.after,
        "all_seen": found.all_seen,
        "after": after,
        "states": state_choices(batch, state),
        "state": state,
        "number": number,
        "came_from": camefrom.said(batch),
        "approved": asked if asked and asked.state == "approved" else None,
    }
    if getattr(request, "htmx", False):
        return render(request, "portal/recipient_rows.html", context)
    context |= {"first_send": resend.first_send(batch), "sent_again": resend.sent_again(batch), **_clicks(batch, moving["send"])}
    return render(request, "portal/send.html", context | _deliveries(moving["send"]))


@customer
def progress(request: HttpRequest, account: Account, batch_id: int) -> HttpResponse:
    """Answer htmx with the part of a send's page that moves."""
    return render(request, "portal/send_progress.html", _moving(request, _batch(account, batch_id)))


@customer
def deliveries(request: HttpRequest, account: Account, batch_id: int) -> HttpResponse:
    """Answer htmx with the picture of deliveries over time."""
    (send,) = sends.with_outcomes([_batch(account, batch_id)])
    return render(request, "portal/send_deliveries.html", _deliveries(send))


def _deliveries(send: Send) -> dict[str, Any]:
    """Return the picture; of a large send it is counted by a job and shown as soon as it is there."""
    found, stale = curve.of(send.batch, send.tally.get("delivered", 0))
    if stale:
        count_deliveries_soon(send.batch)
    counting = found is None and stale
    look_s = 2 if counting else 10 if send.moving or send.waiting else 0
    return {"batch": send.batch, "chart": chart.of(found) if found else None, "counting": counting, "look_s": look_s}


@customer
def clicked(request: HttpRequest, account: Account, batch_id: int) -> HttpResponse:
    """Answer htmx with how the short link was used."""
    batch = _batch(account, batch_id)
    (send,) = sends.with_outcomes([batch])
    return render(request, "portal/send_clicks.html", {"batch": batch, **_clicks(batch, send)})


def _clicks(batch: Batch, send: Send) -> dict[str, Any]:
    look = not send.planned and clock.now() - batch.send_at < CLICKS_FRESH
    return {"link": linkresult.of(send), "clicks_poll_s": CLICKS_POLL_S if look else 0}


def _move(request: HttpRequest, account: Account, batch_id: int, move: Callable[[Batch], None]) -> HttpResponse:
    try:
        move(_batch(account, batch_id))
    except MoveRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("send", batch_id)


@customer_may("send")
@require_POST
def pause(request: HttpRequest, account: Account, batch_id: int) -> HttpResponse:
    """Stop a running send for now."""
    return _move(request, account, batch_id, control.pause)


@customer_may("send")
@require_POST
def resume(request: HttpRequest, account: Account, batch_id: int) -> HttpResponse:
    """Go on with a paused send."""
    return _move(request, account, batch_id, control.resume)


@customer_may("send")
@require_POST
def again(request: HttpRequest, account: Account, batch_id: int) -> HttpResponse:
    """Begin a new send like this one to those whom it did not reach."""
    batch = _batch(account, batch_id)
    try:
        people = resend.again(batch)
    except (EverybodyReached, TooManyToRepeat) as refusal:
        messages.error(request, str(refusal))
        return redirect("send", batch_id)
    if gone := resend.forgotten_fields(batch):
        told = _("The file of this send was forgotten after a week: who is not among your contacts has no %(fields)s. Change the text.")
        messages.warning(request, told % {"fields": ", ".join(f"{{{field}}}" for field in gone)})
    return redirect(f"{reverse('compose')}?like={batch.pk}&listed={people.pk}")


@customer_may("send")
def cancel(request: HttpRequest, account: Account, batch_id: int) -> HttpResponse:
    """Ask whether to take back what has not left (GET), and take it back (POST)."""
    if request.method == "POST":
        return _move(request, account, batch_id, control.cancel)
    context = _moving(request, _batch(account, batch_id))
    if context["send"].may_cancel:
        return render(request, "portal/send_cancel.html", context | {"withdrawal": control.withdrawal(context["batch"])})
    return redirect("send", batch_id)


@customer_may("send")
def other_time(request: HttpRequest, account: Account, batch_id: int) -> HttpResponse:
    """Ask for another time of a planned send (GET), and let it leave then (POST)."""
    batch = _batch(account, batch_id)
    (send,) = sends.with_outcomes([batch])
    if not _may_move(request, batch):
        messages.error(request, str(TimeNotYours()))
        return redirect("send", batch_id)
    if request.method != "POST":
        form = TimeForm(account, initial={"send_at": f"{timezone.localtime(batch.send_at):%Y-%m-%dT%H:%M}"})
        return (
            render(request, "portal/send_time.html", {"send": send, "batch": batch, "form": form})
            if send.may_reschedule
            else redirect("send", batch_id)
        )
    form = TimeForm(account, request.POST)
    if form.is_valid():
        try:
            control.reschedule(batch, form.cleaned_data["send_at"])
        except Refused as refusal:
            form.add_error("send_at", str(refusal))
        else:
            messages.success(
                request, _("The send leaves on %(time)s.") % {"time": timezone.localtime(batch.send_at).strftime("%d/%m/%Y %H:%M")}
            )
            return redirect("send", batch_id)
    return render(request, "portal/send_time.html", {"send": send, "batch": batch, "form": form}, status=400)
