"""A receipt to upload, and what the customer has to say about it; billing/proofs.py judges the file."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ProofForm(forms.Form):
    """Shapes the fields only: what is wrong with the file is said by the domain."""

    file = forms.FileField(
        label=_("Receipt"),
        required=False,
        allow_empty_file=True,
        max_length=500,
        # A telephone that is asked for JPEG turns its HEIC photographs into it by itself.
        widget=forms.FileInput({"accept": "application/pdf,image/jpeg,image/png,.pdf,.jpg,.jpeg,.png"}),
    )
    note = forms.CharField(
        label=_("Note (if you like)"),
        required=False,
        max_length=300,
        widget=forms.Textarea({"class": "few", "rows": 2, "maxlength": 300}),
        help_text=_("For example from whose account you paid, if it is not yours."),
    )
