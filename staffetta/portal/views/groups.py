"""Groups: the list of them; make, rename, delete one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from staffetta.accounts.models import Account
from staffetta.contacts import people
from staffetta.contacts.models import Group
from staffetta.lib.errors import Refused
from staffetta.messaging import control
from staffetta.messaging.errors import GroupInUse
from staffetta.portal.access import customer, customer_may, own
from staffetta.portal.forms.contacts import GroupForm


@customer
def listing(request: HttpRequest, account: Account) -> HttpResponse:
    """List the groups."""
    return _listing(request, account, GroupForm())


def _listing(request: HttpRequest, account: Account, form: GroupForm) -> HttpResponse:
    status = 400 if form.errors else 200
    return render(request, "portal/groups.html", {"groups": people.group_sizes(account), "form": form}, status=status)


@customer_may("contacts")
@require_POST
def create(request: HttpRequest, account: Account) -> HttpResponse:
    """Make a group."""
    form = GroupForm(request.POST)
    if form.is_valid():
        try:
            return redirect("group", people.create_group(account, form.cleaned_data["name"]).pk)
        except Refused as refusal:
            form.add_error("name", str(refusal))
    return _listing(request, account, form)


@customer_may("contacts")
def rename(request: HttpRequest, account: Account, group_id: int) -> HttpResponse:
    """Give a group another name."""
    group = own(Group.objects.all(), account, pk=group_id)
    form = GroupForm(request.POST or None, initial={"name": group.name})
    if request.method == "POST" and form.is_valid():
        try:
            people.rename_group(group, form.cleaned_data["name"])
            return redirect("group", group_id)
        except Refused as refusal:
            form.add_error("name", str(refusal))
            group.refresh_from_db()
    return render(request, "portal/group_rename.html", {"group": group, "form": form}, status=400 if form.errors else 200)


@customer_may("contacts")
def delete(request: HttpRequest, account: Account, group_id: int) -> HttpResponse:
    """Ask whether to delete a group (GET), and delete it (POST)."""
    group = own(Group.objects.all(), account, pk=group_id)
    if request.method == "POST":
        try:
            control.check_unused(group)
        except GroupInUse as refusal:
            messages.error(request, str(refusal))
            return redirect("group", group_id=group.pk)
        people.delete_group(group)
        messages.success(request, _("The group “%(name)s” was deleted; its contacts are still in the address book.") % {"name": group.name})
        return redirect("groups")
    return render(request, "portal/group_delete.html", {"group": group, "size": group.contacts.count()})
