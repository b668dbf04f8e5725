"""The log-in page, and the code that follows it where two-factor is on."""

from typing import Any

from allauth.account.views import LoginView
from allauth.mfa.base.views import AuthenticateView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from staffetta.accounts import operator
from staffetta.portal.forms.login import LogInForm
from staffetta.portal.forms.security import CodeForm
from staffetta.portal.refusal import Refusing


class LogIn(Refusing, LoginView):
    """allauth's log-in with our form; who is logged in already goes on."""

    form_class = LogInForm
    template_name = "portal/login.html"

    def get_context_data(self, **given: Any) -> dict[str, Any]:
        """Add the realm, and where to go afterwards."""
        asked = self.request.POST.get("next") or self.request.GET.get("next") or ""
        shown: dict[str, Any] = super().get_context_data(**given) | {"realm": operator.current().realm, "next": asked}
        return shown


class Code(AuthenticateView):
    """The second step of a log-in: six digits of the app, or a recovery code."""

    form_class = CodeForm
    template_name = "portal/code.html"

    def form_invalid(self, form: CodeForm) -> HttpResponse:
        """Ask again."""
        again: HttpResponse = self.render_to_response(self.get_context_data(), status=400)
        return again


def closed(request: HttpRequest) -> HttpResponse:
    """Say that this user was closed."""
    return render(request, "portal/closed.html", status=403)
