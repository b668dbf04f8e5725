"""One page to erase what lookups know of a number, when the person whose it is asks for it. The rule is in lookup/erase.py."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from staffetta.accounts.models import User
from staffetta.backoffice import roles
from staffetta.backoffice.site import office
from staffetta.lookup import erase
from staffetta.sms.errors import NumberError
from staffetta.sms.number import parse


class NumberForm(forms.Form):
    """Whose lookups are erased."""

    number = forms.CharField(
        label=_("mobile number"),
        max_length=60,
        widget=UnfoldAdminTextInputWidget({"inputmode": "tel", "autocomplete": "off"}),
        help_text=_(
            "Its results go from the lookups of all customers, and so does what is known of its operator; it cannot be undone. "
            "What was counted and paid stays, without the number. Contacts, messages and files that a customer has downloaded stay."
        ),
    )

    def clean_number(self) -> str:
        """Return it in E.164."""
        try:
            return parse(self.cleaned_data["number"], "IT")
        except NumberError as error:
            raise forms.ValidationError(gettext("This is no mobile number: write it in full, for example +39 333 1234567.")) from error


def page(request: HttpRequest) -> HttpResponse:
    """Ask for the number, and erase its lookups."""
    if not roles.may_act(request.user, "lookupbatch"):
        messages.error(request, gettext("Only the owner of the service erases numbers."))
        return redirect("office:index")
    form = NumberForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        assert isinstance(request.user, User)
        found = erase.asked_for(form.cleaned_data["number"], request.user)
        said = ngettext("The number is erased from %(n)s lookup.", "The number is erased from %(n)s lookups.", found) % {"n": found}
        messages.success(request, said)
        return redirect("office:lookup-erase")
    title = gettext("Erase a number's lookups")
    context = office.each_context(request) | {"title": title, "form": form, "button": gettext("Erase for good")}
    return TemplateResponse(request, "backoffice/form.html", context, status=400 if form.errors else 200)
