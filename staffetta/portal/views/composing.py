"""What the buttons of a new send do to what is written: repair, take back, fill in or keep a text, add or drop a file, test."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from staffetta.accounts.models import Account
from staffetta.contacts.people import NumberRefused
from staffetta.lib.errors import Refused
from staffetta.messaging import savedtexts, testsend
from staffetta.messaging.models import SavedText
from staffetta.portal import preview
from staffetta.portal.access import customer_may
from staffetta.portal.composepage import context_of
from staffetta.portal.forms.compose import ComposeForm
from staffetta.portal.paging import number_in
from staffetta.portal.views.compose import whole


def _answer(request: HttpRequest, account: Account, form: ComposeForm, **more: Any) -> HttpResponse:
    """Answer htmx with the pieces that changed, others with the whole page."""
    if not getattr(request, "htmx", False):
        return whole(request, account, form, **more)
    context = context_of(account, form, request.user.pk) | more | {"swap": True}
    return render(request, "portal/compose_pieces.html", context)


def _with_text(request: HttpRequest, account: Account, text: str, note: str = "") -> HttpResponse:
    """Put another text into the form; the one before can be taken back."""
    data = request.POST.copy()
    before = data.get("text", "")
    data["text"] = text
    return _answer(request, account, ComposeForm(account, data), text=True, before=before if before.strip() else "", note=note)


@customer_may("send")
@require_POST
def repair(request: HttpRequest, account: Account) -> HttpResponse:
    """Replace the costly characters of the text."""
    return _with_text(request, account, preview.repaired(request.POST.get("text", "")), _("The characters were replaced."))


@customer_may("send")
@require_POST
def undo(request: HttpRequest, account: Account) -> HttpResponse:
    """Put back the text as it was before the last button."""
    data = request.POST.copy()
    data["text"] = data.get("before", "")
    return _answer(request, account, ComposeForm(account, data), text=True)


@customer_may("send")
@require_POST
def use_text(request: HttpRequest, account: Account) -> HttpResponse:
    """Put a kept text into the form."""
    saved = SavedText.objects.filter(account=account, pk=number_in(request.POST, "saved")).first()
    if saved is None:
        return _answer(request, account, ComposeForm(account, request.POST), note=_("Choose one of your texts first."))
    return _with_text(request, account, saved.text, _("“%(name)s” is in the text now.") % {"name": saved.name})


@customer_may("send")
@require_POST
def save_text(request: HttpRequest, account: Account) -> HttpResponse:
    """Keep the text under a name."""
    form = ComposeForm(account, request.POST)
    try:
        saved = savedtexts.save(account.pk, request.POST.get("text_name", ""), form.written)
    except Refused as refusal:
        return _answer(request, account, form, texts_open=True, text_refusal=str(refusal), text_name=request.POST.get("text_name", ""))
    return _answer(request, account, form, note=_("The text is kept as “%(name)s”.") % {"name": saved.name})


@customer_may("send")
@require_POST
def add_file(request: HttpRequest, account: Account) -> HttpResponse:
    """Read a file of people for this send."""
    form = ComposeForm(account, request.POST, request.FILES)
    form.is_valid()
    form.take_file()
    return _answer(request, account, form, file=True, file_errors=form.errors.get("file"))


@customer_may("send")
@require_POST
def drop_file(request: HttpRequest, account: Account) -> HttpResponse:
    """Leave the file out of this send."""
    return _answer(request, account, ComposeForm(account, _without(request.POST, "listed")), file=True)


def _without(data: QueryDict, name: str) -> QueryDict:
    left = data.copy()
    left.pop(name, None)
    return left


@customer_may("send")
@require_POST
def test(request: HttpRequest, account: Account) -> HttpResponse:
    """Send what the first recipient would read to the writer's own number; the form stays as it is."""
    form = ComposeForm(account, request.POST)
    form.is_valid()
    # Whom the send is for may still be wrong or missing, and the time does not matter: a test wants text, type and sender.
    given = form.cleaned_data | {"numbers": tuple(form.found.good), "groups": form.cleaned_data.get("groups", ()), "at": None}
    form.cleaned_data = given | {"excluded": given.get("excluded", ())}
    refusal = "; ".join(str(each) for name in ("text", "type", "sender") for each in form.errors.get(name, ()))
    batch = None
    if not refusal:
        key = f"test-{request.user.pk}-{request.POST.get('once', '')[:40]}"
        try:
            batch = testsend.send(account, form.request(request.user.pk), request.POST.get("own_number", ""), key)
        except NumberRefused:
            refusal = _("Write your own mobile number, for example 333 1234567: the test goes there.")
        except Refused as refused:
            refusal = str(refused)
    shown = ComposeForm(account, request.POST)
    return _answer(request, account, shown, tested=batch, test_refusal=refusal, test=True)
