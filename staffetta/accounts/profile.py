"""To whom invoices are made out: checks each value by its own rule, and keeps what is right. Knows nothing of invoices."""

import re
from collections.abc import Callable
from typing import Any

from babel import Locale
from django.core.exceptions import ValidationError as Invalid
from django.core.validators import validate_email
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.it import codicefiscale, iva

from staffetta.accounts.errors import ProfileWrong
from staffetta.accounts.models import Account, BillingProfile

FIELDS = ("kind", "name", "street", "postcode", "city", "province", "country", "vat_number", "tax_code", "pec", "sdi_code")
NO_SDI = "0000000"
_FOR_VAT = ("kind", "country", "vat_number", "tax_code")
# The members of the European Union but Italy.
EU = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR",
    "HU", "IE", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip
_CAPITALS = {"province", "country", "vat_number", "tax_code", "sdi_code"}
_GAPS = re.compile(r"[\s.\-/]")


def countries() -> list[tuple[str, str]]:
    """Return the countries in the reader's language: Italy first."""
    names = Locale.parse((get_language() or "it")[:2]).territories
    rest = sorted(
        ((code, name) for code, name in names.items() if re.fullmatch("[A-Z]{2}", code) and code != "ZZ"), key=lambda pair: pair[1]
    )
    return [("IT", names["IT"]), *[pair for pair in rest if pair[0] != "IT"]]


def of(account: Account) -> BillingProfile:
    """Return the account's profile; a new one, not kept yet, where it has none."""
    return BillingProfile.objects.filter(account=account).first() or BillingProfile(account=account, name=account.name)


def complete(profile: BillingProfile) -> bool:
    """Tell whether an invoice can be made out to it."""
    return not problems({name: getattr(profile, name) for name in FIELDS})


def change(account: Account, **values: str) -> BillingProfile:
    """Keep the account's invoicing data. Raises ProfileWrong with a sentence for each value that is not right."""
    tidy = tidied(values)
    if wrong := problems(tidy):
        raise ProfileWrong(problems=wrong)
    before = of(account)
    if any(getattr(before, name) != tidy[name] for name in _FOR_VAT):
        tidy_with_check: dict[str, Any] = {**tidy, "vat_checked_at": None}  # what the staff looked at is no longer there
        return BillingProfile.objects.update_or_create(account=account, defaults=tidy_with_check)[0]
    return BillingProfile.objects.update_or_create(account=account, defaults=tidy)[0]


def tidied(values: dict[str, Any]) -> dict[str, str]:
    """Return the values as they are kept: no stray blanks, codes in capitals, no IT before a partita IVA."""
    tidy = {name: " ".join(str(values.get(name) or "").split()) for name in FIELDS}
    for name in _CAPITALS:
        tidy[name] = tidy[name].upper()
    for name in ("vat_number", "tax_code", "sdi_code"):
        tidy[name] = _GAPS.sub("", tidy[name])
    if tidy["country"] == "IT":
        tidy["vat_number"] = tidy["vat_number"].removeprefix("IT")
    else:
        tidy["province"], tidy["sdi_code"] = "", "XXXXXXX"
    if tidy["kind"] != "public" and not tidy["sdi_code"]:
        tidy["sdi_code"] = NO_SDI
    return tidy


def problems(values: dict[str, str]) -> dict[str, str]:
    """Return a whole sentence for each value that is not right."""
    found: dict[str, str] = {}
    for name, rule in _RULES.items():
        if sentence := rule(values):
            found[name] = sentence
    return found


def _italian(values: dict[str, str]) -> bool:
    return values["country"] == "IT"


def _required(name: str, sentence: Callable[[], str]) -> Callable[[dict[str, str]], str]:
    return lambda values: "" if values[name] else sentence()


def _postcode(values: dict[str, str]) -> str:
    if _italian(values) and not re.fullmatch(r"\d{5}", values["postcode"]):
        return _("“%(value)s” is not an Italian postcode: write five digits, for example 40121.") % {"value": values["postcode"]}
    return ""


