"""How CSV and fixed-width statements are read: one page, with a preview of a sample before it is kept."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from staffetta.accounts.models import User
from staffetta.backoffice import posted, shown
from staffetta.backoffice.base import OfficeAdmin
from staffetta.backoffice.onepage import Table
from staffetta.backoffice.site import office
from staffetta.billing.bank import mapping as mappings
from staffetta.billing.bank import notes, reading
from staffetta.billing.bank.errors import MappingWrong, StatementRefused
from staffetta.billing.models import StatementMapping
from staffetta.lib import money

DELIMITERS = [(";", "; "), (",", ", "), ("\t", gettext_lazy("tab")), ("|", "|")]


class MappingForm(forms.ModelForm):
    """The row, with an input for the place of each field; `mapping.py` checks all of it."""

    encoding = forms.ChoiceField(
        label=gettext_lazy("encoding"),
        choices=[(name, name) for name in mappings.ENCODINGS],
        widget=UnfoldAdminSelectWidget,
        help_text=gettext_lazy("Are accented letters wrong in the preview? Try cp1252."),
    )
    delimiter = forms.ChoiceField(
        label=gettext_lazy("between two columns"), choices=DELIMITERS, required=False, widget=UnfoldAdminSelectWidget
    )
    sample = forms.FileField(
        label=gettext_lazy("sample file for the preview"),
        required=False,
        widget=UnfoldAdminFileFieldWidget,
        help_text=gettext_lazy("It is only looked at, not kept."),
    )

    class Meta:
        model = StatementMapping
        fields = ("name", "source", "kind", "encoding", "delimiter", "skip_lines", "date_format", "decimals")
        widgets = {
            "name": UnfoldAdminTextInputWidget,
            "source": UnfoldAdminSelectWidget,
            "kind": UnfoldAdminSelectWidget,
            "skip_lines": UnfoldAdminIntegerFieldWidget,
            "date_format": UnfoldAdminTextInputWidget,
            "decimals": UnfoldAdminSelectWidget,
        }
        help_texts = {"date_format": gettext_lazy("%d day, %m month, %Y year in four digits, %y in two: %d/%m/%Y or %d%m%y.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Add the inputs for the places, filled with what is kept."""
        super().__init__(*args, **kwargs)
        self.added = {}
        for name, label in mappings.FIELDS.items():
            kept = self.instance.fields.get(name)
            stretch = kept if isinstance(kept, dict) else {}
            column = "" if isinstance(kept, dict) else kept
            self.fields[f"column_{name}"] = forms.CharField(
                label=_("heading or number"), required=False, max_length=80, initial=column, widget=UnfoldAdminTextInputWidget
            )
            for part, said in (("from", _("from character")), ("length", _("length"))):
                self.fields[f"{part}_{name}"] = forms.IntegerField(
                    label=said, required=False, min_value=1, initial=stretch.get(part), widget=UnfoldAdminIntegerFieldWidget
                )
            self.added[name] = label

    def places(self) -> list[tuple[Any, bool, list[forms.BoundField]]]:
        """Return for each field of a statement its name, whether it is needed, and its inputs."""
        return [
            (label, name in mappings.NEEDED, [self[f"{part}_{name}"] for part in ("column", "from", "length")])
            for name, label in self.added.items()
        ]

    def clean(self) -> dict[str, Any]:
        """Put the places together, and have the whole checked."""
        given = super().clean() or {}
        self.instance.fields = _places(given)
        if not self.errors:
            for name in self.Meta.fields:
                setattr(self.instance, name, given[name])
            for name, sentence in mappings.problems(self.instance).items():
                place = f"{'from' if given['kind'] == 'fixed' else 'column'}_{name}"
                self.add_error(place if name in mappings.FIELDS else name, sentence)
        return given


def _places(given: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in mappings.FIELDS:
        column = given.get(f"column_{name}") or ""
        begin, length = given.get(f"from_{name}"), given.get(f"length_{name}")
        if given.get("kind") == "fixed":
            if begin or length:
                found[name] = {"from": begin, "length": length}
        elif column:
            found[name] = int(column) if column.isdecimal() else column
    return found


@admin.register(StatementMapping, site=office)
class MappingAdmin(OfficeAdmin):
    """The ways to read a statement."""

    list_display = ("name", "source", "kind", "date_format", "decimals")
    search_fields = ("name",)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Set a new way to read."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return self._page(request, StatementMapping(source="bank", kind="csv"))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Change a way to read."""
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        return self._page(request, row)

    def _page(self, request: HttpRequest, row: StatementMapping) -> HttpResponse:
        new = row.pk is None
        form = MappingForm(*posted.of(request), instance=row)
        tables: list[Table] = []
        if request.method == "POST" and form.is_valid():
            if "preview" in request.POST:
                tables = _preview(form)
            elif _kept(request, form):
                return redirect("office:billing_statementmapping_changelist")
        context = self.admin_site.each_context(request) | {
            "title": _("New way to read a statement") if new else row.name,
            "opts": self.opts,
            "form": form,
            "tables": tables,
        }
        return TemplateResponse(request, "backoffice/mapping.html", context, status=400 if form.errors else 200)


def _kept(request: HttpRequest, form: MappingForm) -> bool:
    assert isinstance(request.user, User)
    try:
        mappings.save(form.instance, request.user)
    except MappingWrong as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("“%(name)s” is saved: choose it when you upload a statement.") % {"name": form.instance.name})
    return True


def _preview(form: MappingForm) -> list[Table]:
    """Return how the sample is read, line by line; what cannot be read is said at the sample."""
    sample = form.cleaned_data.get("sample")
    if not sample:
        form.add_error("sample", _("Choose a sample file: a statement as you download it."))
        return []
    try:
        statement = reading.preview(sample.read(), sample.name, form.instance)
    except StatementRefused as refusal:
        form.add_error("sample", str(refusal))
        return []
    lines = [
        (each.place, shown.day(each.booked_on), money.euro(each.amount_cents), each.payer, each.reason, ", ".join(each.references))
        for each in statement.movements
    ]
    heads = [_("line"), *(mappings.FIELDS[name] for name in ("date", "amount", "payer", "reason", "reference"))]
    unread = [(note.place, notes.sentence(note)) for note in statement.notes]
    note = _("The first %(seen)s lines, as they will be read.") % {"seen": statement.seen}
    found = [Table(_("Preview"), heads, lines, note), Table(_("Lines that are passed over"), [_("line"), _("why")], unread)]
    return [table for table in found if table.rows]
