"""Addresses under /developers/: documentation for everybody, keys and the API password for who may."""

from django.urls import path

from staffetta.portal.views import developers, keys, mailtokens

urlpatterns = [
    path("", developers.contents, name="developers"),
    path("docs/<slug:slug>/", developers.interface, name="interface"),
    path("keys/", keys.listing, name="keys"),
    path("keys/new/", keys.new, name="key-new"),
    path("keys/<int:key_id>/revoke/", keys.revoke, name="key-revoke"),
    path("password/", keys.password, name="api-password"),
    path("password/made/", keys.password_made, name="api-password-made"),
    path("password/away/", keys.password_away, name="api-password-away"),
    path("mail/", mailtokens.page, name="mail-tokens"),
    path("mail/<int:token_id>/revoke/", mailtokens.revoke, name="mail-token-revoke"),
]
