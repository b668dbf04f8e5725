"""The fields of a new send. Shapes what was typed into a SendRequest; what may be sent is for messaging/compose.py."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from staffetta.accounts.models import Account
from staffetta.billing.models import SmsType
from staffetta.campaigns.errors import FileDoesNotRecur
from staffetta.contacts import filelist
from staffetta.contacts.errors import FileRefused
from staffetta.contacts.models import FileList, Group
from staffetta.lib.errors import Refused
from staffetta.messaging import compose
from staffetta.messaging.compose import SendRequest
from staffetta.messaging.errors import (
    LinkMissing,
    LinkRefused,
    LinkUnused,
    NobodyToSendTo,
    SenderRefused,
    TextRefused,
    TooFarAhead,
    TooLateToSend,
)
from staffetta.messaging.merge import Template
from staffetta.portal import localtime, pasted
from staffetta.portal.forms.repeat import RepeatForm

TEXT_CHARS_MAX = 4_000
NOW, LATER, REPEAT = "now", "later", "repeat"
_FIELD_OF = (
    (LinkMissing, "link"),
    (LinkRefused, "link"),
    (LinkUnused, "link"),
    (TextRefused, "text"),
    (SenderRefused, "sender"),
    (NobodyToSendTo, "numbers"),
    (TooLateToSend, "send_at"),
    (TooFarAhead, "send_at"),
    (FileDoesNotRecur, "listed"),
    (FileRefused, "file"),
)


def field_of(refusal: Exception) -> str | None:
    """Return the field that a refusal of the line is about; None where it is about the whole."""
    return next((field for kind, field in _FIELD_OF if isinstance(refusal, kind)), None)


class ComposeForm(forms.Form):
    """To whom, from whom, what, which type, when."""

    groups = forms.ModelMultipleChoiceField(queryset=Group.objects.none(), required=False)
    excluded = forms.ModelMultipleChoiceField(queryset=Group.objects.none(), required=False)
    numbers = forms.CharField(label=_("Numbers"), required=False, strip=False, widget=forms.Textarea(attrs={"rows": 2}))
    file = forms.FileField(required=False, allow_empty_file=True)
    listed = forms.IntegerField(required=False)
    sender = forms.CharField(label=_("Sender"), required=False)
    text = forms.CharField(label=_("Text"), required=False, strip=False)
    link = forms.CharField(label=_("Link whose clicks are counted"), required=False, strip=True)
    type = forms.ModelChoiceField(queryset=SmsType.objects.filter(active=True), error_messages={"required": _("Choose a type of SMS.")})
    when = forms.ChoiceField(choices=[(NOW, _("Now")), (LATER, _("At…")), (REPEAT, _("Again and again"))], required=False)
    send_at = forms.CharField(label=_("Date and time"), required=False)

    def __init__(self, account: Account, *args: Any, **kwargs: Any) -> None:
        """Offer the account's own groups only; numbers and times are those of its country and zone."""
        super().__init__(*args, **kwargs)
        self.account = account
        repeating = self.is_bound and self.data.get("when") == REPEAT
        self.repeat = RepeatForm(account, self.data if repeating else self.initial.get("repeat"))
        self.found = pasted.Found()
        self.of_file: FileList | None = None
        for name in ("groups", "excluded"):
            groups = self.fields[name]
            assert isinstance(groups, forms.ModelMultipleChoiceField)
            groups.queryset = Group.objects.filter(account=account)

    @property
    def repeats(self) -> bool:
        """Tell whether it shall leave again and again."""
        return bool(self["when"].value() == REPEAT)

    @property
    def written(self) -> str:
        """Return the text as typed, with line ends as telephones have them: browsers send two characters for one."""
        return re.sub(r"\r\n?", "\n", str(self["text"].value() or ""))

    def template(self, text: str) -> Template:
        """Return a text made ready for these recipients and this link. Raises as compose.template does."""
        link = compose.sample_link(str(self["link"].value() or ""))
        return compose.template(self.account.pk, text, self.of_file.pk if self.of_file else None, link)

    def clean_numbers(self) -> tuple[str, ...]:
        """Return the numbers in E.164; name those that cannot be written to."""
        self.found = pasted.numbers(self.cleaned_data["numbers"], self.account)
        if self.found.more:
            raise ValidationError(
                _("There are more than %(limit)s numbers, the most that can be pasted: import them as a group instead.")
                % {"limit": pasted.NUMBERS_MAX}
            )
        if self.found.bad:
            more = self.found.bad_more
            told = [str(bad) for bad in self.found.bad]
            if more:
                told.append(ngettext("and %(n)s other is wrong too.", "and %(n)s others are wrong too.", more) % {"n": more})
            raise ValidationError(told)
        return tuple(self.found.good)

    def clean_listed(self) -> FileList | None:
        """Return the file that was read before; one that is not the account's, or forgotten, is none."""
        key = self.cleaned_data["listed"]
        if key is None:
            return None
        self.of_file = FileList.objects.filter(account=self.account, pk=min(max(key, 0), 2**63 - 1), dropped_at=None).first()
        if self.of_file is None:
            raise ValidationError(_("The file is no longer kept: choose it again."))
        return self.of_file

    def clean_text(self) -> str:
        """Return the text with line ends as telephones have them."""
        if len(self.written) > TEXT_CHARS_MAX:
            raise ValidationError(
                _("The text has %(count)s characters: no type of SMS carries so many, shorten it.") % {"count": len(self.written)}
            )
        return self.written

    def clean(self) -> None:
        """Read the time where one is wanted."""
        self.cleaned_data["at"] = None
        if self.cleaned_data.get("when") == LATER:
            try:
                self.cleaned_data["at"] = localtime.read(self.cleaned_data.get("send_at", ""), ZoneInfo(self.account.time_zone))
            except ValidationError as error:
                self.add_error("send_at", error)

    def take_file(self) -> None:
        """Read a file that came along; it takes the place of the one before. One that cannot be read is said at its field."""
        file = self.cleaned_data.get("file")
        if file is None:
            return
        try:
            self.of_file = filelist.take(self.account, file)
        except FileRefused as refusal:
            self.add_error("file", str(refusal))

    def check(self) -> bool:
        """Tell whether all can be sent as far as the form knows; sender, text and time are checked here too, so that all is said at once."""
        given = self.cleaned_data if self.is_valid() or self.errors else {}
        self.take_file()
        checks: list[Callable[[], object]] = [lambda: compose.check_time(given.get("at"))]
        if "type" in given:
            checks.append(lambda: compose.chosen_sender(given["type"], given["sender"]))
        if "text" in given:
            checks.append(lambda: compose.check_link(self.template(given["text"]), given["link"]))
        for check in checks:
            try:
                check()
            except Refused as refusal:
                self.add_error(field_of(refusal), str(refusal))
        if self.repeats and self.of_file is not None:
            self.add_error("listed", str(FileDoesNotRecur()))
        return not self.errors and (not self.repeats or self.repeat.is_valid())

    def request(self, user_id: int | None) -> SendRequest:
        """Return what the person wants to send."""
        given = self.cleaned_data
        at: datetime | None = given["at"]
        return SendRequest(
            account_id=self.account.pk,
            type=given["type"],
            text=given["text"],
            sender=given["sender"],
            groups=tuple(group.pk for group in given["groups"]),
            numbers=given["numbers"],
            user_id=user_id,
            send_at=at,
            excluded=tuple(group.pk for group in given["excluded"]),
            file=self.of_file.pk if self.of_file else None,
            link=given["link"],
        )
