"""The invoicing data as fields; accounts/profile.py checks them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from staffetta.accounts import profile
from staffetta.accounts.models import BillingProfile


class ProfileForm(forms.Form):
    """Shapes the fields only: what is wrong is said by the domain."""

    kind = forms.ChoiceField(label=_("Who receives the invoices"), choices=BillingProfile.KINDS, widget=forms.RadioSelect)
    name = forms.CharField(
        label=_("Name on the invoice"), max_length=120, required=False, widget=forms.TextInput({"autocomplete": "organization"})
    )
    street = forms.CharField(
        label=_("Street and number"), max_length=120, required=False, widget=forms.TextInput({"autocomplete": "street-address"})
    )
    postcode = forms.CharField(label=_("Postcode"), max_length=12, required=False, widget=forms.TextInput({"autocomplete": "postal-code"}))
    city = forms.CharField(label=_("Town"), max_length=80, required=False, widget=forms.TextInput({"autocomplete": "address-level2"}))
    province = forms.CharField(label=_("Province"), max_length=20, required=False, help_text=_("Two letters, in Italy only."))
    country = forms.ChoiceField(label=_("Country"))
    vat_number = forms.CharField(label=_("VAT number (partita IVA)"), max_length=30, required=False)
    tax_code = forms.CharField(label=_("Tax code (codice fiscale)"), max_length=30, required=False)
    pec = forms.CharField(label=_("Certified e-mail (PEC)"), max_length=254, required=False, widget=forms.TextInput({"inputmode": "email"}))
    sdi_code = forms.CharField(
        label=_("SDI recipient code"),
        max_length=30,
        required=False,
        help_text=_("Seven characters; six for a public body. Leave it blank if you have none."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the countries in the reader's language."""
        super().__init__(*args, **kwargs)
        self.fields["country"].choices = profile.countries()  # type: ignore[attr-defined]
        for name in ("street", "postcode", "city", "province", "vat_number", "tax_code", "pec", "sdi_code"):
            self.fields[name].widget.attrs["spellcheck"] = "false"
