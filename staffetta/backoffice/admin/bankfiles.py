"""Statements of the bank and the post office: upload one, see what became of its lines."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminSelectWidget, UnfoldBooleanSwitchWidget

from staffetta.accounts.models import User
from staffetta.backoffice import posted, shown
from staffetta.backoffice.filters import named
from staffetta.backoffice.onepage import Act, OnePageAdmin, Table
from staffetta.backoffice.orderacts import ReasonForm
from staffetta.backoffice.site import office
from staffetta.billing.bank import deciding, matching, notes, reading
from staffetta.billing.bank import states as linestates
from staffetta.billing.models import BankFile, BankLine, StatementMapping
from staffetta.lib import money
from staffetta.lib.errors import Refused

CAMT = "camt053"
KINDS = {CAMT: "CAMT.053", "csv": "CSV", "fixed": gettext_lazy("fixed width")}
SHOWN_MAX = 100


class UploadForm(forms.Form):
    """A file, and how it is to be read."""

    file = forms.FileField(label=gettext_lazy("file"), widget=UnfoldAdminFileFieldWidget)
    how = forms.ChoiceField(label=gettext_lazy("how it is read"), widget=UnfoldAdminSelectWidget)

    other_account = forms.BooleanField(
        label=gettext_lazy("it is of another account of ours"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text=gettext_lazy("Only where the IBAN in the statement is not the one in the settings."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer CAMT.053 and the ways that the staff have set."""
        super().__init__(*args, **kwargs)
        ways = [(str(row.pk), f"{row.name} ({KINDS[row.kind]})") for row in StatementMapping.objects.order_by("name")]
        field = self.fields["how"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(CAMT, _("CAMT.053 (XML of the bank)")), *ways]
        field.help_text = _("Another CSV or fixed-width file? Set first how it is read, under “Ways to read a statement”.")


def _recalls_seen(staff: User, row: BankFile, given: dict[str, Any]) -> str:
    deciding.recalls_seen(row.pk, staff, given["reason"])
    return _("The recalled transfers of this file left the queue; what you wrote stays in the audit log.")


ACTS = (
    Act(
        "recalls", gettext_lazy("The recalled transfers are looked at"), _recalls_seen, ReasonForm, open=True,
        about=lambda row: _("Find the order that each had paid, and decide whether to give it back. Then write here what you did."),
        offered=lambda row: any(note.get("seen") is False for note in row.notes),
    ),
)  # fmt: skip


