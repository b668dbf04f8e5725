"""Who runs the service: brand, colour, address, free credits, terms. Read on every page, changed by the staff."""

import re
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import Error, transaction
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from stdnum.it import codicefiscale, iva

from staffetta.accounts.errors import OperatorSettingUnknown, OperatorSettingWrong
from staffetta.accounts.models import Operator

HELD_S = 5.0  # another process sees a change after so long at most
CONTRAST_MIN = 5.5  # of the colour on white: 4.5 is the rule, and links stand on tinted paper too
NAMES = tuple(field.name for field in Operator._meta.fields if field.name not in {"id", "changed_at", "address"})
# What an invoice must say of who sells (FatturaPA, CedentePrestatore).
SELLER = ("company", "vat_number", "street", "postcode", "city", "province")
_held: tuple[float, Operator] | None = None


def current() -> Operator:
    """Return the operator's settings; made from the environment at first. Without a database: the last ones known."""
    global _held
    if _held and time.monotonic() - _held[0] < HELD_S:
        return _held[1]
    try:
        with transaction.atomic():
            found = Operator.objects.get_or_create(pk=1, defaults=_first())[0]
    except Error:
        return _held[1] if _held else Operator(pk=1, **_first())
    _held = (time.monotonic(), found)
    return found


def change(**values: Any) -> Operator:
    """Change some settings. Raises OperatorSettingUnknown, OperatorSettingWrong."""
    current()
    for name, value in values.items():
        if name not in NAMES:
            raise OperatorSettingUnknown(name=name, known=", ".join(NAMES))
        _check(name, value)
    Operator.objects.filter(pk=1).update(**values)
    if not set(_ADDRESS).isdisjoint(values):
        Operator.objects.filter(pk=1).update(address=_address(Operator.objects.get(pk=1)))
    forget()
    return current()


def missing() -> list[str]:
    """Return the names of the settings without which no invoice can be made out."""
    shown = current()
    return [name for name in SELLER if not getattr(shown, name)]


def problems(values: dict[str, Any]) -> list[OperatorSettingWrong]:
    """Return what is wrong with some settings, one refusal each."""
    found = []
    for name, value in values.items():
        try:
            _check(name, value)
        except OperatorSettingWrong as refusal:
            found.append(refusal)
    return found


def forget() -> None:
    """Read the settings anew at the next use."""
    global _held
    _held = None


def document(name: str, language: str) -> str:
    """Return the "terms" or the "privacy" text: the operator's own, else the model text with the operator's data."""
    shown, tongue = current(), "it" if language.startswith("it") else "en"
    own: str = getattr(shown, f"{name}_{tongue}")
    return own or render_to_string(f"accounts/model/{name}_{tongue}.txt", {"operator": shown})


_ADDRESS = ("street", "postcode", "city", "province")


def _address(shown: Operator) -> str:
    town = " ".join(part for part in (shown.postcode, shown.city, f"({shown.province})" if shown.province else "") if part)
    return ", ".join(part for part in (shown.street, town) if part)


def _first() -> dict[str, Any]:
    return {"brand": settings.BRAND, "realm": settings.REALM}


def _contrast_on_white(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _is_email(value: str) -> bool:
    try:
        validate_email(value)
    except ValidationError:
        return False
    return True


def _is_tax_code(value: str) -> bool:
    return iva.is_valid(value) if len(value) == 11 else codicefiscale.is_valid(value)


_DOMAIN = re.compile(r"(?=.{4,190}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
_RULES: dict[str, tuple[Callable[[Any], object], str | Promise]] = {
    "brand": (lambda value: value.strip(), _("write the name of the service")),
    "colour": (
        lambda value: re.fullmatch(r"#[0-9a-fA-F]{6}", value) and _contrast_on_white(value) >= CONTRAST_MIN,
        _("write # and six hexadecimal digits of a colour dark enough to be read on white, for example #1c6a6e"),
    ),
    "realm": (_DOMAIN.fullmatch, _("write a domain in small letters, for example sms.example.it")),
    "short_domain": (lambda value: not value or _DOMAIN.fullmatch(value), _("write a domain in small letters, or nothing")),
    "email": (lambda value: not value or _is_email(value), _("write an address like info@example.it, or nothing")),
    "free_credits_e4": (
        lambda value: isinstance(value, int) and 0 <= value < 2**31,
        _("write 1/10,000 of a credit as a whole number: 100000 are 10 credits"),
    ),
    "vat_number": (lambda value: not value or iva.is_valid(value), _("write the 11 digits of a partita IVA, without IT, or nothing")),
    "tax_code": (lambda value: not value or _is_tax_code(value), _("write a codice fiscale of 11 or 16 characters, or nothing")),
    "postcode": (lambda value: not value or re.fullmatch(r"[0-9]{5}", value), _("write five digits, for example 40121, or nothing")),
    "province": (lambda value: not value or re.fullmatch(r"[A-Z]{2}", value), _("write two capital letters, for example BO, or nothing")),
    "country": (lambda value: value == "IT", _("write IT: invoices are made for sellers in Italy")),
    "tax_regime": (lambda value: re.fullmatch(r"RF(0[1-9]|1[0-9])", value), _("write a code of FatturaPA from RF01 to RF19")),
    "terms_version": (lambda value: value.strip(), _("write what names this version, for example 2026-11")),
}


def _check(name: str, value: Any) -> None:
    rule, remedy = _RULES.get(name, (lambda value: True, ""))
    length = Operator._meta.get_field(name).max_length  # type: ignore[union-attr]
    if isinstance(value, str) and length and len(value) > length:
        raise OperatorSettingWrong(name=name, value=value, remedy=gettext("write at most %(length)s characters") % {"length": length})
    if not rule(value):
        raise OperatorSettingWrong(name=name, value=value, remedy=remedy)
