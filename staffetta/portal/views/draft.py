"""A draft's recipients one by one, and what to do where the credit does not reach them all: cut it, keep the rest, download."""

from collections.abc import Iterator
from itertools import chain

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from staffetta.accounts.models import Account
from staffetta.billing import ledger
from staffetta.contacts.audience import Cursor
from staffetta.lib.errors import Refused
from staffetta.messaging import compose, cover
from staffetta.messaging.jobs import count_draft, fill_rest
from staffetta.messaging.models import Draft
from staffetta.portal import confirmpage
from staffetta.portal.access import customer_may, own
from staffetta.portal.paging import number_in
from staffetta.portal.views.confirm import DRAFTS, shown
from staffetta.reports import csvtext


def _counted(account: Account, draft_id: int) -> Draft:
    draft = own(DRAFTS.all(), account, pk=draft_id)
    if draft.state not in ("ready", "accepted"):
        raise Http404
    return draft


@customer_may("send")
def rows(request: HttpRequest, account: Account, draft_id: int) -> HttpResponse:
    """List the recipients with their text and cost, and who is left out, a page at a time."""
    draft = _counted(account, draft_id)
    after = Cursor(*(number_in(request.GET, name) for name in Cursor._fields))
    try:
        found, following = confirmpage.rows(draft, after)
    except Refused:  # its own page says why
        return redirect("draft", draft.pk)
    return render(request, "portal/draft_rows.html", {"draft": draft, "rows": found, "after": after, "next": following})


@customer_may("send")
@require_POST
def cut(request: HttpRequest, account: Account, draft_id: int) -> HttpResponse:
    """Make a draft of the first recipients only; it is confirmed like any other."""
    draft = _counted(account, draft_id)
    try:
        small = cover.cut(draft, number_in(request.POST, "first"))
    except Refused as refusal:
        return shown(request, account, draft, refusal)
    if small.state == "counting":
        count_draft.defer(draft_id=small.pk)
    return redirect("draft", small.pk)


@customer_may("send")
@require_POST
def save_rest(request: HttpRequest, account: Account, draft_id: int) -> HttpResponse:
    """Keep who is not written to as a group."""
    draft = _counted(account, draft_id)
    try:
        whole, after, left = _rest(request, account, draft)
        compose.terms_of(whole)
        group = cover.rest_group(whole, request.POST.get("name", ""))
    except Refused as refusal:
        return shown(request, account, draft, refusal)
    if left > cover.REST_AT_ONCE:
        fill_rest.defer(draft_id=whole.pk, after=list(after), group_id=group.pk)
        messages.success(request, _("The group “%(name)s” is being filled; it takes a moment.") % {"name": group.name})
    else:
        saved = cover.save_rest(whole, after, group)
        told = ngettext("%(n)s contact is in the group “%(name)s”.", "%(n)s contacts are in the group “%(name)s”.", saved)
        messages.success(request, told % {"n": saved, "name": group.name})
    return redirect("draft", draft.pk)


def _rest(request: HttpRequest, account: Account, draft: Draft) -> tuple[Draft, Cursor, int]:
    """Return whose rest it is, where it begins and how many they are: behind a cut, else behind what the page said the credit covers."""
    if draft.whole:
        return draft.whole, cover.end_of(draft), draft.whole.recipients - draft.recipients
    if "covered" in request.POST:
        first = number_in(request.POST, "covered")
    else:
        first = cover.covered(draft, ledger.wallet(account.pk).available_e4).recipients
    if first >= draft.recipients:
        raise Http404
    return draft, cover.edge(draft, first), draft.recipients - first


@customer_may("send")
def download(request: HttpRequest, account: Account, draft_id: int) -> HttpResponseBase:
    """Download the recipients, with the header that an import knows: to be shortened by hand and imported again."""
    draft = _counted(account, draft_id)
    try:
        compose.terms_of(draft)
    except Refused:  # its own page says why
        return redirect("draft", draft.pk)
    return StreamingHttpResponse(csvtext.stream(_lines(draft)), headers=csvtext.headers(_("recipients-%(n)s.csv") % {"n": draft.pk}))


def _lines(draft: Draft) -> Iterator[list[str]]:
    # The header now: what runs later, while the file is being sent, has no language any more.
    free = compose.free_fields(draft.account_id, draft.file_id)
    return chain([[_("Name"), _("Surname"), _("Mobile"), *free]], _people(draft, free))


def _people(draft: Draft, free: list[str]) -> Iterator[list[str]]:
    for step in cover.rest(draft, Cursor(), with_fields=True):
        getting = {recipient.number for recipient in step.recipients}
        for person in step.people:
            if person.number in getting:
                yield [person.name, person.surname, person.number, *(str(person.fields.get(field, "")) for field in free)]
