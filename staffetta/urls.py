"""Which face answers which address."""

from django.urls import include, path

urlpatterns = [
    path("", include("staffetta.api.urls")),
    path("office/", include("staffetta.backoffice.urls")),
    path("", include("staffetta.portal.urls")),
]
