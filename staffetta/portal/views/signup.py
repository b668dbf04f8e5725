"""Opening an account: the form, the page that waits for the mail, the link in the mail."""

from allauth.account.models import EmailAddress
from allauth.account.views import ConfirmEmailView, SignupView
from allauth.core import ratelimit
from django.conf import settings
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from staffetta.portal.forms.signup import ResendForm, SignUpForm
from staffetta.portal.refusal import Refusing


class SignUp(Refusing, SignupView):
    """Sign-up; an address that has an account gets a mail that says so, and the page is the same."""

    form_class = SignUpForm
    template_name = "portal/signup.html"

    def form_valid(self, form: BaseForm) -> HttpResponse:
        """Open the account, and remember the address for the next page."""
        self.request.session["confirm_email"] = form.cleaned_data["email"]
        answer: HttpResponse = super().form_valid(form)
        return answer


class Confirm(ConfirmEmailView):
    """The link in the mail: the page confirms by itself, so that a mail scanner that only reads it confirms nothing."""

    template_name = "portal/confirm_email.html"

    def get(self, *args: object, **kwargs: object) -> HttpResponse:
        """Show the button, which a script presses; an unusable link answers 404."""
        answer: HttpResponse = super().get(*args, **kwargs)
        if self.object is None:
            answer.status_code = 404
        return answer


@never_cache
def sent(request: HttpRequest) -> HttpResponse:
    """Say that the confirmation was sent, where, and what to do when it does not come."""
    form = ResendForm(initial={"email": request.session.get("confirm_email", "")})
    return render(request, "portal/confirm_sent.html", _about(request, form))


@require_POST
def resend(request: HttpRequest) -> HttpResponse:
    """Send the confirmation again where someone waits for it; the answer is the same where nobody does."""
    form = ResendForm(request.POST)
    if not form.is_valid():
        return render(request, "portal/confirm_sent.html", _about(request, form), status=400)
    email = form.cleaned_data["email"].lower()
    request.session["confirm_email"] = email
    refused = ratelimit.consume_or_429(request, action="confirm_email", key=email)
    if refused:
        return render(request, "portal/confirm_sent.html", _about(request, form) | {"too_soon": True}, status=429)
    waiting = EmailAddress.objects.filter(email=email, verified=False, user__awaits_confirmation=True).first()
    if waiting:
        waiting.send_confirmation(request, signup=True)
    request.session["confirm_again"] = True
    return redirect("account_email_verification_sent")


def _about(request: HttpRequest, form: ResendForm) -> dict[str, object]:
    return {
        "form": form,
        "email": request.session.get("confirm_email", ""),
        "again": request.session.pop("confirm_again", False),
        "days": settings.ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS,
        "kept_here": not settings.SMTP_URL,
    }
