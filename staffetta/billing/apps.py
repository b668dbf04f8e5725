"""How the app is called on the pages of the staff."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    """The app's name as people read it."""

    name = "staffetta.billing"
    verbose_name = _("Sales")
