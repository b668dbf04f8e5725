"""Documentation of lookups by REST: how to ask, and what is answered."""

from django.utils.translation import gettext_lazy as _

from staffetta.portal.interfaces.page import Section, Table

GROUP = """POST /api/v1/lookups
{"group": 12, "reuse": false}

GET /api/v1/lookups/7/results?reach=nonexistent

{"items": [{"number": "+393331234902", "state": "answered", "code": null, "reach": "nonexistent", "operator": null,
  "original_operator": "TIM", "mcc": null, "mnc": null, "ported": null, "operator_of_range": "TIM", "asked_at": "2026-11-22T14:30:00Z",
  "answered_at": "2026-11-22T14:30:01Z", "reused": false, "simulated": false, "credits": "0.5000"}], "next": null}"""

FIELDS = (
    ("`state`", _("of a lookup: accepted, running, paused, cancelling, settling, and settled, the end")),
    ("`asks`, `reused`", _("how many numbers are asked for and paid, and how many are answered by fresh results of yours, free")),
    ("`price`, `credits`, `charged`", _("credits for one answer; what is held at most; what it cost in the end, `null` until then")),
    ("`left_out`", _("what is not looked up: the number as you wrote it, a code, and a sentence")),
    ("`result`", _("the answer, where you asked for a single `number`; of several take `/lookups/{id}/results`")),
    ("`state` of a result", _("queued, asked; answered is charged; refused, unknown (no answer came) and cancelled cost nothing")),
    ("`reach`", _("reachable; absent (switched off or out of reach); nonexistent; `null` where the network does not say")),
    ("`operator`, `mcc`, `mnc`", _("who has the number now")),
    ("`original_operator`, `ported`", _("who had it at first, and whether it has moved")),
    ("`operator_of_range`", _("whom its range of numbers was given to: free, known without asking, and no lookup")),
)

ASK = Section(
    _("Look numbers up"),
    (
        _(
            "Which operator has a number now, was it ported, can it be reached? The call is answered at once with a lookup that is under "
            "way; read it again until its `state` is `settled`, mostly a second later. The key needs the permission `lookup`."
        ),
        _(
            "Instead of `number` you may give `numbers`, up to 10,000, or the id of a `group`. `reuse`, true unless you say otherwise, takes "
            "fresh results that you have: they are free. With a sandbox key nothing is looked up: `live_key_needed`."
        ),
    ),
    example="rest_lookup",
)
ANSWER = Section(
    _("What a lookup answers"),
    (_("Only answers are charged; that a number does not exist is an answer. Give `next` back as `cursor` until it is `null`."),),
    table=Table((_("Field"), _("What it is")), FIELDS),
    sample=GROUP,
)
