"""Addresses under /developers/webhooks/."""

from django.urls import path

from staffetta.portal.views import webhookcalls, webhooks

urlpatterns = [
    path("", webhooks.listing, name="webhooks"),
    path("new/", webhooks.new, name="webhook-new"),
    path("<int:endpoint_id>/", webhooks.page, name="webhook"),
    path("<int:endpoint_id>/change/", webhooks.change, name="webhook-change"),
    path("<int:endpoint_id>/delete/", webhooks.delete, name="webhook-delete"),
    path("<int:endpoint_id>/secret/", webhooks.secret, name="webhook-secret"),
    path("<int:endpoint_id>/active/", webhooks.active, name="webhook-active"),
    path("<int:endpoint_id>/test/", webhooks.test, name="webhook-test"),
    path("<int:endpoint_id>/repeat/", webhooks.repeat_failed, name="webhook-repeat-failed"),
    path("calls/<int:call_id>/", webhookcalls.page, name="webhook-delivery"),
    path("calls/<int:call_id>/repeat/", webhookcalls.replay, name="webhook-replay"),
    path("calls/<int:call_id>/give-up/", webhookcalls.give_up, name="webhook-give-up"),
]
