"""Fields of groups and contacts; the rules are in contacts/people.py and contacts/importing.py."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from staffetta.accounts.models import Account
from staffetta.contacts import fields
from staffetta.contacts.models import Contact, Group
from staffetta.contacts.people import FIELD_CHARS_MAX


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


class PersonForm(ContactForm):
    """All of a contact: the account's free fields and groups too."""

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        """Offer the account's own fields and groups only."""
        super().__init__(*args, **kwargs)
        self.free = fields.names(account)
        for place, name in enumerate(self.free):
            widget = forms.TextInput(attrs={"autocomplete": "off"})
            self.fields[f"field-{place}"] = forms.CharField(label=name, required=False, max_length=FIELD_CHARS_MAX, widget=widget)
        self.fields["groups"] = forms.ModelMultipleChoiceField(
            label=_("Groups"), queryset=Group.objects.filter(account=account), required=False, widget=forms.CheckboxSelectMultiple
        )

    @property
    def free_fields(self) -> list[forms.BoundField]:
        """Return the free fields, to be shown."""
        return [self[f"field-{place}"] for place in range(len(self.free))]

    def free_values(self) -> dict[str, str]:
        """Return what was typed into the free fields."""
        return {name: self.cleaned_data[f"field-{place}"] for place, name in enumerate(self.free)}


def person_values(contact: Contact, free: list[str]) -> dict[str, Any]:
    """Return what the form begins with for a contact that is there."""
    values = {f"field-{place}": contact.fields.get(name, "") for place, name in enumerate(free)}
    own = {"number": contact.number, "name": contact.name, "surname": contact.surname}
    return own | values | {"groups": list(contact.groups.values_list("pk", flat=True))}


class FieldForm(forms.Form):
    """The name of a free field."""

    name = forms.CharField(label=_("Name of the field"), required=False, max_length=200)


class ImportForm(forms.Form):
    """A file and the group it goes into: a new one by name, or one that is there."""

    file = forms.FileField(
        label=_("Spreadsheet"),
        allow_empty_file=True,
        error_messages={"required": _("Choose a file: .xls, .xlsx, .ods or .csv.")},
        widget=forms.FileInput(attrs={"accept": ".xls,.xlsx,.ods,.csv,.txt"}),
    )
    group = forms.ModelChoiceField(label=_("Into the group"), queryset=Group.objects.none(), required=False, empty_label=_("a new group…"))
    new_group = forms.CharField(
        label=_("Name of the new group"), help_text=_("Blank: the name of the file."), required=False, max_length=200
    )
    with_prefix = forms.BooleanField(
        label=_("Add the international prefix where it is missing"),
        help_text=_("Without it, numbers written without prefix are listed as wrong."),
        required=False,
        initial=True,
    )

    known = forms.ChoiceField(
        label=_("Who is in the address book already"),
        choices=[("update", _("gets what the file says anew")), ("keep", _("stays as he or she is, and only enters the group"))],
        required=False,
        initial="update",
        widget=forms.RadioSelect,
    )

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        """Offer the account's own groups only."""
        super().__init__(*args, **kwargs)
        group = self.fields["group"]
        assert isinstance(group, forms.ModelChoiceField)
        group.queryset = Group.objects.filter(account=account)
