"""Addresses under /lookups/: which operator has a number, and can it be reached."""

from django.urls import path

from staffetta.portal.views import lookup, lookupmany, lookups

urlpatterns = [
    path("", lookups.page, name="lookups"),
    path("known/", lookups.known, name="lookup-known"),
    path("many/", lookupmany.page, name="lookup-many"),
    path("many/confirm/", lookupmany.confirm, name="lookup-confirm"),
    path("<int:lookup_id>/", lookup.page, name="lookup"),
    path("<int:lookup_id>/progress/", lookup.progress, name="lookup-progress"),
    path("<int:lookup_id>/pause/", lookup.pause, name="lookup-pause"),
    path("<int:lookup_id>/resume/", lookup.resume, name="lookup-resume"),
    path("<int:lookup_id>/cancel/", lookup.cancel, name="lookup-cancel"),
    path("<int:lookup_id>/clean/", lookup.cleaning, name="lookup-clean"),
    path("<int:lookup_id>/report/", lookup.report, name="lookup-report"),
]
