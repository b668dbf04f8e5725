"""The log-in page."""

from django.conf import settings
from django.contrib.auth.views import LoginView

from staffetta.portal.forms.login import LogInForm


class LogIn(LoginView):
    """Django's log-in with our form and page; who is logged in already goes on."""

    template_name = "portal/login.html"
    authentication_form = LogInForm
    redirect_authenticated_user = True
    extra_context = {"realm": settings.REALM}
