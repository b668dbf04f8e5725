"""Addresses of the public site: for everybody, logged in or not."""

from django.urls import path
from django.views.generic import TemplateView

from staffetta.portal.views import documents

urlpatterns = [
    path("", TemplateView.as_view(template_name="portal/welcome.html"), name="welcome"),
    path("terms/", documents.page, {"name": "terms"}, name="terms"),
    path("privacy/", documents.page, {"name": "privacy"}, name="privacy"),
]
