"""Contacts: those of a group, or all; write, change, delete one; add one to a group by hand, take one out."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from staffetta.accounts.models import Account
from staffetta.contacts import fields, people
from staffetta.contacts.models import Contact, Group
from staffetta.lib.errors import Refused
from staffetta.portal import lookuppage
from staffetta.portal.access import customer, customer_may, own
from staffetta.portal.forms.contacts import ContactForm, PersonForm, person_values
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


@customer_may("contacts")
def create(request: HttpRequest, account: Account) -> HttpResponse:
    """Write a new contact, into the groups that are ticked."""
    form = PersonForm(account, request.POST or None, initial={"groups": request.GET.getlist("group")})
    return _edit(request, account, Contact(account=account), form)


@customer_may("contacts", to_see="view")
def person(request: HttpRequest, account: Account, contact_id: int) -> HttpResponse:
    """Show and change a contact."""
    contact = own(Contact.objects.select_related("account"), account, pk=contact_id)
    form = PersonForm(account, request.POST or None, initial=person_values(contact, fields.names(account)))
    return _edit(request, account, contact, form)


def _edit(request: HttpRequest, account: Account, contact: Contact, form: PersonForm) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            people.save_contact(contact, given["number"], given["name"], given["surname"], form.free_values(), given["groups"])
        except Refused as refusal:
            form.add_error("number", str(refusal))
        else:
            messages.success(request, _("%(number)s is saved.") % {"number": contact.number})
            return redirect("contact", contact.pk)
    if "contacts" not in getattr(request.user, "may", ()):
        for field in form.fields.values():
            field.disabled = True
    context = {"form": form, "contact": contact, "checked": lookuppage.last(account, contact.number) if contact.pk else None}
    return render(request, "portal/contact.html", context, status=400 if form.errors else 200)


@customer_may("contacts")
def delete(request: HttpRequest, account: Account, contact_id: int) -> HttpResponse:
    """Ask whether to delete a contact (GET), and delete it (POST)."""
    contact = own(Contact.objects.all(), account, pk=contact_id)
    if request.method == "POST":
        people.delete_contact(contact)
        messages.success(request, _("%(number)s was deleted.") % {"number": contact.number})
        return redirect("contacts")
    return render(request, "portal/contact_delete.html", {"contact": contact, "groups": contact.groups.all()})


@customer_may("contacts")
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


@customer_may("contacts")
@require_POST
def remove(request: HttpRequest, account: Account, group_id: int, contact_id: int) -> HttpResponse:
    """Take a contact out of a group."""
    people.remove_contact(own(Group.objects.all(), account, pk=group_id), contact_id)
    return redirect("group", group_id)
