"""Addresses under /contacts/."""

from django.urls import path

from staffetta.portal.views import contacts, groups, imports

urlpatterns = [
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
