"""Addresses under /sends/: what was sent."""

from django.urls import path

from staffetta.portal.views import archive, batch, recipients

urlpatterns = [
    path("", archive.listing, name="archive"),
    path("number/", archive.by_number, name="archive-number"),
    path("<int:batch_id>/", batch.page, name="send"),
    path("<int:batch_id>/progress/", batch.progress, name="send-progress"),
    path("<int:batch_id>/pause/", batch.pause, name="send-pause"),
    path("<int:batch_id>/resume/", batch.resume, name="send-resume"),
    path("<int:batch_id>/cancel/", batch.cancel, name="send-cancel"),
    path("<int:batch_id>/time/", batch.other_time, name="send-time"),
    path("<int:batch_id>/clicks/", batch.clicked, name="send-clicks"),
    path("<int:batch_id>/again/", batch.again, name="send-again"),
    path("<int:batch_id>/deliveries/", batch.deliveries, name="send-deliveries"),
    path("<int:batch_id>/recipients/<int:message_id>/", recipients.page, name="recipient"),
]
