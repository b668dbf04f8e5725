"""The log-in page."""

from typing import Any

from django.contrib.auth.views import LoginView

from staffetta.accounts import operator
from staffetta.portal.forms.login import LogInForm


class LogIn(LoginView):
    """Django's log-in with our form and page; who is logged in already goes on."""

    template_name = "portal/login.html"
    authentication_form = LogInForm
    redirect_authenticated_user = True

    def get_context_data(self, **given: Any) -> dict[str, Any]:
        """Add the realm."""
        return super().get_context_data(**given) | {"realm": operator.current().realm}
