"""Addresses of the public site: for everybody, logged in or not; and of the staff's page of questions."""

from django.urls import path

from staffetta.portal.views import ask, documents, shortlink, site

urlpatterns = [
    path("", site.welcome, name="welcome"),
    path("robots.txt", site.robots, name="robots"),
    path("prices/", site.prices, name="prices"),
    path("questions/", site.questions, name="questions"),
    path("questions/<slug:slug>/", site.question, name="question"),
    path("contact/", ask.page, name="ask"),
    path("contact/sent/", ask.sent, name="ask-sent"),
    path("staff/", ask.staff, name="staff"),
    path("staff/questions/", ask.for_staff, name="staff-questions"),
    path("staff/questions/<int:question_id>/answered/", ask.answered, name="question-answered"),
    path("terms/", documents.page, {"name": "terms"}, name="terms"),
    path("privacy/", documents.page, {"name": "privacy"}, name="privacy"),
    path("l/<str:code>", shortlink.follow, name="short-link"),
    path("l/<str:code>/", shortlink.follow, name="short-link-slash"),
]
