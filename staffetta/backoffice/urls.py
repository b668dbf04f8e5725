"""Addresses of the back office."""

from django.urls import path

from staffetta.backoffice import lookuperasepage, lookuprulespage, settingspage
from staffetta.backoffice.admin import (  # noqa: F401  (each registers its tables)
    bankfiles,
    banklines,
    customers,
    invoices,
    ledger,
    lookupproviders,
    lookups,
    mappings,
    orders,
    payments,
    pricelist,
    proofs,
)
from staffetta.backoffice.site import office

office.extra_urls = lambda: [
    path("settings/", office.admin_view(settingspage.page), name="settings"),
    path("lookups/rules/", office.admin_view(lookuprulespage.page), name="lookup-rules"),
    path("lookups/erase/", office.admin_view(lookuperasepage.page), name="lookup-erase"),
]
urlpatterns = [path("", office.urls)]
