"""Addresses of the portal; each area has a file of its own."""

from django.urls import include, path
from django.views.i18n import set_language

from staffetta.portal.views import home, statement

urlpatterns = [
    path("", include("staffetta.portal.urls.site")),
    path("", include("staffetta.portal.urls.access")),
    path("", include("staffetta.portal.urls.team")),
    path("", include("staffetta.portal.urls.buying")),
    path("", include("staffetta.portal.urls.cards")),
    path("", include("staffetta.portal.urls.transfers")),
    path("", include("staffetta.portal.urls.invoices")),
    path("developers/webhooks/", include("staffetta.portal.urls.webhooks")),
    path("developers/", include("staffetta.portal.urls.developers")),
    path("language/", set_language, name="set_language"),
    path("home/", home.page, name="home"),
    path("home/now/", home.now, name="home-now"),
    path("more/", home.more, name="more"),
    path("contacts/", include("staffetta.portal.urls.contacts")),
    path("send/", include("staffetta.portal.urls.sending")),
    path("sends/", include("staffetta.portal.urls.archive")),
    path("lookups/", include("staffetta.portal.urls.lookup")),
    path("recurring/", include("staffetta.portal.urls.recurring")),
    path("reports/", include("staffetta.portal.urls.reports")),
    path("credits/", statement.page, name="statement"),
    path("credits/export/", statement.export, name="statement-export"),
]
