"""How django-allauth speaks to the house: our sentences, our mails, and the functions of accounts and billing. Holds no rule of its own."""

from collections.abc import Iterable
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.account.stages import EmailVerificationStage
from allauth.core import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext_lazy as _

from staffetta.accounts import mail, opening, operator
from staffetta.accounts.models import User
from staffetta.billing import welcome
from staffetta.lib.money import shown

CONFIRM_STAGE = "allauth.account.stages.EmailVerificationStage"
WRONG = _("The name or the password is not right. Check that Caps Lock is off and type the password again.")
TOO_MANY = format_lazy(
    _("Too many wrong attempts: wait {minutes} minutes and try again, or set a new password with “Forgot your password?”."),
    minutes=settings.LOGIN_WAIT_MINUTES,
)
CODE_WRONG = _("This code is not right, or was used already: type the six digits that the app shows now, or one of your recovery codes.")

# What allauth would say by itself, in our words; what is not here is said by the pages.
SAID = {
    "account/messages/email_confirmed.txt": _("Your e-mail is confirmed."),
    "account/messages/password_changed.txt": _("Your new password is saved."),
    "account/messages/email_confirmation_failed.txt": _(
        "This address belongs to another account by now: log in there, or write another address."
    ),
    "account/messages/email_deleted.txt": _("The present address stays."),
    "mfa/messages/totp_activated.txt": _("Two-factor is on. Keep the recovery codes before you go on."),
    "mfa/messages/totp_deactivated.txt": _("Two-factor is off."),
    "mfa/messages/recovery_codes_generated.txt": _("New recovery codes are made: the old ones no longer work."),
}


def public_address(request: HttpRequest, path: str) -> str:
    """Return a path as an address for mails: on STAFFETTA_PUBLIC_URL, else where the request was sent."""
    return settings.PUBLIC_URL + path if settings.PUBLIC_URL else request.build_absolute_uri(path)


class ConfirmStage(EmailVerificationStage):
    """Asks for the confirmation only of who signed up: users that staff or the command line made have nothing to confirm."""

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Stop a log-in whose e-mail is not confirmed."""
        user = self.login.user
        if isinstance(user, User) and not user.awaits_confirmation:
            return None, True
        stopped: tuple[HttpResponse | None, bool] = super().handle()
        return stopped


class AccountAdapter(DefaultAccountAdapter):
    """What happens at sign-up, confirmation and log-in."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": WRONG,
        "email_password_mismatch": WRONG,
        "too_many_login_attempts": TOO_MANY,
        "rate_limited": TOO_MANY,
        "incorrect_password": _("The password is not right: check that Caps Lock is off and type it again."),
        "enter_current_password": _("This is not your present password: type it again, or log out and choose “Forgot your password?”."),
        "username_taken": _("Another user has this name already: choose another one, or leave it blank and log in with your e-mail."),
        "duplicate_email": _("This is your address already: write the new one."),
    }

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: Any = None,
        extra_tags: str = "",
        message: Any = None,
    ) -> None:
        """Say it in our words, or leave it to the page."""
        if told := message or SAID.get(message_template or ""):
            messages.add_message(request, level, told, extra_tags=extra_tags)

    def get_login_stages(self) -> list[str]:
        """Put our own stage of confirmation in place of allauth's."""
        return [f"{__name__}.ConfirmStage" if path == CONFIRM_STAGE else path for path in super().get_login_stages()]

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """Refuse a name that looks like an e-mail: it could be somebody else's."""
        if "@" in username:
            raise forms.ValidationError(_("“%(name)s” has an @ in it: choose a name without, or leave it blank.") % {"name": username})
        name: str = super().clean_username(username, shallow)
        return name

    def save_user(self, request: HttpRequest, user: Any, form: forms.Form, commit: bool = True) -> User:
        """Open the account."""
        data = form.cleaned_data
        login = data.get("username") or self.generate_unique_username([data["email"]])
        return opening.sign_up(data["kind"], data["name"], login, data["email"], data["password1"], (get_language() or "it")[:2])

    @transaction.atomic
    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Confirm an address; who had signed up gets the free credits."""
        user = email_address.user
        if not super().confirm_email(request, email_address):
            return False
        if opening.confirm(user) and user.account:
            user.awaits_confirmation = False  # the log-in that follows asks this copy
            entry = welcome.grant(user.account, user.language)
            if entry:
                told = ngettext(
                    "There is %(credits)s credit in your account to begin with.",
                    "There are %(credits)s credits in your account to begin with.",
                    2 if entry.amount_e4 != 10_000 else 1,
                )
                messages.success(request, told % {"credits": shown(entry.amount_e4)})
        return True

    def set_password(self, user: Any, password: str) -> None:
        """Set a new password; attempts made with the old one are forgotten."""
        super().set_password(user, password)
        key = self._get_login_attempts_cache_key(self.request, username=user.get_username())
        ratelimit.clear(self.request, action="login_failed", key=key)

    def respond_email_verification_sent(self, request: HttpRequest, user: Any) -> HttpResponse:
        """Show the page that says what to do, with the address that the person gave."""
        if user is not None and user.email:
            request.session["confirm_email"] = user.email
        return redirect("account_email_verification_sent")

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        """Lead to the pages, or to the log-in where the link was opened elsewhere."""
        return reverse("home" if self.request.user.is_authenticated else "login")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Lead back to the page of the account's security."""
        return reverse("account")

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:
        """Return the link that confirms an address."""
        return public_address(request, reverse("account_confirm_email", args=[emailconfirmation.key]))

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the link that sets a new password."""
        uid, _dash, token = key.partition("-")
        return public_address(self.request, reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token}))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send one of our mails, named as allauth's are, in the language of the user, else of the page."""
        user = context.get("user")
        language = user.language if isinstance(user, User) else (get_language() or "it")[:2]
        values = context | {
            "operator": operator.current(),
            "login_url": public_address(self.request, reverse("login")),
            "signup_url": public_address(self.request, reverse("account_signup")),
            "reset_url": public_address(self.request, reverse("account_reset_password")),
            "days": settings.ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS,
            "hours": settings.PASSWORD_RESET_TIMEOUT // 3600,
        }
        subject, body = mail.written(f"portal/mail/{template_prefix.rpartition('/')[2]}.txt", language, **values)
        mail.send(email, subject, body, language=language)

    def generate_unique_username(self, txts: Iterable[str | None], regex: str | None = None) -> str:
        """Make a log-in of what stands before the @ of the e-mail."""
        name: str = super().generate_unique_username(list(txts), regex)
        return name


class TwoFactorAdapter(DefaultMFAAdapter):
    """Two-factor in our words; the app shows the brand."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": CODE_WRONG,
        "unverified_email": _("First confirm your new e-mail address: open the link in the mail that we sent you."),
    }

    def get_totp_issuer(self) -> str:
        """Name the service in the app."""
        return operator.current().brand
