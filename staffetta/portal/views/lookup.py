"""One lookup: how far it is, what became of each number; pause, resume, cancel; its file; its group cleaned of dead numbers."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from staffetta.accounts.models import Account
from staffetta.contacts.models import Group
from staffetta.lib.errors import Refused
from staffetta.lookup import clean, control, ranges, results
from staffetta.lookup.errors import LookupGroupGone
from staffetta.lookup.models import LookupBatch
from staffetta.portal import lookuppage
from staffetta.portal.access import customer, customer_may, own
from staffetta.portal.forms.lookup import CleanForm, FilterForm, filter_of
from staffetta.portal.lookuppage import Row, Shown
from staffetta.portal.paging import after_of
from staffetta.reports import ordering

PAGE = 50
FILTERED_BY = ("state", "operator", "ported", "number")


def _lookup(account: Account, lookup_id: int) -> Shown:
    return Shown(own(LookupBatch.objects.select_related("user").defer("numbers"), account, pk=lookup_id))


@customer
def page(request: HttpRequest, account: Account, lookup_id: int) -> HttpResponse:
    """Show one number's answer, or a list with its results."""
    shown = _lookup(account, lookup_id)
    if shown.single:
        return render(request, "portal/lookup.html", _answer(shown))
    after = after_of(request)
    rows, following = results.page(shown.batch, filter_of(request.GET), after, PAGE)
    query = request.GET.copy()
    query.pop("after", None)
    chosen = {name: request.GET[name] for name in FILTERED_BY if request.GET.get(name)}
    context = {
        "shown": shown,
        "batch": shown.batch,
        "rows": [Row(each) for each in rows],
        "next": following,
        "after": after,
        "query": query.urlencode(),
        "hidden": chosen,
        "searching": bool(chosen),
    }
    if getattr(request, "htmx", False):
        return render(request, "portal/lookup_rows.html", context)
    return render(request, "portal/lookup_list.html", context | _whole(request, account, shown))


def _answer(shown: Shown) -> dict[str, Any]:
    batch = shown.batch
    return {"shown": shown, "batch": batch, "row": lookuppage.answer(batch), "range": ranges.operator_of_range(batch.name)}


def _whole(request: HttpRequest, account: Account, shown: Shown) -> dict[str, Any]:
    """Return what only the whole page shows: the picture and the bar, which count every result."""
    operators = results.by_operator(shown.batch)
    group = Group.objects.filter(account=account, pk=shown.batch.group).first() if shown.batch.group else None
    return {
        "form": FilterForm(request.GET, [name for name, _count in operators]),
        "chart": lookuppage.chart(operators),
        "reaches": lookuppage.reaches(shown.batch),
        "reasons": lookuppage.reasons_of(shown.batch),
        "group": group,
        "dead": clean.find(shown.batch) if group and shown.ended else None,
    }


@customer
def progress(request: HttpRequest, account: Account, lookup_id: int) -> HttpResponse:
    """Answer htmx with the part that moves; with the whole page anew once a list has ended."""
    shown = _lookup(account, lookup_id)
    if shown.single:
        return render(request, "portal/lookup_answer.html", _answer(shown))
    if shown.ended:
        return HttpResponseClientRefresh()
    return render(request, "portal/lookup_progress.html", {"shown": shown, "batch": shown.batch})


def _move(request: HttpRequest, account: Account, lookup_id: int, move: Callable[[LookupBatch], None]) -> HttpResponse:
    try:
        move(own(LookupBatch.objects.all(), account, pk=lookup_id))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("lookup", lookup_id)


@customer_may("send")
@require_POST
def pause(request: HttpRequest, account: Account, lookup_id: int) -> HttpResponse:
    """Ask for nothing more for now."""
    return _move(request, account, lookup_id, control.pause)


@customer_may("send")
@require_POST
def resume(request: HttpRequest, account: Account, lookup_id: int) -> HttpResponse:
    """Go on with a paused lookup."""
    return _move(request, account, lookup_id, control.resume)


@customer_may("send")
def cancel(request: HttpRequest, account: Account, lookup_id: int) -> HttpResponse:
    """Ask whether to take back what was not asked for (GET), and take it back (POST)."""
    if request.method == "POST":
        return _move(request, account, lookup_id, control.cancel)
    shown = _lookup(account, lookup_id)
    if not shown.may_cancel:
        return redirect("lookup", lookup_id)
    context = {"shown": shown, "batch": shown.batch, "withdrawal": control.withdrawal(shown.batch)}
    return render(request, "portal/lookup_cancel.html", context)


@customer_may("view")
@require_POST
def report(request: HttpRequest, account: Account, lookup_id: int) -> HttpResponse:
    """Order a file of the results, of all or of those that the filter takes."""
    shown = _lookup(account, lookup_id)
    chosen = filter_of(request.POST)
    expected = results.filtered(shown.batch, chosen).count()
    given = {name: value for name, value in asdict(chosen).items() if value}
    form, language = request.POST.get("form", ""), get_language() or "it"
    try:
        made = ordering.order(account.pk, request.user.pk, "lookup", form, language, expected, shown.batch.pk, **given)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("lookup", lookup_id)
    return redirect("report", made.pk)


@customer_may("contacts")
def cleaning(request: HttpRequest, account: Account, lookup_id: int) -> HttpResponse:
    """Ask which dead numbers shall leave the group that was looked up (GET), and move them into a group of their own (POST)."""
    shown = _lookup(account, lookup_id)
    group = Group.objects.filter(account=account, pk=shown.batch.group).first() if shown.batch.group else None
    if group is None or not shown.ended:
        messages.error(
            request, str(LookupGroupGone()) if group is None else _("The check is not finished yet: clean the group when it is.")
        )
        return redirect("lookup", lookup_id)
    form = CleanForm(request.POST if request.method == "POST" else {"absent": request.GET.get("absent", "0"), "name": _dead_name(group)})
    absent = int(form.cleaned_data["absent"]) if form.is_valid() else 0
    if request.method == "POST" and form.is_valid():
        try:
            made, moved = clean.move(shown.batch, form.cleaned_data["name"], absent)
        except Refused as refusal:
            form.add_error("name", str(refusal))
        else:
            told = ngettext("%(n)s number is in “%(name)s” now.", "%(n)s numbers are in “%(name)s” now.", moved)
            messages.success(request, told % {"n": moved, "name": made.name})
            return redirect("group", made.pk)
    context = {"shown": shown, "group": group, "form": form, "dead": clean.find(shown.batch, absent), "absent": absent}
    return render(request, "portal/lookup_clean.html", context, status=400 if form.errors else 200)


def _dead_name(group: Group) -> str:
    return (_("%(group)s, reaching nobody") % {"group": group.name})[:80]
