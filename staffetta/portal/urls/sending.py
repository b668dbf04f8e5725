"""Addresses under /send/: a new send, up to its confirmation; kept texts and senders."""

from django.urls import path

from staffetta.portal.views import compose, composing, confirm, draft, savedsenders, savedtexts

urlpatterns = [
    path("", compose.page, name="compose"),
    path("live/", compose.live, name="compose-live"),
    path("repair/", composing.repair, name="compose-repair"),
    path("undo/", composing.undo, name="compose-undo"),
    path("text/use/", composing.use_text, name="compose-use-text"),
    path("text/save/", composing.save_text, name="compose-save-text"),
    path("file/", composing.add_file, name="compose-file"),
    path("file/drop/", composing.drop_file, name="compose-drop-file"),
    path("test/", composing.test, name="compose-test"),
    path("texts/", savedtexts.page, name="compose-texts"),
    path("texts/<int:text_id>/", savedtexts.change, name="compose-text"),
    path("texts/<int:text_id>/delete/", savedtexts.delete, name="compose-text-delete"),
    path("senders/", savedsenders.page, name="compose-senders"),
    path("senders/<int:sender_id>/usual/", savedsenders.make_usual, name="compose-sender-usual"),
    path("senders/<int:sender_id>/delete/", savedsenders.delete, name="compose-sender-delete"),
    path("<int:draft_id>/", confirm.page, name="draft"),
    path("<int:draft_id>/progress/", confirm.progress, name="draft-progress"),
    path("<int:draft_id>/accept/", confirm.accept_draft, name="draft-accept"),
    path("<int:draft_id>/recipients/", draft.rows, name="draft-rows"),
    path("<int:draft_id>/recipients.csv", draft.download, name="draft-download"),
    path("<int:draft_id>/cut/", draft.cut, name="draft-cut"),
    path("<int:draft_id>/rest/", draft.save_rest, name="draft-rest"),
]
