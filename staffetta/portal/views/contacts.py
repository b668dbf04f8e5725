"""Contacts: those of a group, or all; add one by hand, take one out of a group."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from staffetta.accounts.models import Account
from staffetta.contacts import people
from staffetta.contacts.models import Group
from staffetta.lib.errors import Refused
from staffetta.portal.access import customer, own
from staffetta.portal.forms.contacts import ContactForm
from staffetta.portal.paging import after_of

PAGE = 50


@customer
def everyone(request: HttpRequest, account: Account) -> HttpResponse:
    """List all contacts of the account."""
    return _listing(request, account, None, None)


@customer
def of_group(request: HttpRequest, account: Account, group_id: int) -> HttpResponse:
    """List a group's contacts."""
    return _listing(request, account, own(Group.objects.all(), account, pk=group_id), ContactForm())


def _listing(request: HttpRequest, account: Account, group: Group | None, form: ContactForm | None) -> HttpResponse:
    search, after = request.GET.get("q", "").strip()[:100], after_of(request)
    found = people.page(account, group, search, after, PAGE)
    context = {"group": group, "form": form, "page": found, "search": search, "after": after}
    if getattr(request, "htmx", False):
        return render(request, "portal/contact_rows.html", context)
    context["size"] = group.contacts.count() if group else None
    return render(request, "portal/contacts.html", context, status=400 if form and form.errors else 200)


@customer
@require_POST
def add(request: HttpRequest, account: Account, group_id: int) -> HttpResponse:
    """Add one contact to a group."""
    group = own(Group.objects.select_related("account"), account, pk=group_id)
    form = ContactForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            contact = people.add_contact(group, given["number"], given["name"], given["surname"])
            messages.success(request, _("%(number)s is in the group.") % {"number": contact.number})
            return redirect("group", group_id)
        except Refused as refusal:
            form.add_error("number", str(refusal))
    return _listing(request, account, group, form)


@customer
@require_POST
def remove(request: HttpRequest, account: Account, group_id: int, contact_id: int) -> HttpResponse:
    """Take a contact out of a group."""
    people.remove_contact(own(Group.objects.all(), account, pk=group_id), contact_id)
    return redirect("group", group_id)
