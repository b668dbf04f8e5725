"""Fields of groups and contacts; the rules are in contacts/people.py and contacts/importing.py."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from staffetta.accounts.models import Account
from staffetta.contacts.models import Group


class GroupForm(forms.Form):
    """The name of a group."""

    name = forms.CharField(label=_("Name of the group"), required=False, max_length=200)


class ContactForm(forms.Form):
    """A person written by hand."""

    number = forms.CharField(
        label=_("Mobile number"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off", "placeholder": "333 1234567"}),
    )
    name = forms.CharField(label=_("Name"), required=False, max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    surname = forms.CharField(label=_("Surname"), required=False, max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class ImportForm(forms.Form):
    """A file and the group it goes into: a new one by name, or one that is there."""

    file = forms.FileField(
        label=_("Spreadsheet"),
        allow_empty_file=True,
        error_messages={"required": _("Choose a file: .xls, .xlsx, .ods or .csv.")},
        widget=forms.FileInput(attrs={"accept": ".xls,.xlsx,.ods,.csv,.txt"}),
    )
    group = forms.ModelChoiceField(label=_("Into the group"), queryset=Group.objects.none(), required=False, empty_label=_("a new group…"))
    new_group = forms.CharField(label=_("Name of the new group"), required=False, max_length=200)
    with_prefix = forms.BooleanField(
        label=_("Add the international prefix where it is missing"),
        help_text=_("Without it, numbers written without prefix are listed as wrong."),
        required=False,
        initial=True,
    )

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        """Offer the account's own groups only."""
        super().__init__(*args, **kwargs)
        group = self.fields["group"]
        assert isinstance(group, forms.ModelChoiceField)
        group.queryset = Group.objects.filter(account=account)
