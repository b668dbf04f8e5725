"""Webhooks: the list, one with its log of calls, make and change and delete; a new secret, a test, on and off."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from staffetta.accounts.models import Account
from staffetta.lib import clock
from staffetta.lib.errors import Refused
from staffetta.portal.access import customer_may
from staffetta.portal.forms.webhooks import WebhookForm
from staffetta.portal.paging import after_of
from staffetta.portal.webhookcalls import STATES, row
from staffetta.webhooks import endpoints, log
from staffetta.webhooks.errors import EndpointUnknown
from staffetta.webhooks.kinds import KINDS
from staffetta.webhooks.models import Endpoint

CALLS = 30
_FIELDS = {
    "webhook_url_refused": "url",
    "webhook_address_refused": "url",
    "webhook_kind_unknown": "kinds",
    "webhook_kinds_missing": "kinds",
    "webhook_batch_wrong": "batch_max",
}


def endpoint_of(account: Account, endpoint_id: int) -> Endpoint:
    """Return an account's endpoint; 404 where it has none such."""
    try:
        return endpoints.one(account.pk, endpoint_id)
    except EndpointUnknown:
        raise Http404 from None


@customer_may("api")
def listing(request: HttpRequest, account: Account) -> HttpResponse:
    """List the webhooks."""
    rows = [{"endpoint": each, "counts": log.counts(account.pk, each.pk)} for each in endpoints.listed(account.pk)]
    return render(request, "portal/webhooks.html", {"rows": rows, "kinds": KINDS})


@customer_may("api")
def new(request: HttpRequest, account: Account) -> HttpResponse:
    """Make a webhook."""

    def make(given: dict[str, Any]) -> Endpoint:
        made = endpoints.create(account.pk, given.pop("url"), given.pop("kinds"), **given, user_id=request.user.pk or 0)
        messages.success(request, _("The webhook is on. Copy its secret into your program, then send a test."))
        return made

    return _written(request, WebhookForm(request.POST or None), make, {})


@customer_may("api")
def change(request: HttpRequest, account: Account, endpoint_id: int) -> HttpResponse:
    """Change a webhook."""
    endpoint = endpoint_of(account, endpoint_id)
    initial = {name: getattr(endpoint, name) for name in ("url", "description", "kinds", "batch_max")}

    def save(given: dict[str, Any]) -> Endpoint:
        changed = endpoints.change(account.pk, endpoint.pk, **given)
        messages.success(request, _("The webhook is saved."))
        return changed

    return _written(request, WebhookForm(request.POST or None, initial=initial), save, {"endpoint": endpoint})


def _written(request: HttpRequest, form: WebhookForm, save: Callable[[dict[str, Any]], Endpoint], context: dict[str, Any]) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("webhook", save(dict(form.cleaned_data)).pk)
        except Refused as refusal:
            form.add_error(_FIELDS.get(refusal.code), str(refusal))
    return render(request, "portal/webhook_form.html", context | {"form": form}, status=400 if form.errors else 200)


@customer_may("api")
def page(request: HttpRequest, account: Account, endpoint_id: int) -> HttpResponse:
    """Show a webhook: what it tells, its secret, its calls."""
    endpoint = endpoint_of(account, endpoint_id)
    state, after = request.GET.get("state", ""), after_of(request)
    found = log.deliveries(account.pk, endpoint.pk, state)
    calls = list((found.filter(pk__lt=after) if after else found).defer("body", "answer")[: CALLS + 1])
    counts = log.counts(account.pk, endpoint.pk)
    old_until = endpoint.old_until if endpoint.old_until and endpoint.old_until > clock.now() else None
    context = {
        "endpoint": endpoint,
        "kinds": [(kind, KINDS[kind]) for kind in endpoint.kinds],
        "calls": [row(call) for call in calls[:CALLS]],
        "next": calls[CALLS - 1].pk if len(calls) > CALLS else 0,
        "after": after,
        "state": state if state in STATES else "",
        "states": [(name, words, counts[name]) for name, words in STATES.items()],
        "all": sum(counts.values()),
        "failed": counts["given_up"],
        "old_until": old_until,
    }
    return render(request, "portal/webhook.html", context)


@customer_may("api")
def delete(request: HttpRequest, account: Account, endpoint_id: int) -> HttpResponse:
    """Ask whether to delete a webhook (GET), and delete it (POST)."""
    endpoint = endpoint_of(account, endpoint_id)
    if request.method == "POST":
        endpoints.delete(account.pk, endpoint.pk)
        messages.success(request, _("The webhook to %(url)s was deleted.") % {"url": endpoint.url})
        return redirect("webhooks")
    waiting = log.counts(account.pk, endpoint.pk)["waiting"]
    return render(request, "portal/webhook_delete.html", {"endpoint": endpoint, "waiting": waiting})


def _done(request: HttpRequest, account: Account, endpoint_id: int, deed: Callable[[], str]) -> HttpResponse:
    endpoint_of(account, endpoint_id)
    try:
        messages.success(request, deed())
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("webhook", endpoint_id)


@customer_may("api")
@require_POST
def secret(request: HttpRequest, account: Account, endpoint_id: int) -> HttpResponse:
    """Make a new secret."""

    def deed() -> str:
        endpoints.rotate(account.pk, endpoint_id)
        return _("The secret is new: copy it into your program within a day. Until then calls are signed with the old one too.")

    return _done(request, account, endpoint_id, deed)


@customer_may("api")
@require_POST
def active(request: HttpRequest, account: Account, endpoint_id: int) -> HttpResponse:
    """Switch a webhook on or off."""

    def deed() -> str:
        turned_on = request.POST.get("active") == "1"
        endpoints.change(account.pk, endpoint_id, active=turned_on)
        return _("The webhook is on.") if turned_on else _("The webhook is off: what happens meanwhile is not kept for it.")

    return _done(request, account, endpoint_id, deed)


@customer_may("api")
@require_POST
def test(request: HttpRequest, account: Account, endpoint_id: int) -> HttpResponse:
    """Send a test event."""

    def deed() -> str:
        log.test(account.pk, endpoint_id)
        return _("A test event is on its way: look at its call below in a moment.")

    return _done(request, account, endpoint_id, deed)


@customer_may("api")
@require_POST
def repeat_failed(request: HttpRequest, account: Account, endpoint_id: int) -> HttpResponse:
    """Make the failed calls again."""

    def deed() -> str:
        some = log.replay_failed(account.pk, endpoint_id)
        return ngettext("%(n)s call is made again.", "%(n)s calls are made again.", some) % {"n": some}

    return _done(request, account, endpoint_id, deed)
