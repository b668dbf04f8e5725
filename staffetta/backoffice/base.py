"""What every page of the back office about a table does: permissions by role, and each change written into the audit log."""

from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet
from django.forms import BaseModelFormSet, ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from unfold.admin import ModelAdmin

from staffetta.accounts import audit
from staffetta.accounts.models import User
from staffetta.backoffice import roles


class OfficeAdmin(ModelAdmin):
    """A table of the back office. `addable`, `changeable`, `deletable` say what is offered at all; roles.py says to whom."""

    addable = changeable = True
    deletable = False
    list_per_page = 50
    show_full_result_count = False
    compressed_fields = True
    list_filter_submit = True

    @property
    def table(self) -> str:
        """Return the name of the table as roles.py has it."""
        return str(self.model._meta.model_name)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show it in lists where it may be seen."""
        return roles.may_see(request.user, self.table)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Tell whether it may be seen."""
        return roles.may_see(request.user, self.table)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Tell whether new ones may be made."""
        return self.addable and roles.may_act(request.user, self.table)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Tell whether it may be changed."""
        return self.changeable and roles.may_act(request.user, self.table)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Tell whether it may be deleted."""
        return self.deletable and roles.may_act(request.user, self.table)

    def keep(self, row: Model) -> None:
        """Write the row; a table with rules calls its domain function here."""
        row.save()

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm, change: bool) -> None:
        """Write the row, and who changed what from what to what."""
        before = audit.values(type(obj)._default_manager.get(pk=obj.pk)) if change else {}
        self.keep(obj)
        self._record(request, "change" if change else "add", obj, before, audit.values(obj))

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        """Delete the row, and write what it was."""
        before, target = audit.values(obj), self._target(obj)
        super().delete_model(request, obj)
        self._write(request, "delete", target, obj, before, {})

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Model]) -> None:
        """Delete many, and write of each what it was."""
        with transaction.atomic():
            for row in queryset:
                self.delete_model(request, row)

    def save_formset(self, request: HttpRequest, form: ModelForm, formset: BaseModelFormSet, change: bool) -> None:
        """Write the rows of a table within the page, each with its line in the log."""
        rows = formset.save(commit=False)
        before = {row.pk: audit.values(type(row)._default_manager.get(pk=row.pk)) for row in rows if row.pk}
        for row in rows:
            known = before.get(row.pk)
            row.save()
            self._record(request, "add" if known is None else "change", row, known or {}, audit.values(row))
        for row in formset.deleted_objects:
            self._record(request, "delete", row, audit.values(row), {})
            row.delete()
        formset.save_m2m()

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Lead to the audit log of this row."""
        return redirect(f"{reverse('office:accounts_auditline_changelist')}?q={self.table}+{object_id}")

    # The audit log is ours: Django's own, which knows no values, stays empty.
    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Write nothing more."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Write nothing more."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        """Write nothing more."""

    def _target(self, row: Model) -> str:
        return f"{row._meta.model_name} {row.pk}"

    def _record(self, request: HttpRequest, action: str, row: Model, before: dict[str, Any], after: dict[str, Any]) -> None:
        old, new = audit.changed(before, after)
        if old or new:
            self._write(request, action, self._target(row), row, old, new)

    def _write(self, request: HttpRequest, action: str, target: str, row: Model, before: dict[str, Any], after: dict[str, Any]) -> None:
        user = request.user if isinstance(request.user, User) else None
        account_id = row.pk if row._meta.model_name == "account" else getattr(row, "account_id", None)
        audit.record(user, action, target, account_id=account_id, before=before, after=after, address=request.META.get("REMOTE_ADDR"))


class ReadOnlyAdmin(OfficeAdmin):
    """A table that is looked at here and written elsewhere."""

    addable = changeable = deletable = False
