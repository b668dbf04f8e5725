"""What a customer sees at the test bank: the card page and the 3-D Secure check. Holds no rule of paying."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from staffetta.billing.payments.testbank import magic
from staffetta.billing.payments.testbank.answer import Answer, redirect, refused
from staffetta.billing.payments.testbank.bank import CHALLENGE, CODE_TRIES_MAX, OPEN, Bank
from staffetta.lib.money import euro

_STYLE = (Path(__file__).parent / "static" / "style.css").read_bytes()


def style() -> Answer:
    """Return the pages' style sheet."""
    return Answer(200, _STYLE, {"Content-Type": "text/css; charset=utf-8"})


def answered(bank: Bank, path: list[str], typed: Mapping[str, str], posted: bool) -> Answer:
    """Answer a browser below /pay/."""
    payment = bank.known(path[0])
    with translation.override("en" if payment["asked"].get("language") == "en" else "it"):
        match path[1:], posted:
            case [], True:
                return _card_taken(bank, payment, typed)
            case ["code"], True:
                payment = bank.answer(payment["id"], typed.get("code", "").strip().replace(" ", ""))
                return _shown(payment, _wrong_code(payment))
            case ["cancel"], True:
                return _shown(bank.cancel(payment["id"]))
            case [], False:
                return _shown(payment)
    return refused(404, "There is no such page.")


def _wrong_code(payment: dict[str, Any]) -> dict[str, str]:
    left = CODE_TRIES_MAX - payment["tries"]
    sentence = ngettext(
        "The code is wrong: copy it again. You can try %(left)s more time.",
        "The code is wrong: copy it again. You can try %(left)s more times.",
        left,
    )
    return {"code": sentence % {"left": left}}


def _card_taken(bank: Bank, payment: dict[str, Any], typed: Mapping[str, str]) -> Answer:
    """Have a card pay, or show what was typed with a sentence for each value that cannot be."""
    number = "".join(typed.get("number", "").split())
    month, _slash, year = typed.get("expiry", "").replace(" ", "").partition("/")
    wrong = {}
    if not magic.plausible(number):
        wrong["number"] = _("This is no card number: one of its digits is mistyped. Choose one from the list below.")
    if not (month.isdecimal() and year.isdecimal() and 1 <= int(month) <= 12 and len(year) in {2, 4}):
        wrong["expiry"] = _("Write month and year like 12/30.")
    if not (typed.get("cvc", "").isdecimal() and len(typed["cvc"]) in {3, 4}):
        wrong["cvc"] = _("Write the three digits of the security code: here any will do.")
    if wrong:
        return _shown(payment, wrong, typed)
    return _shown(bank.pay(payment["id"], number, int(year) % 100 + 2000, int(month)))


def _shown(payment: dict[str, Any], wrong: Mapping[str, str] | None = None, typed: Mapping[str, str] | None = None) -> Answer:
    """Return the page that this payment stands at; one that has ended goes back to the shop."""
    template = {OPEN: "billing/testbank/card.html", CHALLENGE: "billing/testbank/code.html"}.get(payment["state"])
    if template is None:
        return redirect(payment["asked"]["return_url"])
    asked = payment["asked"]
    context = {
        "payment": payment,
        "asked": asked,
        "amount": euro(asked["amount_cents"]),
        "wrong": wrong or {},
        "typed": typed or {},
        "cards": magic.CARDS,
        "language": translation.get_language(),
    }
    shop = urlsplit(asked["return_url"])
    policy = (
        f"default-src 'none'; style-src 'self'; form-action 'self' {shop.scheme}://{shop.netloc}; frame-ancestors 'none'; base-uri 'none'"
    )
    headers = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy}
    return Answer(400 if wrong else 200, render_to_string(template, context).encode(), headers)
