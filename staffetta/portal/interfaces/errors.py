"""Documentation of refusals: each code with its HTTP status and the number of the old interfaces.

The interfaces' own table is api/errors.py, a neighbour that the portal does not import; tests/shape compares the two.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from staffetta.lib.errors import Refused
from staffetta.portal.interfaces.page import Page, Row, Section, Table

# Status of REST, number of HTTP, XML-RPC and SOAP.
CODES: dict[str, tuple[int, int]] = {
    "access_denied": (401, 3),
    "too_many_wrong": (429, 3),
    "account_closed": (403, 3),
    "key_unknown": (401, 3),
    "key_ended": (401, 3),
    "address_not_allowed": (403, 3),
    "scope_missing": (403, 3),
    "live_key_needed": (403, 3),
    "too_many_calls": (429, 32),
    "body_too_large": (413, 102),
    "content_type_wrong": (415, 13),
    "not_readable": (400, 13),
    "method_not_allowed": (405, 13),
    "not_found": (404, 13),
    "parameter_missing": (422, 5),
    "parameter_wrong": (422, 13),
    "value_wrong": (422, 13),
    "too_many_recipients": (422, 13),
    "key_used_differently": (422, 13),
    "repeat_under_way": (409, 32),
    "busy": (503, 32),
    "in_doubt": (503, 32),
    "internal": (500, 32),
    "number_refused": (422, 100),
    "no_price": (422, 101),
    "opted_out": (422, 101),
    "no_route": (503, 32),
    "empty_text": (422, 102),
    "text_unreadable": (422, 102),
    "text_too_long": (422, 102),
    "not_enough_credit": (402, 103),
    "type_unknown": (422, 104),
    "sender_refused": (422, 105),
    "too_late_to_send": (422, 13),
    "too_far_ahead": (422, 13),
    "move_refused": (409, 32),
    "group_in_use": (409, 32),
    "group_name_taken": (409, 32),
    "number_taken": (409, 32),
    "text_name_taken": (409, 32),
    "webhook_off": (409, 32),
    "webhook_unknown": (404, 32),
    "webhook_call_unknown": (404, 32),
    "nobody_to_send_to": (422, 32),
    "too_many_to_estimate": (422, 32),
    "unknown_field": (422, 32),
    "brace_alone": (422, 32),
    "link_missing": (422, 32),
    "group_gone": (422, 32),
    "price_changed": (422, 32),
    "draft_not_ready": (422, 32),
    "text_name_missing": (422, 32),
    "text_name_too_long": (422, 32),
    "text_too_long_to_save": (422, 32),
    "too_many_texts": (422, 32),
    "group_name_missing": (422, 32),
    "group_name_too_long": (422, 32),
    "contact_number_refused": (422, 32),
    "webhook_url_refused": (422, 32),
    "webhook_address_refused": (422, 32),
    "webhook_kind_unknown": (422, 32),
    "webhook_kinds_missing": (422, 32),
    "webhook_batch_wrong": (422, 32),
    "too_many_webhooks": (422, 32),
    "nothing_to_look_up": (422, 32),
    "too_many_numbers_to_look_up": (422, 32),
    "nobody_to_ask": (503, 32),
    "lookup_hour_limit": (429, 32),
    "lookup_day_limit": (429, 32),
    "number_asked_too_often": (429, 32),
    "lookup_group_gone": (422, 32),
    "lookup_move_refused": (409, 32),
    "too_long_for_paper": (422, 32),
    "too_many_reports": (422, 32),
    "unknown_report": (422, 32),
}


def refusals(base: type[Refused] = Refused) -> Iterator[type[Refused]]:
    """Yield every kind of refusal that the product knows."""
    for each in base.__subclasses__():
        yield each
        yield from refusals(each)


def _rows() -> Iterable[Row]:
    """Return each code with its sentence, its values left open."""
    known = {each.code: each for each in refusals()}
    return [
        (
            f"`{code}`",
            str(status),
            f"-{legacy}",
            str(known[code].message) % defaultdict(lambda: "…"),
            _("yes") if known[code].retry else _("no"),
        )
        for code, (status, legacy) in CODES.items()
        if code in known
    ]


PAGE = Page(
    "errors",
    _("Errors"),
    _("Every code with which a call can be refused, and what to do."),
    (
        Section(
            _("Codes"),
            (
                _(
                    "The code is for your program and never changes. “Again” says whether the same call can succeed later by itself. "
                    "Nothing is charged for what was refused."
                ),
                _("A code that is not in this list comes with status 422: the sentence beside it says what the rule is."),
            ),
            table=Table((_("Code"), "REST", "HTTP", _("What it says"), _("Again")), _rows),
        ),
    ),
)
