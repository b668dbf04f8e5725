"""Addresses under /recurring/: sends that come again."""

from django.urls import path

from staffetta.portal.views import recurring

urlpatterns = [
    path("", recurring.listing, name="recurring"),
    path("<int:recurrence_id>/", recurring.page, name="recurrence"),
    path("<int:recurrence_id>/progress/", recurring.progress, name="recurrence-progress"),
    path("<int:recurrence_id>/start/", recurring.start, name="recurrence-start"),
    path("<int:recurrence_id>/pause/", recurring.pause, name="recurrence-pause"),
    path("<int:recurrence_id>/resume/", recurring.resume, name="recurrence-resume"),
    path("<int:recurrence_id>/end/", recurring.end, name="recurrence-end"),
    path("<int:recurrence_id>/delete/", recurring.delete, name="recurrence-delete"),
]
