"""What a form is filled with: all that was posted, even if nothing; nothing where the page is only looked at."""

from typing import Any

from django.http import HttpRequest


def of(request: HttpRequest) -> tuple[Any, ...]:
    """Return the arguments of a form."""
    return (request.POST, request.FILES) if request.method == "POST" else ()
