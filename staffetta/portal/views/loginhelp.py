"""“Cannot get in?”: every cause in turn, with the checks that the page can make by itself."""

import time

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from staffetta.accounts import operator
from staffetta.portal import links
from staffetta.portal.forms.signup import ResendForm

COOKIE = "staffetta_try"


@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """Show the causes; judge a link that was pasted, and a cookie that was set a moment before."""
    if request.GET.get("cookie") == "set":
        response = redirect(f"{reverse('login-help')}?cookie=read#cookies")
        response.set_cookie(COOKIE, "1", max_age=60, samesite="Lax", httponly=True)
        return response
    link = request.GET.get("link", "").strip()
    context = {
        "realm": operator.current().realm,
        "form": ResendForm(initial={"email": request.session.get("confirm_email", "")}),
        "link": link,
        "verdict": links.judged(link) if link else None,
        "cookie_read": request.GET.get("cookie") == "read",
        "cookie_came": COOKIE in request.COOKIES,
        "server_ms": int(time.time() * 1000),
        "minutes": settings.LOGIN_WAIT_MINUTES,
        "days": settings.ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS,
        "hours": settings.PASSWORD_RESET_TIMEOUT // 3600,
    }
    return render(request, "portal/login_help.html", context)
