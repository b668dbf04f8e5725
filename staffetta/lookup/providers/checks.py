"""What is wrong with a template of an HTTP provider: a whole sentence for each option that cannot be used."""

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from django.utils.translation import gettext as _

from staffetta.lookup.states import REACHES

FIELDS: Final = ("operator", "original_operator", "mcc", "mnc", "mccmnc", "ported", "reach", "code", "provider_id")
MEANINGS: Final = ("answered", "refused", "later", "unknown")
KNOWN: Final = ("method", "url", "headers", "body", "number", "answer", "fields", "pattern", "reach", "ported", "codes", "statuses")
PLACE: Final = re.compile(r"\{(number|id|secret:([\w-]+))\}")
_HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def problems(options: Mapping[str, Any], secrets: Mapping[str, str]) -> dict[str, str]:
    """Return a whole sentence for each option of a template that cannot be used, by its name."""
    found = {name: _("A template has no option “%(name)s”: use %(known)s.") % {"name": name, "known": ", ".join(KNOWN)}
             for name in options if name not in KNOWN}  # fmt: skip
    found |= _asking_problems(options, secrets)
    if options.get("answer", "json") not in {"json", "text"}:
        found["answer"] = _("“%(value)s” is no kind of answer: write json or text.") % {"value": options["answer"]}
    elif options.get("answer") == "text":
        found |= _pattern_problems(str(options.get("pattern", "")))
    else:
        found |= _field_problems(options.get("fields") or {})
    if isinstance(options.get("codes"), dict) and options["codes"] and "answered" not in options["codes"].values():
        found["codes"] = _("No code means “answered”, so that no answer with a code would count: add the provider's code for success.")
    known = {"reach": REACHES, "ported": (True, False), "codes": MEANINGS, "statuses": MEANINGS}
    for name, meanings in known.items():
        words = options.get(name, {})
        wrong = [str(word) for word, meaning in words.items() if meaning not in meanings] if isinstance(words, dict) else [str(words)]
        if wrong:
            told = {"name": name, "word": wrong[0], "known": ", ".join(str(meaning).lower() for meaning in meanings)}
            found[name] = _("In “%(name)s” the meaning of “%(word)s” is unknown: use one of %(known)s.") % told
    return found


def _asking_problems(options: Mapping[str, Any], secrets: Mapping[str, str]) -> dict[str, str]:
    found = {}
    url, headers = str(options.get("url", "")), options.get("headers", {})
    if not _callable(url):
        found["url"] = _("The address “%(value)s” cannot be called: write it whole, beginning with https://.") % {"value": url}
    elif "{number}" not in url + str(options.get("body", "")):
        found["url"] = _("Neither address nor body has {number}: write it where the provider expects the number.")
    if options.get("method", "GET") not in {"GET", "POST", "PUT"}:
        found["method"] = _("“%(value)s” is no method to ask with: use GET, POST or PUT.") % {"value": options["method"]}
    if options.get("number", "digits") not in {"e164", "digits"}:
        found["number"] = _("“%(value)s” is no way to write the number: use e164 for +39…, digits for 39….") % {"value": options["number"]}
    if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
        found["headers"] = _("The headers must be names with a text each.")
        headers = {}
    found |= _header_problems(headers, secrets)
    written = " ".join([url, str(options.get("body", "")), *headers.values()])
    if missing := [name for _place, name in PLACE.findall(written) if name and name not in secrets]:
        found["secrets"] = _("The template names the secret “%(name)s”, which is not there: add it, or correct the name.") % {
            "name": missing[0]
        }
    return found


def origin(url: str) -> tuple[str, str, int | None]:
    """Return who an address calls: scheme, host and port; blanks where it cannot be read."""
    try:
        parts: SplitResult = urlsplit(url)
        return parts.scheme, parts.hostname or "", parts.port
    except ValueError:
        return "", "", None


def _callable(url: str) -> bool:
    scheme, host, _port = origin(url)
    return scheme in {"http", "https"} and bool(host)


def _header_problems(headers: Mapping[str, str], secrets: Mapping[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if not _HEADER_NAME.fullmatch(name):
            return {"headers": _("“%(name)s” is no name of a header: use letters, digits and hyphens.") % {"name": name}}
        if not _plain(value):
            return {
                "headers": _("The header “%(name)s” has characters that no header may have: use letters without accents, digits and signs.")
                % {"name": name}
            }
        for _place, secret in PLACE.findall(value):
            if secret and not _plain(secrets.get(secret, "")):
                told = {"name": secret, "header": name}
                return {
                    "secrets": _(
                        "The secret “%(name)s” stands in the header “%(header)s” and has characters that no header may have: copy it again."
                    )
                    % told
                }
    return {}


def _plain(value: str) -> bool:
    return value.isascii() and value.isprintable()


def _pattern_problems(pattern: str) -> dict[str, str]:
    try:
        names = set(re.compile(pattern).groupindex)
    except re.error as error:
        return {
            "pattern": _("The pattern cannot be read: %(error)s at character %(place)s.") % {"error": error.msg, "place": error.pos or 0}
        }
    return _names_problems("pattern", names)


def _field_problems(fields: Any) -> dict[str, str]:
    if not isinstance(fields, dict) or not all(isinstance(path, str) and path for path in fields.values()):
        return {"fields": _("Each field needs a path into the answer, for example data.network.")}
    return _names_problems("fields", set(fields))


def _names_problems(option: str, names: set[str]) -> dict[str, str]:
    if strange := sorted(names - set(FIELDS)):
        return {option: _("“%(name)s” is no field of a lookup: use %(known)s.") % {"name": strange[0], "known": ", ".join(FIELDS)}}
    if not names & {"operator", "reach"}:
        return {
            option: _("Neither “operator” nor “reach” is read from the answer: name at least one, for nothing else is worth its price.")
        }
    return {}
