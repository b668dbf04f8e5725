"""Addresses of the portal."""

from django.contrib.auth.views import LogoutView
from django.urls import include, path
from django.views.generic import TemplateView
from django.views.i18n import set_language

from staffetta.portal.views import archive, batch, compose, confirm, contacts, groups, home, imports, login, recipients

_contacts = [
    path("", groups.listing, name="groups"),
    path("new-group/", groups.create, name="group-new"),
    path("all/", contacts.everyone, name="contacts"),
    path("<int:group_id>/", contacts.of_group, name="group"),
    path("<int:group_id>/add/", contacts.add, name="contact-add"),
    path("<int:group_id>/remove/<int:contact_id>/", contacts.remove, name="contact-remove"),
    path("<int:group_id>/rename/", groups.rename, name="group-rename"),
    path("<int:group_id>/delete/", groups.delete, name="group-delete"),
    path("import/", imports.upload, name="import"),
    path("import/sample.<slug:extension>", imports.sample, name="import-sample"),
    path("import/<int:import_id>/", imports.review, name="import-review"),
    path("import/<int:import_id>/progress/", imports.progress, name="import-progress"),
    path("import/<int:import_id>/columns/", imports.columns, name="import-columns"),
    path("import/<int:import_id>/confirm/", imports.confirm, name="import-confirm"),
    path("import/<int:import_id>/drop/", imports.drop, name="import-drop"),
    path("import/<int:import_id>/bad-rows.csv", imports.bad_rows, name="import-bad-rows"),
]
_send = [
    path("", compose.page, name="compose"),
    path("live/", compose.live, name="compose-live"),
    path("repair/", compose.repair, name="compose-repair"),
    path("<int:draft_id>/", confirm.page, name="draft"),
    path("<int:draft_id>/progress/", confirm.progress, name="draft-progress"),
    path("<int:draft_id>/accept/", confirm.accept_draft, name="draft-accept"),
]
_sends = [
    path("", archive.listing, name="archive"),
    path("<int:batch_id>/", batch.page, name="send"),
    path("<int:batch_id>/progress/", batch.progress, name="send-progress"),
    path("<int:batch_id>/pause/", batch.pause, name="send-pause"),
    path("<int:batch_id>/resume/", batch.resume, name="send-resume"),
    path("<int:batch_id>/cancel/", batch.cancel, name="send-cancel"),
    path("<int:batch_id>/report.csv", recipients.report, name="send-report"),
    path("<int:batch_id>/recipients/<int:message_id>/", recipients.page, name="recipient"),
]

urlpatterns = [
    path("", TemplateView.as_view(template_name="portal/welcome.html"), name="welcome"),
    path("login/", login.LogIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("language/", set_language, name="set_language"),
    path("home/", home.page, name="home"),
    path("home/now/", home.now, name="home-now"),
    path("more/", home.more, name="more"),
    path("contacts/", include(_contacts)),
    path("send/", include(_send)),
    path("sends/", include(_sends)),
]
