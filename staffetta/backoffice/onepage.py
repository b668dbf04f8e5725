"""The page of one row: what it says, what belongs to it, and what the staff may do about it. The rules are called, never held here.

An act is a form of its own on the page: refused, the page comes back with what was typed and the reason, and status 400.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.safestring import SafeString

from staffetta.accounts.models import User
from staffetta.backoffice import roles
from staffetta.backoffice.base import ReadOnlyAdmin
from staffetta.lib.errors import Refused


@dataclass(frozen=True)
class Act:
    """Something that may be done: `do` calls the rule and returns what is said of it; `about` says before what will happen."""

    slug: str
    label: Any
    do: Callable[[User, Any, dict[str, Any]], Any]
    form: type[forms.Form] = forms.Form
    about: Callable[[Any], Any] = lambda row: ""
    offered: Callable[[Any], bool] = lambda row: True
    grave: bool = False
    open: bool = False


@dataclass(frozen=True)
class Table:
    """Rows that belong to the one that is shown; nothing is shown of an empty one."""

    title: Any
    heads: Sequence[Any]
    rows: Sequence[Sequence[Any]]
    note: Any = ""

    def lines(self) -> Iterator[list[tuple[Any, Any]]]:
        """Return each row as (head, cell), as it is read on a telephone."""
        for row in self.rows:
            yield list(zip(self.heads, row, strict=True))


@dataclass
class Offer:
    """An act with its form as it stands on the page."""

    act: Act
    form: forms.Form
    address: str
    about: Any = field(default="")


class OnePageAdmin(ReadOnlyAdmin):
    """A table whose rows have a page of their own."""

    acts: tuple[Act, ...] = ()

    def heading(self, row: Any) -> Any:
        """Return what stands above the page."""
        return str(row)

    def facts(self, row: Any) -> list[tuple[Any, Any]]:
        """Return (label, value) of what it says."""
        return []

    def tables(self, row: Any) -> list[Table]:
        """Return what belongs to it."""
        return []

    def beside(self, row: Any) -> SafeString | str:
        """Return what is shown beside the facts."""
        return ""

    def links(self, row: Any) -> list[Any]:
        """Return the links under the facts."""
        return []

    def get_urls(self) -> list[Any]:
        """Add the addresses of the acts."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_act"
        view = self.admin_site.admin_view(self.act_view)
        return [path("<int:object_id>/do/<slug:slug>/", view, name=name), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the page."""
        row = self.get_object(request, unquote(object_id))
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        if request.method == "POST":
            raise PermissionDenied  # what is done has an address of its own
        if row is None:
            raise Http404
        return self._page(request, row)

    def act_view(self, request: HttpRequest, object_id: int, slug: str) -> HttpResponseBase:
        """Do it, and lead back to the page."""
        row = self.get_object(request, str(object_id))
        act = next((each for each in self.acts if each.slug == slug), None)
        if row is None or act is None:
            raise Http404
        if not roles.may_act(request.user, self.table):
            raise PermissionDenied
        here = reverse(f"office:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk])
        if request.method != "POST":
            return redirect(here)
        form = act.form(request.POST, request.FILES, prefix=act.slug)
        if form.is_valid():
            assert isinstance(request.user, User)
            try:
                said = act.do(request.user, row, form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, str(said))
                return redirect(self.after(row) or here)
        return self._page(request, row, act, form)

    def after(self, row: Any) -> str:
        """Return where an act leads; empty for the row's own page."""
        return ""

    def _page(self, request: HttpRequest, row: Model, done: Act | None = None, form: forms.Form | None = None) -> HttpResponse:
        context = self.admin_site.each_context(request) | {
            "title": self.heading(row),
            "opts": self.opts,
            "facts": self.facts(row),
            "tables": [table for table in self.tables(row) if table.rows],
            "beside": self.beside(row),
            "links": self.links(row),
            "offers": self._offers(request, row, done, form),
        }
        return TemplateResponse(request, "backoffice/one.html", context, status=400 if form else 200)

    def _offers(self, request: HttpRequest, row: Model, done: Act | None, form: forms.Form | None) -> list[Offer]:
        if not roles.may_act(request.user, self.table):
            return []
        name = f"office:{self.opts.app_label}_{self.opts.model_name}_act"
        return [
            Offer(
                act,
                form if form and act is done else act.form(prefix=act.slug),
                reverse(name, args=[row.pk, act.slug]),
                act.about(row),
            )
            for act in self.acts
            # What was refused stays, even if somebody else was quicker and it is no longer offered.
            if act is done or act.offered(row)
        ]
