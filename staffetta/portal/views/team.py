"""Team: who uses the account, with which role; invitations; from how many recipients on a send needs a second person."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from staffetta.accounts import invitations, roles, team
from staffetta.accounts.models import Account, Invitation, User
from staffetta.lib import clock
from staffetta.lib.errors import Refused
from staffetta.messaging import approval
from staffetta.portal.access import customer_may
from staffetta.portal.adapter import public_address
from staffetta.portal.forms.team import ROLE_HELP, ApprovalForm, InviteForm, RoleForm


@customer_may("team")
def page(request: HttpRequest, account: Account) -> HttpResponse:
    """Show the team."""
    return _page(request, account)


def _page(request: HttpRequest, account: Account, invite_form: InviteForm | None = None, rule: ApprovalForm | None = None) -> HttpResponse:
    kept = approval.rule(account)
    context = {
        "members": [_member(each) for each in team.members(account)],
        "invitations": [
            {"row": each, "expires_at": invitations.expires_at(each), "expired": invitations.expires_at(each) < clock.now()}
            for each in invitations.open_ones(account)
        ],
        "invite": invite_form or InviteForm(initial={"language": get_language()}),
        "rule": rule or ApprovalForm(initial={"above": kept.above if kept else "", "owners_too": bool(kept and kept.owners_too)}),
        "roles": [{"name": name, "help": ROLE_HELP[role]} for role, name in roles.NAMES.items()],
        "role_help": ROLE_HELP,
        "choices": list(roles.NAMES.items()),
    }
    refused = any(form is not None and form.errors for form in (invite_form, rule))
    return render(request, "portal/team.html", context, status=400 if refused else 200)


def _member(each: Any) -> dict[str, Any]:
    """Return what the page shows of somebody, as `members` counts it."""
    return {"row": each, "made": _ended(each.keys, each.mail_tokens)}


def _link(request: HttpRequest) -> Callable[[str], str]:
    return lambda token: public_address(request, reverse("invitation", args=[token]))


@customer_may("team")
@require_POST
def invite(request: HttpRequest, account: Account) -> HttpResponse:
    """Invite an address."""
    assert isinstance(request.user, User)
    form = InviteForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            sent = invitations.invite(account, request.user, given["email"], given["role"], given["language"], _link(request))
            messages.success(request, _("The invitation to %(email)s is on its way.") % {"email": sent.email})
            return redirect("team")
        except Refused as refusal:
            form.add_error("email", str(refusal))
    return _page(request, account, invite_form=form)


@customer_may("team")
@require_POST
def invite_again(request: HttpRequest, account: Account, invitation_id: int) -> HttpResponse:
    """Send an invitation again, with a new link."""
    try:
        sent = invitations.send_again(account, invitation_id, _link(request))
        messages.success(request, _("A new invitation to %(email)s is on its way; the old link no longer works.") % {"email": sent.email})
    except Invitation.DoesNotExist:
        raise Http404 from None
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("team")


@customer_may("team")
@require_POST
def revoke(request: HttpRequest, account: Account, invitation_id: int) -> HttpResponse:
    """Take an invitation back."""
    if not invitations.revoke(account, invitation_id):
        raise Http404
    messages.success(request, _("The invitation was taken back: its link no longer works."))
    return redirect("team")


def _change(request: HttpRequest, move: Callable[[], User], told: str) -> HttpResponse:
    try:
        user = move()
        messages.success(request, told % {"name": user.shown_name, "role": user.get_role_display()})
    except User.DoesNotExist:
        raise Http404 from None
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("team")


@customer_may("team")
@require_POST
def change_role(request: HttpRequest, account: Account, user_id: int) -> HttpResponse:
    """Give a user another role."""
    assert isinstance(request.user, User)
    by, form = request.user, RoleForm(request.POST)
    role = form.cleaned_data["role"] if form.is_valid() else request.POST.get("role", "")[:20]
    return _change(request, lambda: team.change_role(account, by, user_id, role), _("The role of %(name)s is now: %(role)s."))


@customer_may("team")
@require_POST
def close(request: HttpRequest, account: Account, user_id: int) -> HttpResponse:
    """Close a user."""
    assert isinstance(request.user, User)
    try:
        closed = team.close(account, request.user, user_id)
    except User.DoesNotExist:
        raise Http404 from None
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("team")
    said = _("%(name)s is closed and logged out everywhere.") % {"name": closed.user.shown_name}
    if ended := _ended(closed.keys, closed.mail_tokens):
        said += " " + _("Ended too: %(what)s. Programs that used them need new ones.") % {"what": ended}
    messages.success(request, said)
    return redirect("team")


def _ended(keys: int, mail_tokens: int) -> str:
    """Return how many keys and mail addresses there are, in words; "" for none."""
    told = []
    if keys:
        told.append(ngettext("%(n)s key for programs", "%(n)s keys for programs", keys) % {"n": keys})
    if mail_tokens:
        told.append(ngettext("%(n)s address for e-mail to SMS", "%(n)s addresses for e-mail to SMS", mail_tokens) % {"n": mail_tokens})
    return ", ".join(told)


@customer_may("team")
@require_POST
def open_again(request: HttpRequest, account: Account, user_id: int) -> HttpResponse:
    """Let a closed user in again."""
    assert isinstance(request.user, User)
    by = request.user
    return _change(request, lambda: team.open_again(account, by, user_id), _("%(name)s can log in again."))


@customer_may("settings")
@require_POST
def set_rule(request: HttpRequest, account: Account) -> HttpResponse:
    """Set from how many recipients on a send needs a second person."""
    form = ApprovalForm(request.POST)
    if form.is_valid():
        try:
            approval.set_rule(account, form.cleaned_data["above"], form.cleaned_data["owners_too"])
            messages.success(request, _("The rule for large sends is saved."))
            return redirect("team")
        except Refused as refusal:
            form.add_error("owners_too" if refusal.code == "second_owner_missing" else "above", str(refusal))
    return _page(request, account, rule=form)
