"""How the app is called on the pages of the staff."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """The app's name as people read it."""

    name = "staffetta.accounts"
    verbose_name = _("Customers")
