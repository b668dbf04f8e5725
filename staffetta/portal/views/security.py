"""The account's own page: who I am, password, e-mail, two-factor, where I am logged in."""

from typing import cast

from allauth.account.models import EmailAddress
from allauth.account.views import EmailView
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from staffetta.accounts import sessions
from staffetta.accounts.models import User
from staffetta.portal import devices
from staffetta.portal.forms.security import OtherEmailForm
from staffetta.portal.refusal import Refusing


class OtherEmail(Refusing, EmailView):
    """Change the e-mail: the new one counts once its link was opened."""

    form_class = OtherEmailForm
    template_name = "portal/other_email.html"


@never_cache
@login_required
def page(request: HttpRequest) -> HttpResponse:
    """Show the account's page."""
    codes = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.RECOVERY_CODES).first()
    return render(
        request,
        "portal/account.html",
        {
            "two_factor": is_mfa_enabled(request.user, [Authenticator.Type.TOTP]),
            "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
            "pending_email": EmailAddress.objects.get_new(request.user),
            "session_count": len(sessions.of(_me(request))),
        },
    )


@never_cache
@login_required
def listing(request: HttpRequest) -> HttpResponse:
    """Show where the user is logged in."""
    rows = [
        {
            "id": each.pk,
            "device": devices.described(each.user_agent),
            "ip": each.ip,
            "since": each.created_at,
            "used": each.last_seen_at,
            "here": each.session_key == request.session.session_key,
        }
        for each in sessions.of(_me(request))
    ]
    return render(request, "portal/sessions.html", {"sessions": rows, "others": sum(not row["here"] for row in rows)})


@require_POST
@login_required
def end(request: HttpRequest, session_id: int) -> HttpResponse:
    """End one session."""
    if not sessions.end(_me(request), session_id):
        raise Http404
    messages.success(request, _("That device is logged out."))
    return redirect("sessions")


@require_POST
@login_required
def end_others(request: HttpRequest) -> HttpResponse:
    """End all sessions but this one."""
    count = sessions.end_others(_me(request), request.session.session_key or "")
    messages.success(
        request, ngettext("%(count)s other device is logged out.", "%(count)s other devices are logged out.", count) % {"count": count}
    )
    return redirect("sessions")


def _me(request: HttpRequest) -> User:
    return cast(User, request.user)
