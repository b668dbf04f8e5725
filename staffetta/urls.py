"""Which face answers which address."""

from django.urls import include, path

urlpatterns = [path("", include("staffetta.portal.urls"))]
