"""Addresses of REST v1: every view behind the door, the description open, everything else a problem."""

from django.urls import URLPattern, path, re_path

from staffetta.api.rest import door, openapi, service

app_name = "rest"
PREFIX = "/api/v1/"
OPEN = {"openapi-json", "openapi-view"}


def _patterns() -> list[URLPattern]:
    api = service.made()
    queries = openapi.queries(api.get_openapi_schema(path_prefix=PREFIX), PREFIX)
    found = [each for each in api.urls[0] if isinstance(each, URLPattern) and each.name != "api-root"]
    for each in found:
        if each.name not in OPEN:
            each.callback = door.guarded(each.callback, str(each.pattern).replace("<", "{").replace(">", "}"), queries)
    return found


urlpatterns = [*_patterns(), path("", door.unknown, name="api-root"), re_path(r"^.*$", door.unknown)]
