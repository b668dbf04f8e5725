"""Which face answers which address."""

from django.urls import include, path

urlpatterns = [path("office/", include("staffetta.backoffice.urls")), path("", include("staffetta.portal.urls"))]
