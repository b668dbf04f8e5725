"""Addresses of the public site: for everybody, logged in or not."""

from django.urls import path
from django.views.generic import TemplateView

urlpatterns = [path("", TemplateView.as_view(template_name="portal/welcome.html"), name="welcome")]
