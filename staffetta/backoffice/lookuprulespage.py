"""One page for the rules of lookups: price, how long a result is fresh, limits. lookup/rules.py checks and keeps them."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldBooleanSwitchWidget

from staffetta.accounts.models import User
from staffetta.backoffice import roles
from staffetta.backoffice.fields import CreditsField
from staffetta.backoffice.site import office
from staffetta.lookup import rules
from staffetta.lookup.errors import LookupSettingWrong

_MOST = 2_000_000_000


def _number(label: Any, most: int = _MOST, **kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=most, widget=UnfoldAdminIntegerFieldWidget, **kwargs)


class RulesForm(forms.Form):
    """The rules as fields."""

    price_e4 = CreditsField(label=_("credits for each number that is answered"))
    fresh_days = _number(
        _("days that a result counts as fresh"), 30_000, help_text=_("For so long a customer may see a known result again.")
    )
    reuse_free = forms.BooleanField(
        label=_("a fresh result may be used again free of charge"), required=False, widget=UnfoldBooleanSwitchWidget
    )
    account_hour_max = _number(_("numbers that a customer may look up in an hour"))
    account_day_max = _number(_("numbers that a customer may look up in a day"))
    number_day_max = _number(_("times that one number may be looked up in a day, by all customers together"), 30_000)


def page(request: HttpRequest) -> HttpResponse:
    """Show the rules, and keep them where all are right."""
    if not roles.may_act(request.user, "lookupsettings"):
        messages.error(request, gettext("Only the owner of the service changes its settings."))
        return redirect("office:index")
    now = rules.current()
    kept = {name: getattr(now, name) for name in rules.NAMES}
    form = RulesForm(request.POST if request.method == "POST" else None, initial=kept)
    if request.method == "POST" and form.is_valid() and _keep(request, form):
        messages.success(request, gettext("The rules of lookups are saved: they hold for lookups from now on."))
        return redirect("office:lookup-rules")
    context = office.each_context(request) | {"title": gettext("Rules of lookups"), "form": form}
    return TemplateResponse(request, "backoffice/form.html", context, status=400 if form.errors else 200)


def _keep(request: HttpRequest, form: RulesForm) -> bool:
    assert isinstance(request.user, User)
    try:
        rules.change(request.user, **form.cleaned_data)
    except LookupSettingWrong as refusal:
        for name, sentence in refusal.values["problems"].items():
            form.add_error(name, sentence)
    return not form.errors
