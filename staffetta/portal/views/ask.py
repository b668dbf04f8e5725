"""The contact form, and the page on which the staff read what was asked."""

from urllib.parse import urlsplit

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_required
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from staffetta.accounts import questions
from staffetta.accounts.errors import QuestionRefused
from staffetta.accounts.models import Question, User
from staffetta.portal.forms.ask import AskForm

SHOWN = 100


@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """Show the form, or take a question."""
    user = request.user if isinstance(request.user, User) else None
    if request.method != "POST":
        initial = {"name": user.get_full_name() or user.get_username(), "email": user.email} if user else {}
        return _page(request, AskForm(initial=initial | {"page": _came_from(request)}), user)
    form = AskForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        if given["website"]:  # a robot: it may believe that it was heard
            return redirect("ask-sent")
        if not _may_ask(request):
            form.add_error(None, _("Several questions have come from here within the hour: wait a while, or write to us by e-mail."))
            return _page(request, form, user)
        try:
            said = {name: given[name] for name in ("name", "email", "subject", "text")}
            questions.ask(questions.NewQuestion(**said, page=_own(given["page"]), language=get_language() or "it", user=user))
            return redirect("ask-sent")
        except QuestionRefused as refusal:
            form.add_error(refusal.values["field"], str(refusal))
    return _page(request, form, user)


def _page(request: HttpRequest, form: AskForm, user: User | None) -> HttpResponse:
    context = {"form": form, "account": user.account if user else None}
    return render(request, "portal/site_ask.html", context, status=400 if form.errors else 200)


def _came_from(request: HttpRequest) -> str:
    """Return the page of ours that somebody came from; "" where it was elsewhere."""
    if given := _own(request.GET.get("page", "")):
        return given
    before = urlsplit(request.headers.get("referer", ""))
    return before.path[:300] if before.netloc == request.get_host() else ""


def _own(page: str) -> str:
    """Return a page of ours, without its query: that may say what nobody shall read again."""
    return page.partition("?")[0][:300] if page.startswith("/") and not page.startswith("//") else ""


def _may_ask(request: HttpRequest) -> bool:
    return bool(ratelimit.consume(request, action="ask"))


def sent(request: HttpRequest) -> HttpResponse:
    """Say that the question has arrived."""
    return render(request, "portal/site_ask_sent.html")


@never_cache
@login_required
def staff(request: HttpRequest) -> HttpResponse:
    """Show the staff what waits for them."""
    _staff_only(request)
    return render(request, "portal/staff.html", {"waiting": Question.objects.filter(answered_at=None).count()})


@never_cache
@login_required
def for_staff(request: HttpRequest) -> HttpResponse:
    """List the last questions, those without an answer first."""
    _staff_only(request)
    asked = Question.objects.select_related("account", "user").order_by(F("answered_at").desc(nulls_first=True), "-pk")[:SHOWN]
    return render(request, "portal/staff_questions.html", {"questions": asked})


@login_required
@require_POST
def answered(request: HttpRequest, question_id: int) -> HttpResponse:
    """Mark a question as answered."""
    _staff_only(request)
    questions.mark_answered(question_id)
    return redirect("staff-questions")


def _staff_only(request: HttpRequest) -> None:
    if not (request.user.is_staff or request.user.is_superuser):
        raise Http404
