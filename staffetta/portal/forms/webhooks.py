"""Where a webhook leads and what it tells. The rules are in webhooks/endpoints.py."""

from django import forms
from django.utils.translation import gettext_lazy as _

from staffetta.webhooks.endpoints import BATCH_MAX
from staffetta.webhooks.kinds import KINDS


class WebhookForm(forms.Form):
    """A webhook."""

    url = forms.CharField(
        label=_("Address of your program"),
        help_text=_("It gets a POST with JSON at each event. Best with https."),
        max_length=3_000,
        widget=forms.URLInput({"autocomplete": "off", "spellcheck": "false", "placeholder": "https://www.example.it/sms"}),
        error_messages={"required": _("The address is empty: write where your program waits, like https://www.example.it/sms.")},
    )
    description = forms.CharField(
        label=_("What is it for?"),
        help_text=_("For you and your colleagues. It can stay blank."),
        max_length=120,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "placeholder": _("the shop's orders")}),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Tell it when"),
        choices=list(KINDS.items()),
        initial=["message.delivered", "message.undelivered", "message.expired", "message.rejected", "message.failed"],
        required=False,  # webhooks/endpoints.py says what is missing
        widget=forms.CheckboxSelectMultiple,
    )
    batch_max = forms.IntegerField(
        label=_("Events in one call, at most"),
        help_text=_("With 1 each event is a call of its own. With more, events that come together share a call: better for large sends."),
        initial=1,
        widget=forms.NumberInput({"min": 1, "max": BATCH_MAX, "inputmode": "numeric"}),
        error_messages={
            "required": _("The number of events is empty: write a whole number from 1 to 500."),
            "invalid": _("This is not a whole number: write one from 1 to 500."),
        },
    )