def _province(values: dict[str, str]) -> str:
    if _italian(values) and not re.fullmatch(r"[A-Z]{2}", values["province"]):
        return _("“%(value)s” is not a province: write its two letters, for example BO.") % {"value": values["province"]}
    return ""


def _country(values: dict[str, str]) -> str:
    if values["country"] not in dict(countries()):
        return _("“%(value)s” is not a country: choose one from the list.") % {"value": values["country"]}
    return ""


def _kind(values: dict[str, str]) -> str:
    return "" if values["kind"] in dict(BillingProfile.KINDS) else _("Choose whether this is a company, a person or a public body.")


def _vat_number(values: dict[str, str]) -> str:
    number = values["vat_number"]
    if not number:
        return (
            _("A company's invoice needs its VAT number: write its 11 digits.") if values["kind"] == "company" and _italian(values) else ""
        )
    if not _italian(values):
        known = values["country"] in EU
        if known and not eu_vat.is_valid(values["country"] + number.removeprefix(values["country"])):
            return _("“%(value)s” is not a valid VAT number of this country: copy it from a document again.") % {"value": number}
        return ""
    try:
        iva.validate(number)
    except InvalidChecksum:
        return _("The partita IVA “%(value)s” has a wrong check digit, so one of its digits is mistyped: copy it again.") % {
            "value": number
        }
    except ValidationError:
        if len(number) == 11 and number.isdecimal():
            return _("There is no partita IVA “%(value)s”: digits 8 to 10 name no tax office. Copy it from its certificate again.") % {
                "value": number
            }
        return _("The partita IVA “%(value)s” has %(length)s characters: it must have 11 digits. Copy it again.") % {
            "value": number,
            "length": len(number),
        }
    return ""


def _tax_code(values: dict[str, str]) -> str:
    code, kind = values["tax_code"], values["kind"]
    if not _italian(values):
        return ""
    if not code:
        needed = {
            "person": _("A private person's invoice needs the codice fiscale: write its 16 characters."),
            "public": _("A public body's invoice needs its codice fiscale: write its 11 digits."),
        }
        return needed.get(kind, "")
    if (kind == "person" and len(code) != 16) or len(code) not in {11, 16}:
        return _(
            "The codice fiscale “%(value)s” has %(length)s characters: a person's has 16, a company's or body's 11 digits. Copy it again."
        ) % {
            "value": code,
            "length": len(code),
        }
    if not (iva.is_valid(code) if len(code) == 11 else codicefiscale.is_valid(code)):
        return _("The codice fiscale “%(value)s” does not fit its check character, so one character is mistyped: copy it again.") % {
            "value": code
        }
    return ""


def _pec(values: dict[str, str]) -> str:
    try:
        if values["pec"]:
            validate_email(values["pec"])
    except Invalid:
        return _("“%(value)s” is not an e-mail address: write your PEC like name@pec.example.it, or leave it blank.") % {
            "value": values["pec"]
        }
    return ""


def _sdi_code(values: dict[str, str]) -> str:
    code, public = values["sdi_code"], values["kind"] == "public"
    if not _italian(values) or re.fullmatch(r"[A-Z0-9]{6}" if public else r"[A-Z0-9]{7}", code):
        return ""
    if public:
        return _("The code “%(value)s” does not fit: a public body's (IPA) has 6 letters and digits. Look it up at indicepa.gov.it.") % {
            "value": code
        }
    return _("The SDI code “%(value)s” does not fit: it has 7 letters and digits. If you have none, leave it blank and write your PEC.") % {
        "value": code
    }


_RULES: dict[str, Callable[[dict[str, str]], str]] = {
    "kind": _kind,
    "name": _required("name", lambda: _("The name is empty: write the company's or person's name as it must stand on the invoice.")),
    "street": _required("street", lambda: _("The street is empty: write street and number.")),
    "postcode": _postcode,
    "city": _required("city", lambda: _("The town is empty: write it.")),
    "province": _province,
    "country": _country,
    "vat_number": _vat_number,
    "tax_code": _tax_code,
    "pec": _pec,
    "sdi_code": _sdi_code,
}
