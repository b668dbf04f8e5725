"""The link in the mail of an invitation: choose a password, and be a user of the account that invited."""

from allauth.account.utils import perform_login
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from staffetta.accounts import invitations, roles
from staffetta.lib.errors import Refused
from staffetta.portal.forms.team import AcceptForm


@never_cache
@sensitive_post_parameters("password1")
def page(request: HttpRequest, token: str) -> HttpResponse:
    """Show who invites and ask for a password (GET), and make the user and log in (POST)."""
    try:
        invitation = invitations.find(token)
        form = AcceptForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            given = form.cleaned_data
            user = invitations.accept(token, given["name"], given["password1"], (get_language() or "it")[:2])
            logout(request)
            perform_login(request, user)
            return redirect("home")
    except Refused as refusal:
        return render(
            request, "portal/invitation_refused.html", {"refusal": refusal}, status=404 if refusal.code == "invitation_gone" else 409
        )
    context = {"invitation": invitation, "form": form, "allowed": roles.allowed(invitation.role)}
    return render(request, "portal/invitation.html", context, status=400 if form.errors else 200)
