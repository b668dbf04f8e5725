"""A question to the staff; the rules are in accounts/questions.py."""

from django import forms
from django.utils.translation import gettext_lazy as _

from staffetta.accounts.questions import TEXT_CHARS_MAX


class AskForm(forms.Form):
    """Name, e-mail, subject, text; the page that somebody came from; and a field that only robots fill in."""

    name = forms.CharField(label=_("Your name"), required=False, max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.CharField(
        label=_("E-mail"), required=False, max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"})
    )
    subject = forms.CharField(label=_("Subject"), required=False, max_length=150, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    text = forms.CharField(label=_("Your question"), required=False, widget=forms.Textarea(attrs={"rows": 7, "maxlength": TEXT_CHARS_MAX}))
    page = forms.CharField(required=False, widget=forms.HiddenInput)
    website = forms.CharField(required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}))
