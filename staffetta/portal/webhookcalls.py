"""How a call of a webhook is shown: its state in words, why it failed, its body to be read. Knows no tables."""

import json
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from staffetta.webhooks.models import Delivery
from staffetta.webhooks.words import failure

# Of one call; and of all that are in that state.
STATE: dict[str, Promise] = {
    "waiting": pgettext_lazy("call", "waiting"),
    "done": pgettext_lazy("call", "taken"),
    "given_up": pgettext_lazy("call", "given up"),
}
STATES: dict[str, Promise] = {
    "waiting": pgettext_lazy("calls", "waiting"),
    "done": pgettext_lazy("calls", "taken"),
    "given_up": pgettext_lazy("calls", "given up"),
}
_TONES = {"waiting": "queue", "done": "good", "given_up": "bad"}


def row(call: Delivery) -> dict[str, Any]:
    """Return what a page shows of a call beside its own fields."""
    again = call.state == "waiting" and call.attempts > 0
    sentence, detail = failure(call.error)
    return {
        "call": call,
        "state": _("will be tried again") if again else STATE[call.state],
        "tone": "wait" if again else _TONES[call.state],
        "again_at": call.due_at if again else None,
        "why": sentence,
        "detail": detail,
        "about": _about(call),
        "history": [_attempt(each) for each in reversed(call.history)],
    }


def _attempt(kept: dict[str, Any]) -> dict[str, Any]:
    sentence, detail = failure(kept["error"])
    return {"at": datetime.fromisoformat(kept["at"]), "status": kept["status"], "ms": kept["ms"], "why": sentence, "detail": detail}


def indented(body: str) -> str:
    """Return a body of JSON as people read it; the same values, with blanks."""
    return json.dumps(json.loads(body), ensure_ascii=False, indent=2)


def _about(call: Delivery) -> str:
    """Return number and id of the message that a call is about; of a call with several events those of the first."""
    found = json.loads(call.body)
    data = (found.get("events") or [found])[0].get("data") or {}
    return " · ".join(str(data[name]) for name in ("to", "id") if data.get(name))
