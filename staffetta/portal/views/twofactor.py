"""Two-factor: activate with an app, deactivate, recovery codes."""

from allauth.mfa.recovery_codes.views import DownloadRecoveryCodesView, GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.urls import reverse_lazy

from staffetta.portal.forms.security import ActivateForm
from staffetta.portal.refusal import Refusing


class Activate(Refusing, ActivateTOTPView):
    """Scan the picture, type the first code."""

    form_class = ActivateForm
    template_name = "portal/totp_activate.html"


class Deactivate(Refusing, DeactivateTOTPView):
    """Log in with the password alone again."""

    template_name = "portal/totp_deactivate.html"
    success_url = reverse_lazy("account")


class Codes(ViewRecoveryCodesView):
    """The recovery codes that are left."""

    template_name = "portal/recovery_codes.html"


class NewCodes(Refusing, GenerateRecoveryCodesView):
    """New codes in place of the old ones."""

    template_name = "portal/recovery_generate.html"


class CodesFile(DownloadRecoveryCodesView):
    """The codes as a file."""

    template_name = "portal/recovery_codes.txt"
