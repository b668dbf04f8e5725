"""A provider reached by HTTP, described by a template: how to ask, and where in its answer each field is. Knows no provider by name.

Options: `method`, `url`, `headers`, `body`; in them {number}, {id} and {secret:name} are put in. `number`: e164 (+39…), digits (39…).
`answer`: json (then `fields` are paths such as data.0.network) or text (then `pattern` is a regular expression with named groups).
Fields: operator, original_operator, mcc, mnc, mccmnc, ported, reach, code, provider_id. `reach`, `ported` and `codes` say what the provider's
words mean: reachable, absent, nonexistent; true, false; answered, refused, later, unknown. `statuses`: the same for HTTP statuses.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, urlsplit

import httpx
from django.utils.translation import gettext as _

from staffetta.lookup.providers.base import Answer, Answered, Described, Fields, Hear, RefusedForGood, RefusedForNow, Unknown
from staffetta.lookup.states import REACHES

FIELDS: Final = ("operator", "original_operator", "mcc", "mnc", "mccmnc", "ported", "reach", "code", "provider_id")
MEANINGS: Final = ("answered", "refused", "later", "unknown")
# A wrong password or an empty prepaid account is mended by the staff, and is no fault of the number.
STATUSES: Final = {400: "refused", 404: "refused", 422: "refused"} | dict.fromkeys((401, 402, 403, 429, 503), "later")
KNOWN: Final = ("method", "url", "headers", "body", "number", "answer", "fields", "pattern", "reach", "ported", "codes", "statuses")
_PLACE: Final = re.compile(r"\{(number|id|secret:([\w-]+))\}")
_ANSWER_BYTES_MAX: Final = 64 * 1024


class Template:
    """Asks as described; connections are kept open and shared."""

    def __init__(self, described: Described, hear: Hear) -> None:
        """Open nothing yet."""
        self._options, self._secrets = described.options, described.secrets
        self._client = httpx.AsyncClient(timeout=described.timeout_s, limits=httpx.Limits(max_connections=None), follow_redirects=False)
        self.raw = ""
        self._pattern = re.compile(self._options.get("pattern") or "", re.DOTALL)

    @staticmethod
    def problems(options: Mapping[str, Any], secrets: Mapping[str, str]) -> dict[str, str]:
        """Return a sentence for each option that cannot be used."""
        return problems(options, secrets)

    async def ask(self, number: str, own_id: int) -> Answer:
        """Ask once. What was never taken may be asked again; what was taken and not answered is unknown."""
        values = {"number": number if self._options.get("number", "digits") == "e164" else number[1:], "id": str(own_id)}
        body = filled(self._options.get("body", ""), values, self._secrets, _inside_json if self._json_body() else str)
        try:
            answer = await self._client.request(
                self._options.get("method", "GET"),
                filled(self._options["url"], values, self._secrets, lambda value: quote(value, safe="")),
                headers={name: filled(value, values, self._secrets, str) for name, value in self._options.get("headers", {}).items()},
                content=body.encode() or None,
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            return RefusedForNow("not_connected")
        except httpx.HTTPError:
            return Unknown()
        self.raw = f"HTTP {answer.status_code}\n{answer.text[:_ANSWER_BYTES_MAX]}"
        return self.read(answer.status_code, answer.text[:_ANSWER_BYTES_MAX], answer.headers.get("retry-after", ""))

    def read(self, status: int, text: str, retry_after: str = "") -> Answer:
        """Return what an answer of the provider means."""
        found = self._found(text)
        provider_id, code = found.get("provider_id", "")[:80], found.get("code", "")
        meaning = self._options.get("statuses", {}).get(str(status)) or STATUSES.get(status) or ("answered" if status < 300 else "unknown")
        if code and (status < 300 or meaning == "refused"):
            meaning = self._options.get("codes", {}).get(code, meaning)
        if meaning == "refused":
            return RefusedForGood((code or f"http_{status}")[:40], provider_id)
        if meaning == "later":
            return RefusedForNow((code or f"http_{status}")[:40], float(retry_after) if retry_after.isdecimal() else None)
        fields = self._fields(found)
        if meaning == "unknown" or not (fields.operator or fields.reach):
            return Unknown("no_meaning")
        return Answered(fields, provider_id)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    def _json_body(self) -> bool:
        return str(self._options.get("body", "")).lstrip()[:1] in {"{", "["}

    def _found(self, text: str) -> dict[str, str]:
        if self._options.get("answer", "json") == "text":
            match = self._pattern.search(text)
            return {name: value.strip() for name, value in match.groupdict().items() if value} if match else {}
        try:
            whole = json.loads(text)
        except ValueError:
            return {}
        found = {name: _at(whole, path) for name, path in self._options.get("fields", {}).items()}
        return {name: value for name, value in found.items() if value}

    def _fields(self, found: Mapping[str, str]) -> Fields:
        both = found.get("mccmnc", "")
        mcc, mnc = found.get("mcc") or both[:3], found.get("mnc") or both[3:]
        return Fields(
            original_operator=found.get("original_operator", "")[:80],
            operator=found.get("operator", "")[:80],
            mcc=mcc if mcc.isdecimal() and len(mcc) == 3 else "",
            mnc=mnc if mnc.isdecimal() and len(mnc) <= 3 else "",
            ported=_meant(self._options.get("ported", {}), found.get("ported", "")),
            reach=_meant(self._options.get("reach", {}), found.get("reach", "")),
        )


def filled(template: str, values: Mapping[str, str], secrets: Mapping[str, str], escaped: Any) -> str:
    """Put number, id and secrets into a template; every other brace stays as it is."""
    return _PLACE.sub(lambda match: escaped(secrets.get(match[2], "") if match[2] else values[match[1]]), template)


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
    if urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).hostname:
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
    written = " ".join([url, str(options.get("body", "")), *headers.values()])
    if missing := [name for _place, name in _PLACE.findall(written) if name and name not in secrets]:
        found["secrets"] = _("The template names the secret “%(name)s”, which is not there: add it, or correct the name.") % {
            "name": missing[0]
        }
    return found


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


def _at(whole: Any, path: str) -> str:
    """Return what stands at a path such as data.0.network; blank where nothing does."""
    for step in path.split("."):
        if isinstance(whole, dict):
            whole = whole.get(step)
        elif isinstance(whole, list) and step.isdecimal() and int(step) < len(whole):
            whole = whole[int(step)]
        else:
            return ""
    if isinstance(whole, bool):
        return str(whole).lower()
    return str(whole) if isinstance(whole, str | int) else ""


def _meant(meanings: Mapping[str, Any], word: str) -> Any:
    """Return what a word means, in any case of its letters."""
    return {key.casefold(): meaning for key, meaning in meanings.items()}.get(word.casefold())


def _inside_json(value: str) -> str:
    return json.dumps(value)[1:-1]
