"""The free fields of contacts, and people who are there twice."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from staffetta.accounts.models import Account
from staffetta.campaigns import plans
from staffetta.contacts import duplicates, fields
from staffetta.contacts.models import Field
from staffetta.lib.errors import Refused
from staffetta.messaging import control
from staffetta.portal.access import customer_may, own
from staffetta.portal.forms.contacts import FieldForm


@customer_may("contacts")
def listing(request: HttpRequest, account: Account) -> HttpResponse:
    """List the fields (GET), and make one (POST)."""
    form = FieldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            fields.add(account, form.cleaned_data["name"])
            return redirect("fields")
        except Refused as refusal:
            form.add_error("name", str(refusal))
    known = [(field, fields.used_by(field)) for field in Field.objects.filter(account=account).order_by("name")]
    return render(request, "portal/fields.html", {"known": known, "form": form}, status=400 if form.errors else 200)


@customer_may("contacts")
def rename(request: HttpRequest, account: Account, field_id: int) -> HttpResponse:
    """Give a field another name."""
    field = own(Field.objects.select_related("account"), account, pk=field_id)
    old = field.name
    form = FieldForm(request.POST or None, initial={"name": old})
    if request.method == "POST" and form.is_valid():
        try:
            _check_unused(field)
            fields.rename(field, form.cleaned_data["name"])
            return redirect("fields")
        except Refused as refusal:
            form.add_error("name", str(refusal))
    return render(request, "portal/field_rename.html", {"old": old, "form": form}, status=400 if form.errors else 200)


@customer_may("contacts")
def delete(request: HttpRequest, account: Account, field_id: int) -> HttpResponse:
    """Ask whether to delete a field with all that is in it (GET), and delete it (POST)."""
    field = own(Field.objects.all(), account, pk=field_id)
    if request.method == "POST":
        try:
            _check_unused(field)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("fields")
        fields.delete(field)
        messages.success(request, _("The field “%(name)s” was deleted.") % {"name": field.name})
        return redirect("fields")
    return render(request, "portal/field_delete.html", {"field": field, "used": fields.used_by(field)})


def _check_unused(field: Field) -> None:
    control.check_field_unused(field)
    plans.check_field_unused(field)


@customer_may("contacts")
def twice(request: HttpRequest, account: Account) -> HttpResponse:
    """List people with the same name and several numbers."""
    return render(request, "portal/duplicates.html", {"sets": duplicates.find(account)})


@customer_may("contacts")
@require_POST
def merge(request: HttpRequest, account: Account) -> HttpResponse:
    """Merge the contacts of one person into the one that is kept."""
    given = [int(value) for value in request.POST.getlist("contact") if value.isascii() and value.isdecimal()][:50]
    kept = request.POST.get("kept", "")
    try:
        kept_id = int(kept) if kept.isascii() and kept.isdecimal() else 0
        contact = duplicates.merge(account, kept_id, [pk for pk in given if pk != kept_id])
        messages.success(request, _("Merged into %(number)s.") % {"number": contact.number})
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("duplicates")
