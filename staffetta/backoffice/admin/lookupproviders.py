"""Who answers lookups: described, tried out with one number, and kept. The rules are in lookup/provided.py and in the kinds."""

from dataclasses import asdict
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from staffetta.accounts.models import User
from staffetta.backoffice import shown
from staffetta.backoffice.base import OfficeAdmin
from staffetta.backoffice.onepage import Table
from staffetta.backoffice.providerform import ProviderForm
from staffetta.backoffice.site import office
from staffetta.lookup import provided, tryout
from staffetta.lookup.errors import LookupRefused
from staffetta.lookup.models import Provider
from staffetta.lookup.providers.base import Answer, Answered, RefusedForGood, RefusedForNow
from staffetta.sms.errors import NumberError
from staffetta.sms.number import parse


@admin.register(Provider, site=office)
class ProviderAdmin(OfficeAdmin):
    """The providers."""

    list_display = ("name", "kind", "active", "priority", "rate", "in_flight_max")
    ordering = ("priority", "id")

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Describe a new provider."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return self._page(request, Provider(kind="http"))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Change one, or try it out."""
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        if not self.has_change_permission(request, row):
            raise PermissionDenied
        return self._page(request, row)

    def _page(self, request: HttpRequest, row: Provider) -> HttpResponse:
        title = row.name or _("New provider of lookups")
        form = ProviderForm(request.POST if request.method == "POST" else None, row=row)
        tables: list[Table] = []
        if request.method == "POST" and form.is_valid():
            if "try" in request.POST:
                tables = _tried(form)
            elif _saved(request, form):
                return redirect("office:lookup_provider_changelist")
        context = self.admin_site.each_context(request) | {"title": title, "opts": self.opts, "form": form, "tables": tables}
        return TemplateResponse(request, "backoffice/provider.html", context, status=400 if form.errors else 200)


def _saved(request: HttpRequest, form: ProviderForm) -> bool:
    assert isinstance(request.user, User)
    try:
        provided.save(form.row, request.user)
    except LookupRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, _("“%(name)s” is saved: it is taken into use within seconds.") % {"name": form.row.name})
    return True


def _tried(form: ProviderForm) -> list[Table]:
    """Ask once, and return what the answer means and what was said word by word."""
    try:
        number = parse(form.cleaned_data["try_number"], "IT")
    except NumberError:
        form.add_error("try_number", _("Write a mobile number to try it with, for example +39 333 1234567."))
        return []
    tried = tryout.ask_once(form.row, number)
    rows = [(name, shown.long(str(value))) for name, value in _meaning(tried.answer)]
    return [
        Table(
            _("What %(number)s was answered with") % {"number": number},
            [_("field"), _("value")],
            [*rows, (_("word by word"), shown.long(tried.raw))],
        )
    ]


def _said(value: str | bool | None) -> str:
    if value is None or value == "":
        return "–"
    return (_("yes") if value else _("no")) if isinstance(value, bool) else str(value)


def _meaning(answer: Answer) -> list[tuple[str, Any]]:
    if isinstance(answer, Answered):
        return [
            (_("outcome"), _("answered: it would be charged")),
            *((name, _said(value)) for name, value in asdict(answer.fields).items()),
        ]
    if isinstance(answer, RefusedForGood):
        return [(_("outcome"), _("refused for good: not charged, not asked again")), ("code", answer.code)]
    if isinstance(answer, RefusedForNow):
        return [(_("outcome"), _("not now: it would be asked again")), ("code", answer.code)]
    return [(_("outcome"), _("no answer that says anything: not charged")), ("code", answer.code)]
