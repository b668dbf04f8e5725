"""A forgotten password, a new one, and the password once more before something delicate."""

from allauth.account.views import (
    PasswordChangeView,
    PasswordResetDoneView,
    PasswordResetFromKeyView,
    PasswordResetView,
    ReauthenticateView,
)
from allauth.mfa.base.views import ReauthenticateView as CodeInsteadView
from django.conf import settings
from django.urls import reverse_lazy

from staffetta.portal.forms.security import CodeInsteadForm, ForgottenForm, NewPasswordForm, OtherPasswordForm, PasswordAgainForm
from staffetta.portal.refusal import Refusing


class Forgotten(Refusing, PasswordResetView):
    """Ask for the link; whether the address has an account is told only by the mail."""

    form_class = ForgottenForm
    template_name = "portal/forgotten.html"


class ForgottenSent(PasswordResetDoneView):
    """The link is on its way."""

    template_name = "portal/forgotten_sent.html"
    extra_context = {"hours": settings.PASSWORD_RESET_TIMEOUT // 3600, "kept_here": not settings.SMTP_URL}


class NewPassword(Refusing, PasswordResetFromKeyView):
    """The link of the mail: write a new password."""

    form_class = NewPasswordForm
    template_name = "portal/new_password.html"
    success_url = reverse_lazy("login")


class OtherPassword(Refusing, PasswordChangeView):
    """Change the password while logged in."""

    form_class = OtherPasswordForm
    template_name = "portal/other_password.html"


class PasswordAgain(Refusing, ReauthenticateView):
    """The password once more."""

    form_class = PasswordAgainForm
    template_name = "portal/password_again.html"


class CodeInstead(Refusing, CodeInsteadView):
    """A code in place of the password."""

    form_class = CodeInsteadForm
    template_name = "portal/password_again.html"
