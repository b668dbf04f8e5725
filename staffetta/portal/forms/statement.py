"""What the movements of credit can be filtered by. Knows no tables."""

from django import forms
from django.utils.translation import gettext_lazy as _

from staffetta.billing.statement import KINDS
from staffetta.portal.forms.archive import PeriodForm


class StatementForm(PeriodForm):
    """Kind and period: all may be blank."""

    kind = forms.ChoiceField(label=_("Movement"), required=False, choices=[("", _("any")), *KINDS.items()])
