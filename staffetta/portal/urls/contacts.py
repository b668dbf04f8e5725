"""Addresses under /contacts/."""

from django.urls import path

from staffetta.portal.views import contacts, fields, groups, imports, reports

urlpatterns = [
    path("", groups.listing, name="groups"),
    path("new-group/", groups.create, name="group-new"),
    path("all/", contacts.everyone, name="contacts"),
    path("<int:group_id>/", contacts.of_group, name="group"),
    path("<int:group_id>/add/", contacts.add, name="contact-add"),
    path("<int:group_id>/remove/<int:contact_id>/", contacts.remove, name="contact-remove"),
    path("<int:group_id>/rename/", groups.rename, name="group-rename"),
    path("<int:group_id>/delete/", groups.delete, name="group-delete"),
    path("person/new/", contacts.create, name="contact-new"),
    path("person/<int:contact_id>/", contacts.person, name="contact"),
    path("person/<int:contact_id>/delete/", contacts.delete, name="contact-delete"),
    path("fields/", fields.listing, name="fields"),
    path("fields/<int:field_id>/rename/", fields.rename, name="field-rename"),
    path("fields/<int:field_id>/delete/", fields.delete, name="field-delete"),
    path("duplicates/", fields.twice, name="duplicates"),
    path("duplicates/merge/", fields.merge, name="duplicates-merge"),
    path("export/", reports.of_contacts, name="contacts-export"),
    path("imports/", imports.listing, name="imports"),
    path("import/", imports.upload, name="import"),
    path("import/sample.<slug:extension>", imports.sample, name="import-sample"),
    path("import/<int:import_id>/", imports.review, name="import-review"),
    path("import/<int:import_id>/progress/", imports.progress, name="import-progress"),
    path("import/<int:import_id>/columns/", imports.columns, name="import-columns"),
    path("import/<int:import_id>/sheet/", imports.sheet, name="import-sheet"),
    path("import/<int:import_id>/undo/", imports.undo, name="import-undo"),
    path("import/<int:import_id>/confirm/", imports.confirm, name="import-confirm"),
    path("import/<int:import_id>/drop/", imports.drop, name="import-drop"),
    path("import/<int:import_id>/bad-rows.csv", imports.bad_rows, name="import-bad-rows"),
]