@admin.register(BankFile, site=office)
class BankFileAdmin(OnePageAdmin):
    """The statements that were uploaded."""

    addable = True
    acts = ACTS
    list_display = ("name", "source_named", "kind_named", "lines_said", shown.when("created_at", gettext_lazy("uploaded")), "user")
    list_filter = (named("source", gettext_lazy("comes from"), linestates.SOURCES), "created_at")
    search_fields = ("name",)
    list_select_related = ("user",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[BankFile]:
        """Leave the files where they are."""
        found: QuerySet[BankFile] = super().get_queryset(request).defer("content")
        return found

    def get_urls(self) -> list[Any]:
        """Add the address of the file itself."""
        return [path("<int:file_id>/file/", self.admin_site.admin_view(self.file_view), name="bank-file"), *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Upload a statement."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(*posted.of(request))
        if request.method == "POST" and form.is_valid():
            try:
                return redirect("office:billing_bankfile_change", self._read(request, form.cleaned_data).file.pk)
            except Refused as refusal:
                form.add_error("file", str(refusal))
        context = self.admin_site.each_context(request) | {
            "title": _("Upload a statement"),
            "opts": self.opts,
            "form": form,
            "button": _("Upload and match"),
        }
        return TemplateResponse(request, "backoffice/form.html", context, status=400 if form.errors else 200)

    def file_view(self, request: HttpRequest, file_id: int) -> HttpResponse:
        """Hand the file out as it came."""
        row = self.get_object(request, str(file_id))
        if row is None or not self.has_view_permission(request, row):
            raise Http404
        answer = HttpResponse(bytes(row.content), content_type="application/octet-stream")
        answer.headers["Content-Disposition"] = f'attachment; filename="statement-{row.pk}.{"xml" if row.kind == CAMT else "txt"}"'
        return answer

    @admin.display(description=gettext_lazy("comes from"), ordering="source")
    def source_named(self, row: BankFile) -> str:
        """Write where it comes from."""
        return str(linestates.SOURCES[row.source])

    @admin.display(description=gettext_lazy("kind"), ordering="kind")
    def kind_named(self, row: BankFile) -> str:
        """Write what kind of file it is."""
        return str(KINDS[row.kind])

    @admin.display(description=gettext_lazy("lines"))
    def lines_said(self, row: BankFile) -> str:
        """Write how many lines there are in each state."""
        return ", ".join(f"{linestates.NAMES[state]}: {count}" for state, count in _counted(row).items()) or "–"

    def heading(self, row: BankFile) -> str:
        """Name the file."""
        return row.name

    def facts(self, row: BankFile) -> list[tuple[Any, Any]]:
        """Say where it came from, and what became of its lines."""
        lines = reverse("office:billing_bankline_changelist")
        return [
            (_("comes from"), linestates.SOURCES[row.source]),
            (_("how it was read"), row.mapping.name if row.mapping else KINDS[row.kind]),
            (_("uploaded"), f"{shown.moment(row.created_at)} · {row.user or '–'}"),
            *[
                (
                    linestates.NAMES[state],
                    format_html('<a class="office-link" href="{}?file__id__exact={}&amp;state={}">{}</a>', lines, row.pk, state, count),
                )
                for state, count in _counted(row).items()
            ],
        ]

    def links(self, row: BankFile) -> list[Any]:
        """Offer the file itself, and the next upload."""
        return [shown.link(_("Download"), "bank-file", row.pk), shown.link(_("Upload another statement"), "billing_bankfile_add")]

    def tables(self, row: BankFile) -> list[Table]:
        """Show what is to be decided, what paid, and what else was in the file."""
        lines = row.lines.select_related("order__account").order_by("pk")
        return [
            _lines(_("To be decided"), lines.filter(state__in=["proposed", "unmatched"])),
            _lines(_("Paid their orders"), lines.filter(state="matched")),
            _lines(_("Set aside"), lines.filter(state="set_aside")),
            _notes(row),
        ]

    def _read(self, request: HttpRequest, given: dict[str, Any]) -> reading.Done:
        mapping = None if given["how"] == CAMT else StatementMapping.objects.get(pk=given["how"])
        assert isinstance(request.user, User)
        file = given["file"]
        done = reading.read(
            file.read(), file.name, mapping.source if mapping else "bank", mapping, request.user, other_account=given["other_account"]
        )
        told = {"new": done.new, "known": done.known, "matched": done.states.get("matched", 0)}
        said = _("The statement is read. New lines: %(new)s; known already: %(known)s; paid their orders: %(matched)s.") % told
        messages.success(request, said)
        return done


def _counted(row: BankFile) -> dict[str, int]:
    counts = dict(row.lines.order_by().values_list("state").annotate(lines=Count("pk")))
    return {state: counts[state] for state in linestates.NAMES if state in counts}


def _lines(title: str, lines: QuerySet[BankLine]) -> Table:
    rows = [
        (
            shown.link(shown.day(line.booked_on), "billing_bankline_change", line.pk),
            money.euro(line.amount_cents),
            shown.long(line.payer),
            shown.long(line.reason),
            shown.order(line.order),
            matching.sentence(line),
        )
        for line in lines[:SHOWN_MAX]
    ]
    more = lines.count() - len(rows)
    note = _("%(count)s more are in the list of lines.") % {"count": more} if more > 0 else ""
    return Table(title, [_("booked"), _("euro"), _("payer"), _("reason"), _("order"), _("why")], rows, note)


def _notes(row: BankFile) -> Table:
    rows = [(note.place or "–", notes.sentence(note)) for note in reading.notes(row)[:SHOWN_MAX]]
    return Table(_("What else was in the file"), [_("line"), _("what")], rows)
