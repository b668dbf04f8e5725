"""Addresses under /send/: a new send, up to its confirmation."""

from django.urls import path

from staffetta.portal.views import compose, confirm

urlpatterns = [
    path("", compose.page, name="compose"),
    path("live/", compose.live, name="compose-live"),
    path("repair/", compose.repair, name="compose-repair"),
    path("<int:draft_id>/", confirm.page, name="draft"),
    path("<int:draft_id>/progress/", confirm.progress, name="draft-progress"),
    path("<int:draft_id>/accept/", confirm.accept_draft, name="draft-accept"),
]
