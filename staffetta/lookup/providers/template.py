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
from urllib.parse import quote

import httpx

from staffetta.lib import clock
from staffetta.lookup.providers import checks, texts
from staffetta.lookup.providers.base import Answer, Answered, Described, Fields, Hear, RefusedForGood, RefusedForNow, Unknown
from staffetta.lookup.providers.checks import PLACE

# A wrong password or an empty prepaid account is mended by the staff, and is no fault of the number.
STATUSES: Final = {400: "refused", 404: "refused", 422: "refused"} | dict.fromkeys((401, 402, 403, 429, 503), "later")
_ANSWER_BYTES_MAX: Final = 64 * 1024


class Template:
    """Asks as described; connections are kept open and shared."""

    def __init__(self, described: Described, hear: Hear) -> None:
        """Open nothing yet."""
        self._options, self._secrets = described.options, described.secrets
        # Who cannot be reached is told before the time-out: then the question was never taken, and may be asked again.
        connect_s = described.timeout_s * 0.9
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(described.timeout_s + described.late_s, connect=connect_s),
            limits=httpx.Limits(max_connections=None),
            # Packed, a small answer could become a large one.
            headers={"Accept-Encoding": "identity"},
            follow_redirects=False,
        )
        self.raw = ""
        self._pattern = re.compile(self._options.get("pattern") or "", re.DOTALL)

    @staticmethod
    def problems(options: Mapping[str, Any], secrets: Mapping[str, str]) -> dict[str, str]:
        """Return a sentence for each option that cannot be used."""
        return checks.problems(options, secrets)

    async def ask(self, number: str, own_id: int) -> Answer:
        """Ask once. What was never taken may be asked again; what was taken and not answered is unknown."""
        values = {"number": number if self._options.get("number", "digits") == "e164" else number[1:], "id": str(own_id)}
        body = filled(self._options.get("body", ""), values, self._secrets, _inside_json if self._json_body() else str)
        try:
            async with self._client.stream(
                self._options.get("method", "GET"),
                filled(self._options["url"], values, self._secrets, lambda value: quote(value, safe="")),
                headers={name: filled(value, values, self._secrets, str) for name, value in self._options.get("headers", {}).items()},
                content=body.encode() or None,
            ) as answer:
                text = await _text(answer)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            return RefusedForNow("not_connected", whole=True)
        except httpx.HTTPError:
            return Unknown()
        self.raw = f"HTTP {answer.status_code}\n{text or ''}"
        return Unknown("too_long") if text is None else self.read(answer.status_code, text, answer.headers.get("retry-after", ""))

    def read(self, status: int, text: str, retry_after: str = "") -> Answer:
        """Return what an answer of the provider means."""
        found = self._found(text)
        provider_id, code = found.get("provider_id", "")[:80], found.get("code", "")
        meaning = self._options.get("statuses", {}).get(str(status)) or STATUSES.get(status) or ("answered" if status < 300 else "unknown")
        if code and (status < 300 or meaning == "refused"):
            meaning = self._of_code(code, meaning)
        if meaning == "refused":
            return RefusedForGood((code or f"http_{status}")[:40], provider_id)
        if meaning == "later":
            whole = STATUSES.get(status) == "later"
            return RefusedForNow((code or f"http_{status}")[:40], texts.after_s(retry_after, clock.now()), whole)
        fields = self._fields(found)
        if meaning == "unknown" or not (fields.operator or fields.reach):
            return Unknown("no_meaning")
        return Answered(fields, provider_id)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    def _of_code(self, code: str, meaning: str) -> str:
        codes = self._options.get("codes", {})
        # Of a code that nobody described nobody knows that it is worth its price.
        return str(codes.get(code, "unknown" if codes and meaning == "answered" else meaning))

    def _json_body(self) -> bool:
        return str(self._options.get("body", "")).lstrip()[:1] in {"{", "["}

    def _found(self, text: str) -> dict[str, str]:
        if self._options.get("answer", "json") == "text":
            return texts.in_text(text, self._pattern)
        return texts.in_json(text, self._options.get("fields", {}))

    def _fields(self, found: Mapping[str, str]) -> Fields:
        both = found.get("mccmnc", "")
        mcc, mnc = found.get("mcc") or both[:3], found.get("mnc") or both[3:]
        return Fields(
            original_operator=texts.operator(found.get("original_operator", "")),
            operator=texts.operator(found.get("operator", "")),
            mcc=mcc if mcc.isascii() and mcc.isdecimal() and len(mcc) == 3 else "",
            mnc=texts.network_code(mnc) if mnc else "",
            ported=_meant(self._options.get("ported", {}), found.get("ported", "")),
            reach=_meant(self._options.get("reach", {}), found.get("reach", "")),
        )


def filled(template: str, values: Mapping[str, str], secrets: Mapping[str, str], escaped: Any) -> str:
    """Put number, id and secrets into a template; every other brace stays as it is."""
    return PLACE.sub(lambda match: escaped(secrets.get(match[2], "") if match[2] else values[match[1]]), template)


async def _text(answer: httpx.Response) -> str | None:
    """Read an answer as far as one may go; None where it goes on."""
    read = bytearray()
    async for some in answer.aiter_bytes():
        read += some
        if len(read) > _ANSWER_BYTES_MAX:
            return None
    try:
        return read.decode(answer.encoding or "utf-8", "replace")
    except (LookupError, UnicodeError):  # it names an encoding that is none of text
        return read.decode("utf-8", "replace")


def _meant(meanings: Mapping[str, Any], word: str) -> Any:
    """Return what a word means, in any case of its letters."""
    return {key.casefold(): meaning for key, meaning in meanings.items()}.get(word.casefold())


def _inside_json(value: str) -> str:
    return json.dumps(value)[1:-1]
