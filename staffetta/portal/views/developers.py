"""The documentation of the interfaces, for everybody; filled in for who is logged in."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from staffetta.portal import developerspage
from staffetta.portal.interfaces import book


@require_safe
def contents(request: HttpRequest) -> HttpResponse:
    """Show which interfaces there are."""
    return render(request, "portal/developers.html", {"documents": book.PAGES, "may": "api" in getattr(request.user, "may", ())})


@require_safe
def interface(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the page of one interface."""
    page = book.find(slug)
    if page is None:
        raise Http404
    context = {
        "document": page,
        "documents": book.PAGES,
        "sections": developerspage.sections(page, developerspage.values(request)),
        "types": developerspage.priced() if page.types else [],
        "may": "api" in getattr(request.user, "may", ()),
    }
    return render(request, "portal/developers_page.html", context)
