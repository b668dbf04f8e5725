"""Addresses under /reports/: files to download."""

from django.urls import path

from staffetta.portal.views import reports

urlpatterns = [
    path("", reports.listing, name="reports"),
    path("of-send/<int:batch_id>/", reports.of_send, name="report-of-send"),
    path("<int:report_id>/", reports.page, name="report"),
    path("<int:report_id>/file", reports.download, name="report-file"),
    path("<int:report_id>/delete/", reports.delete, name="report-delete"),
]
