"""To the exchange system (SDI) and back, by the staff's hand: the files to hand over, marked as sent, and its answers uploaded."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from staffetta.accounts.models import User
from staffetta.backoffice import posted, roles, shown
from staffetta.backoffice.onepage import Table
from staffetta.backoffice.site import office
from staffetta.billing import todecide
from staffetta.billing.invoices import sdi
from staffetta.billing.invoices.errors import AnswerUnreadable, InvoiceRefused
from staffetta.billing.models import Invoice, SdiAnswer
from staffetta.lib import money

AT_ONCE_MAX = 500


class ManyFilesInput(forms.FileInput):
    """Several files at once."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files at once."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Check each of them."""
        return [super(ManyFilesField, self).clean(each, initial) for each in (data or [None])]


class AnswersForm(forms.Form):
    """Answers of SDI, one by one or in a ZIP."""

    answers = ManyFilesField(
        label=gettext_lazy("files (XML, P7M or ZIP)"),
        widget=ManyFilesInput({"class": "office-files"}),
        help_text=gettext_lazy("As you download them from the exchange system; the same file twice changes nothing."),
    )


def to_send(request: HttpRequest) -> HttpResponse:
    """Show what goes to SDI; mark as sent what was chosen."""
    _may(request, act=request.method == "POST")
    if request.method == "POST":
        return _mark(request)
    invoices = list(todecide.to_send()[:AT_ONCE_MAX])
    context = office.each_context(request) | {
        "title": _("Invoices to send to SDI"),
        "may_act": roles.may_act(request.user, "invoice"),
        "rows": [
            (
                each.pk,
                shown.link(each.shown_number, "billing_invoice_change", each.pk),
                each.account,
                shown.day(each.issued_on),
                money.euro(each.net_cents + each.vat_cents),
                each.xml_name,
            )
            for each in invoices
        ],
    }
    return TemplateResponse(request, "backoffice/to_send.html", context)


def bundle(request: HttpRequest) -> HttpResponse:
    """Hand out a ZIP of the files to send: those that the page has shown."""
    _may(request)
    wanted = [int(each) for each in request.GET.getlist("id") if each.isdecimal()]
    rows = Invoice.objects.filter(state="issued", pk__in=wanted).order_by("pk")
    return download(sdi.bundle(rows), "sdi.zip", "application/zip")


def answers(request: HttpRequest) -> HttpResponse:
    """Take in answers, and say of each file what came of it."""
    _may(request, act=True)
    form = AnswersForm(*posted.of(request))
    rows: list[Any] = []
    if request.method == "POST" and form.is_valid():
        assert isinstance(request.user, User)
        for file in form.cleaned_data["answers"]:
            rows += _taken(file, request.user)
    context = office.each_context(request) | {
        "title": _("Upload answers of SDI"),
        "form": form,
        "button": _("Upload"),
        "tables": [
            table for table in (Table(_("What came of them"), [_("file"), _("invoice"), _("outcome")], rows), _strangers()) if table.rows
        ],
    }
    return TemplateResponse(request, "backoffice/answers.html", context, status=400 if form.errors else 200)


def answer_file(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Hand out an answer as it came."""
    _may(request)
    row = get_object_or_404(SdiAnswer, pk=answer_id)
    return download(bytes(row.content), row.name, "application/octet-stream")


def download(content: bytes, name: str, kind: str) -> HttpResponse:
    """Return a file to be kept, never shown."""
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in "._-") else "_" for sign in name)
    headers = {"Content-Disposition": f'attachment; filename="{plain}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=kind, headers=headers)


def _may(request: HttpRequest, *, act: bool = False) -> None:
    if not (roles.may_act if act else roles.may_see)(request.user, "invoice"):
        raise PermissionDenied


def _mark(request: HttpRequest) -> HttpResponse:
    assert isinstance(request.user, User)
    done = 0
    for invoice_id in request.POST.getlist("id"):
        try:
            sdi.sent(int(invoice_id), request.user)
            done += 1
        except InvoiceRefused as refusal:
            messages.error(request, str(refusal))
        except (ValueError, Invoice.DoesNotExist):
            continue
    if done:
        said = ngettext("%(count)s invoice is marked as sent.", "%(count)s invoices are marked as sent.", done)
        messages.success(request, said % {"count": done})
    else:
        messages.warning(request, _("No invoice was marked as sent: choose those that you have handed over."))
    return redirect("office:sdi-to-send")


def _taken(file: UploadedFile, staff: User) -> list[tuple[Any, ...]]:
    try:
        taken = sdi.take_in(file.name or "", file.read(), staff)
    except AnswerUnreadable as refusal:
        return [(file.name, "–", str(refusal))]
    return [(each.name, _invoice(each.answer), _outcome(each)) for each in taken]


def _invoice(answer: SdiAnswer | None) -> Any:
    if answer is None or answer.invoice is None:
        return "–"
    return shown.link(answer.invoice.shown_number, "billing_invoice_change", answer.invoice.pk)


def _outcome(taken: sdi.Taken) -> str:
    if taken.refusal:
        return str(taken.refusal)
    assert taken.answer
    if taken.answer.invoice is None:
        return _("No invoice of ours has this file name: look whether it belongs here.")
    said = "; ".join(f"{each['code']} {each['text']}".strip() for each in taken.answer.told)
    known = _("known already") if taken.known else taken.answer.kind
    return f"{known}: {said}" if said else known


def _strangers() -> Table:
    rows = [
        (shown.link(each.name, "sdi-answer-file", each.pk), each.kind, shown.moment(each.received_at))
        for each in sdi.unmatched()[:AT_ONCE_MAX]
    ]
    return Table(_("Answers that belong to no invoice"), [_("file"), _("answer"), _("when")], rows)
