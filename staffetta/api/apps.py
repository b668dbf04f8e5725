"""The interfaces of programs as a Django application."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Names the tables `api_…`."""

    name = "staffetta.api"
    label = "api"
