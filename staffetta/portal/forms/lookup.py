"""What a person fills in to have numbers looked up, and by what results are filtered. The rules are in lookup/wanted.py."""

from itertools import islice
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from staffetta.accounts.models import Account
from staffetta.contacts import filelist
from staffetta.contacts.errors import FileRefused
from staffetta.contacts.models import FileList, Group
from staffetta.lookup import wanted, words
from staffetta.lookup.results import Filter
from staffetta.lookup.states import RESULT_STATES
from staffetta.lookup.wanted import Wanted
from staffetta.portal import pasted

GROUP, FILE, PASTED = "group", "file", "pasted"


class NumberForm(forms.Form):
    """One number in any usual form. `choice`: a kept result shall be shown, or the number asked for anew."""

    number = forms.CharField(
        label=_("Mobile number"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off", "placeholder": "333 1234567", "type": "search"}),
    )
    choice = forms.ChoiceField(choices=[("", ""), ("kept", ""), ("anew", "")], required=False)
    once = forms.CharField(max_length=40, required=False)
    confirmed_e4 = forms.IntegerField(min_value=0, max_value=2**31 - 1, required=False)


class ManyForm(forms.Form):
    """A group, a file, or pasted numbers: `source` says which; `reuse`: fresh results are used again."""

    source = forms.ChoiceField(choices=[(GROUP, GROUP), (FILE, FILE), (PASTED, PASTED)])
    group = forms.ModelChoiceField(label=_("Group"), queryset=Group.objects.none(), required=False)
    file = forms.FileField(label=_("Spreadsheet"), required=False, allow_empty_file=True)
    listed = forms.IntegerField(required=False)
    numbers = forms.CharField(label=_("Numbers"), required=False, strip=False)
    anew = forms.BooleanField(required=False)
    once = forms.CharField(max_length=40, required=False)
    confirmed_e4 = forms.IntegerField(min_value=0, max_value=2**63 - 1, required=False)

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        """Offer the account's own groups only."""
        super().__init__(*args, **kwargs)
        self.account = account
        self.of_file: FileList | None = None
        group = self.fields["group"]
        assert isinstance(group, forms.ModelChoiceField)
        group.queryset = Group.objects.filter(account=account)

    def clean(self) -> dict[str, Any]:
        """Read the file that came along, or find the one that was read before; ask for what is missing."""
        given = super().clean() or {}
        source = given.get("source")
        if source == GROUP and not given.get("group") and "group" not in self.errors:
            self.add_error("group", _("Choose the group whose numbers shall be checked."))
        if source == FILE:
            self._find_file(given)
        if source == PASTED:
            self._read_numbers(given.get("numbers", ""))
        return given

    def wanted(self) -> Wanted:
        """Return the numbers of a valid form. Raises as lookup/wanted.py does."""
        source = self.cleaned_data["source"]
        if source == GROUP:
            return wanted.of_group(self.account, self.cleaned_data["group"])
        if source == FILE:
            assert self.of_file is not None
            return wanted.of_file(self.account, self.of_file)
        return wanted.listed(self.account, self._pieces)

    def _find_file(self, given: dict[str, Any]) -> None:
        if file := given.get("file"):
            try:
                self.of_file = filelist.take(self.account, file)
            except FileRefused as refusal:
                self.add_error("file", str(refusal))
            return
        key = given.get("listed") or 0
        self.of_file = FileList.objects.filter(account=self.account, pk=min(max(key, 0), 2**63 - 1), dropped_at=None).first()
        if self.of_file is None:
            missing = _("The file is no longer kept: choose it again.") if key else _("Choose a file: .xls, .xlsx, .ods or .csv.")
            self.add_error("file", missing)

    def _read_numbers(self, text: str) -> None:
        self._pieces = list(islice(pasted.pieces(text, self.account), pasted.NUMBERS_MAX + 1))
        if len(self._pieces) > pasted.NUMBERS_MAX:
            more = _("There are more than %(limit)s numbers, the most that can be pasted: import them as a group instead.")
            self.add_error("numbers", ValidationError(more % {"limit": pasted.NUMBERS_MAX}))


class CleanForm(forms.Form):
    """The name of the group that dead numbers go into, and whether who was absent again and again is dead too: both reach nobody."""

    name = forms.CharField(label=_("Name of the group for the numbers that reach nobody"), required=False, max_length=200)
    absent = forms.TypedChoiceField(
        label=_("Take out telephones that are off, too"),
        choices=[(0, _("never")), (2, _("after two checks, on two days")), (3, _("after three checks, on three days"))],
        coerce=int,
        empty_value="0",
        required=False,
    )


class FilterForm(forms.Form):
    """State or reach in one field, as people see it; operator, ported, digits of the number: all may be blank."""

    state = forms.ChoiceField(label=_("State"), required=False)
    operator = forms.ChoiceField(label=_("Operator"), required=False)
    ported = forms.ChoiceField(
        label=_("Moved to another operator"),
        choices=[("", _("any")), ("yes", pgettext_lazy("number", "moved")), ("no", pgettext_lazy("number", "never moved"))],
        required=False,
    )
    number = forms.CharField(
        label=_("Digits of the number"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "inputmode": "tel", "autocomplete": "off"}),
    )

    def __init__(self, data: Any, operators: list[str]) -> None:
        """Offer the operators that there are; one that is asked for and is not there finds nobody."""
        super().__init__(data)
        reaches = [(reach or "told", word.label) for reach, word in words.REACH.items() if reach]
        states = [(state, words.of_result(state, None).label) for state in RESULT_STATES if state != "answered"]
        self.fields["state"].choices = [("", _("any")), *reaches, *states]  # type: ignore[attr-defined]
        self.fields["operator"].choices = [("", _("any")), *((name, name) for name in operators)]  # type: ignore[attr-defined]


def filter_of(given: Any) -> Filter:
    """Return which results are wanted; what makes no sense takes any."""
    state = given.get("state", "")
    operator = given.get("operator", "")
    return Filter(
        state=state if state in RESULT_STATES else "",
        reach=state if state in words.REACH else "",
        operator=operator[:80].replace("\0", "\N{REPLACEMENT CHARACTER}"),  # no operator has it, and no database takes it
        ported=given.get("ported", "")[:3],
        number=given.get("number", "")[:30],
    )
