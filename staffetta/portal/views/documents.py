"""Terms and privacy, in the reader's language."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from staffetta.accounts import operator


def page(request: HttpRequest, name: str) -> HttpResponse:
    """Show one of the two texts, with its version."""
    language = get_language() or "it"
    context = {"name": name, "text": operator.document(name, language), "version": operator.current().terms_version}
    return render(request, "portal/document.html", context)
