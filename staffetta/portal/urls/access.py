"""Addresses of getting in and out."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from staffetta.portal.views import login

urlpatterns = [
    path("login/", login.LogIn.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
]
