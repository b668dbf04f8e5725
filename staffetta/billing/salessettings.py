"""How the operator is paid and invoices: read wherever money is asked for, changed by the staff on one page. Knows no order."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from stdnum import iban as iban_rule
from stdnum.exceptions import ValidationError

from staffetta.accounts import audit, operator
from staffetta.accounts.models import User
from staffetta.billing.errors import SalesSettingWrong
from staffetta.billing.models import SalesSettings

NAMES = tuple(field.name for field in SalesSettings._meta.fields if field.name not in {"id", "changed_at"})


def current() -> SalesSettings:
    """Return the settings of sale; the first ones where nobody has changed them."""
    return SalesSettings.objects.get_or_create(pk=1)[0]


@transaction.atomic
def change(staff: User | None = None, /, **values: Any) -> SalesSettings:
    """Change some settings, all or none; the others stay as anybody else may just have set them.

    Raises SalesSettingWrong with a sentence for each that is not right.
    """
    current()
    row = SalesSettings.objects.select_for_update().get(pk=1)
    before = audit.values(row)
    tidy = {name: _tidied(name, value) for name, value in values.items()}
    for name, value in tidy.items():
        setattr(row, name, value)
    if wrong := problems({name: getattr(row, name) for name in NAMES}):
        raise SalesSettingWrong(problems=wrong, why=" ".join(wrong.values()))
    row.save(update_fields=[*tidy, "changed_at"])
    old, new = audit.changed(before, audit.values(row))
    if new:
        audit.record(staff, "change settings", "settings of sale", before=old, after=new)
    return row


def problems(values: dict[str, Any]) -> dict[str, str]:
    """Return a whole sentence for each value that is not right."""
    found = {}
    if values["iban"]:
        try:
            iban_rule.validate(values["iban"])
        except ValidationError:
            found["iban"] = _("The IBAN “%(value)s” has a wrong length or check digits: copy it from a bank document again.") % {
                "value": values["iban"]
            }
        if not values["holder"]:
            found["holder"] = _("The holder of the bank account is empty: customers write it on their transfers.")
    if values["bic"] and not (len(values["bic"]) in {8, 11} and values["bic"].isalnum()):
        found["bic"] = _("The BIC “%(value)s” must have 8 or 11 letters and digits: copy it from a bank document again.") % {
            "value": values["bic"]
        }
    account = values["postal_account"]
    if account and not (account.isdecimal() and len(account) <= 12):
        found["postal_account"] = _("The postal account “%(value)s” must be up to 12 digits.") % {"value": account}
    if account and not values["postal_holder"]:
        found["postal_holder"] = _("The holder of the postal account is empty: it stands on the slips.")
    if values["slip_896"] and not values["slip_authorisation"]:
        found["slip_authorisation"] = _(
            "Type 896 slips may be printed only with the post office's authorisation: write it, or switch them off."
        )
    prefix = values["invoice_prefix"]
    if prefix and not (prefix.isascii() and prefix.isalnum()):
        found["invoice_prefix"] = _("“%(value)s” cannot stand before invoice numbers: use letters and digits only.") % {"value": prefix}
    regime = operator.current().tax_regime
    if (values["vat_bp"] == 0) != (regime == "RF19"):
        found["vat_bp"] = _(
            "VAT of zero goes with the tax regime RF19 (regime forfettario), and only with it: here the regime is %(regime)s."
        ) % {"regime": regime}
    if not 0 <= values["vat_bp"] <= 10_000:
        found["vat_bp"] = _("The VAT rate must lie between 0 and 100 %.")
    if not 1 <= values["order_days_max"] <= 365:
        found["order_days_max"] = _("An order must wait for its money at least one day, and at most a year: write 1 to 365.")
    if values["invoice_delay_days"] > 12:
        found["invoice_delay_days"] = _("An invoice must be issued within 12 days of the payment: write 12 or less.")
    return found


def _tidied(name: str, value: Any) -> Any:
    if name in {"iban", "bic"}:
        return "".join(str(value).split()).upper()
    if name == "postal_account":
        return "".join(str(value).split())
    return " ".join(value.split()) if isinstance(value, str) else value
