"""Addresses of the back office."""

from django.urls import path

from staffetta.backoffice import settingspage
from staffetta.backoffice.admin import (  # noqa: F401  (each registers its tables)
    bankfiles,
    banklines,
    customers,
    invoices,
    ledger,
    mappings,
    orders,
    payments,
    pricelist,
    proofs,
)
from staffetta.backoffice.site import office

office.extra_urls = lambda: [path("settings/", office.admin_view(settingspage.page), name="settings")]
urlpatterns = [path("", office.urls)]
