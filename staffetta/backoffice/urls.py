"""Addresses of the back office."""

from django.urls import path

from staffetta.backoffice import settingspage
from staffetta.backoffice.admin import customers, ledger, pricelist  # noqa: F401  (each registers its tables)
from staffetta.backoffice.site import office

office.extra_urls = lambda: [path("settings/", office.admin_view(settingspage.page), name="settings")]
urlpatterns = [path("", office.urls)]
