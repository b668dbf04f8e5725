"""The mails that this copy has written instead of sent, for the owner: so that a demo works alone."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from staffetta.accounts import mailbox

SHOWN = 100


@never_cache
@login_required
def listing(request: HttpRequest) -> HttpResponse:
    """Show the newest mails."""
    _owner_only(request)
    return render(request, "portal/mailbox.html", {"mails": mailbox.latest(SHOWN), "folder": mailbox.place()})


@never_cache
@login_required
def page(request: HttpRequest, name: str) -> HttpResponse:
    """Show one mail, its links to be clicked."""
    _owner_only(request)
    kept = mailbox.read(name)
    if kept is None:
        raise Http404
    return render(request, "portal/mailbox_mail.html", {"mail": kept})


def _owner_only(request: HttpRequest) -> None:
    """Only the owner of the service: the links in these mails open customers' accounts."""
    if not request.user.is_superuser:
        raise Http404
