"""Addresses of the operator's short domain (shortdomain.py): short links and nothing else."""

from django.urls import path, re_path

from staffetta.portal.views import shortlink

urlpatterns = [
    re_path(r"^(?:l/)?(?P<code>[0-9A-Za-z]{11})/?$", shortlink.follow, name="short-link"),
    path("", shortlink.nothing),
    path("<path:path>", shortlink.nothing),
]
