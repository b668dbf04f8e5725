"""What programs get at an address of the old interfaces where nothing is: one line, and never the page that shows what was asked for."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt


@csrf_exempt
def unknown(_request: HttpRequest) -> HttpResponse:
    """Say that there is nothing here; the query may carry an API password, so nothing of it is said again."""
    return HttpResponse(b"-13-address unknown", status=404, content_type="text/plain", headers={"Cache-Control": "no-store"})
