"""One page for all that the operator sets once: company, brand, ways of being paid, VAT, invoices, free credits."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminColorInputWidget, UnfoldAdminIntegerFieldWidget, UnfoldAdminTextInputWidget, UnfoldBooleanSwitchWidget

from staffetta.accounts import audit, operator
from staffetta.accounts.models import User
from staffetta.backoffice import roles
from staffetta.backoffice.fields import CreditsField, PercentField
from staffetta.backoffice.site import office
from staffetta.billing import salessettings
from staffetta.billing.errors import SalesSettingWrong


def _text(label: Any, length: int = 120, **kwargs: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=length, required=kwargs.pop("required", False), widget=UnfoldAdminTextInputWidget, **kwargs
    )


def _number(label: Any, **kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=365, widget=UnfoldAdminIntegerFieldWidget, **kwargs)


class SettingsForm(forms.Form):
    """The settings as fields; operator.py and salessettings.py check them."""

    company = _text(_("company"))
    vat_number = _text(_("VAT number (partita IVA)"), 16)
    tax_code = _text(_("tax code (codice fiscale)"), 16, help_text=_("Blank: the same as the VAT number."))
    street = _text(_("street and number"), 60)
    postcode = _text(_("postcode"), 5)
    city = _text(_("town"), 60)
    province = _text(_("province"), 2)
    tax_regime = _text(_("tax regime"), 4, required=True, help_text=_("RegimeFiscale of the electronic invoice; RF01 is the ordinary one."))
    email = _text("e-mail", 254)
    telephone = _text(_("telephone"), 30)
    brand = _text(_("brand name"), 60, required=True)
    colour = forms.CharField(label=_("brand colour"), max_length=7, widget=UnfoldAdminColorInputWidget)
    realm = _text(
        _("realm of log-ins"), 190, required=True, help_text=_("What stands after the @ of a user name, for example sms.example.it.")
    )
    headline_it = _text(_("headline of the first page, in Italian"))
    headline_en = _text(_("headline of the first page, in English"))
    free_credits_e4 = CreditsField(label=_("free credits of a new account"))
    holder = _text(_("holder of the bank account"), 70)
    bank = _text(_("bank"), 70)
    iban = _text("IBAN", 42)
    bic = _text("BIC", 11)
    postal_account = _text(_("postal account"), 12)
    postal_holder = _text(_("holder of the postal account"), 70)
    slip_896 = forms.BooleanField(label=_("print type 896 slips"), required=False, widget=UnfoldBooleanSwitchWidget)
    slip_authorisation = _text(_("the post office's authorisation"), 80)
    order_days_max = _number(_("days an order waits for its money"))
    vat_bp = PercentField(label=_("VAT, in percent"))
    split_payment = forms.BooleanField(
        label=_("public bodies pay the VAT themselves (split payment)"), required=False, widget=UnfoldBooleanSwitchWidget
    )
    invoice_prefix = _text(_("letters before the invoice number"), 8)
    invoice_delay_days = _number(_("days between payment and invoice"))


SECTIONS: list[tuple[Any, Any, tuple[str, ...]]] = [
    (
        _("Company"),
        _("It stands on the invoices and at the foot of the public pages."),
        ("company", "vat_number", "tax_code", "street", "postcode", "city", "province", "tax_regime", "email", "telephone"),
    ),
    (_("Brand"), "", ("brand", "colour", "realm", "headline_it", "headline_en", "free_credits_e4")),
    (_("Bank transfer"), _("Without an IBAN customers are not offered bank transfers."), ("holder", "bank", "iban", "bic")),
    (
        _("Postal slip"),
        _("Without a postal account customers are not offered postal slips."),
        ("postal_account", "postal_holder", "slip_896", "slip_authorisation"),
    ),
    (_("VAT and invoices"), "", ("order_days_max", "vat_bp", "split_payment", "invoice_prefix", "invoice_delay_days")),
]
_OPERATOR = frozenset(operator.NAMES)


def page(request: HttpRequest) -> HttpResponse:
    """Show the settings, and keep them where all are right."""
    if not roles.may_act(request.user, "operator"):
        messages.error(request, gettext("Only the owner of the service changes its settings."))
        return redirect("office:index")
    form = SettingsForm(request.POST if request.method == "POST" else None, initial=_now_set())
    if request.method == "POST" and form.is_valid() and _keep(request, form):
        messages.success(request, gettext("The settings are saved."))
        return redirect("office:settings")
    context = office.each_context(request) | {
        "title": gettext("Settings"),
        "form": form,
        "sections": [{"title": title, "about": about, "fields": list(_fields(form, names))} for title, about, names in SECTIONS],
    }
    return TemplateResponse(request, "backoffice/form.html", context, status=400 if form.errors else 200)


def _fields(form: SettingsForm, names: tuple[str, ...]) -> Iterator[forms.BoundField]:
    for name in names:
        yield form[name]


def _now_set() -> dict[str, Any]:
    seller, shop = operator.current(), salessettings.current()
    return {name: getattr(seller if name in _OPERATOR else shop, name) for name in SettingsForm.base_fields}


def _keep(request: HttpRequest, form: SettingsForm) -> bool:
    """Keep what was changed, all or none; return False where something was refused and said at its field."""
    assert isinstance(request.user, User)
    operator.forget()
    before, after = _now_set(), form.cleaned_data
    after["province"] = after["province"].upper()
    changed = {name: value for name, value in after.items() if value != before[name]}
    ours = {name: value for name, value in changed.items() if name in _OPERATOR}
    wrong = operator.problems(ours)
    for refused in wrong:
        form.add_error(refused.values["name"], gettext("“%(value)s” cannot stand here: %(remedy)s.") % refused.values)
    try:
        with transaction.atomic():
            if not wrong:
                _change_operator(request.user, ours, before)
            salessettings.change(request.user, **{name: value for name, value in changed.items() if name not in _OPERATOR})
            if wrong:  # all that is wrong is said at once, and nothing is kept
                transaction.set_rollback(True)
    except SalesSettingWrong as refusal:
        for name, sentence in refusal.values["problems"].items():
            form.add_error(name, sentence)
    finally:
        operator.forget()
    return not form.errors


def _change_operator(staff: User, values: dict[str, Any], before: dict[str, Any]) -> None:
    if values:
        operator.change(**values)
        audit.record(staff, "change settings", "settings", before={name: before[name] for name in values}, after=values)
