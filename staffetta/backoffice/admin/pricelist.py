"""Packages, discount codes, special prices and types of SMS. The rules are in billing/pricelist.py."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.decorators import action

from staffetta.accounts.models import User
from staffetta.backoffice.base import OfficeAdmin
from staffetta.backoffice.fields import CreditsField, EuroField, PercentField
from staffetta.backoffice.onepage import Table
from staffetta.backoffice.site import office
from staffetta.billing import discounts, pricelist
from staffetta.billing.errors import PackageBreaksOrder
from staffetta.billing.models import Discount, Package, SmsType, SpecialPrice, TypePrice
from staffetta.lib import money


class PackageForm(forms.ModelForm):
    """A package, refused where it would break the order of prices."""

    credits_e4 = CreditsField(label=_("credits"))
    price_cents = EuroField(label=_("price without VAT, in euro"))

    class Meta:
        model = Package
        fields = ("name", "credits_e4", "price_cents", "valid_from", "valid_until", "active")

    def clean(self) -> dict[str, Any]:
        """Compare the package with those sold at the same time."""
        given = super().clean() or {}
        if not self.errors:
            wanted = Package(pk=self.instance.pk, **{name: given.get(name) for name in self._meta.fields or ()})
            try:
                pricelist.check_beside_others(wanted)
            except PackageBreaksOrder as refusal:
                self.add_error("price_cents", str(refusal))
        return given


@admin.register(Package, site=office)
class PackageAdmin(OfficeAdmin):
    """The packages on sale."""

    form = PackageForm
    list_display = ("name", "credits_shown", "price", "per_credit", "valid_from", "valid_until", "active")
    list_filter = ("active",)
    search_fields = ("name",)

    actions_list = ("example",)

    def has_example_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Offer the example where there is no package yet."""
        return self.has_add_permission(request) and not Package.objects.exists()

    @action(description=_("Begin with an example price list"), url_path="example", permissions=["example"])  # type: ignore[untyped-decorator]
    def example(self, request: HttpRequest) -> HttpResponse:
        """Make the example's packages after it was confirmed."""
        assert isinstance(request.user, User)
        if request.method == "POST":
            pricelist.begin(request.user)
            messages.success(request, gettext("The example price list is there: change names and prices as you like."))
            return redirect("office:billing_package_changelist")
        rows = [(name, money.shown(credits * money.CREDIT_E4), money.euro(cents)) for name, credits, cents in pricelist.EXAMPLE]
        context = self.admin_site.each_context(request) | {
            "title": gettext("Example price list"),
            "tables": [Table(gettext("Packages"), [gettext("name"), gettext("credits"), gettext("price without VAT")], rows)],
            "button": gettext("Put these packages on sale"),
            "form": [],
        }
        return TemplateResponse(request, "backoffice/answers.html", context)

    def keep(self, row: Model) -> None:
        """Keep it by the rules of the price list."""
        assert isinstance(row, Package)
        pricelist.save(row)

    @admin.display(description=_("credits"), ordering="credits_e4")
    def credits_shown(self, row: Package) -> str:
        """Write the credits."""
        return money.shown(row.credits_e4)

    @admin.display(description=_("price without VAT"), ordering="price_cents")
    def price(self, row: Package) -> str:
        """Write the price."""
        return money.euro(row.price_cents)

    @admin.display(description=_("euro per credit"))
    def per_credit(self, row: Package) -> str:
        """Write what a credit costs."""
        return money.euro_e4(pricelist.per_credit_e4(row.price_cents, row.credits_e4, money.CREDIT_E4))


class DiscountForm(forms.ModelForm):
    """A discount code in capitals."""

    off_bp = PercentField(label=_("off the price, in percent"))

    class Meta:
        model = Discount
        fields = ("code", "off_bp", "package", "account", "valid_from", "valid_until", "uses_max", "once", "active")

    def clean_off_bp(self) -> int:
        """Return the rate, which leaves something to pay."""
        rate: int = self.cleaned_data["off_bp"]
        if not 0 < rate < 10_000:
            raise forms.ValidationError(gettext("A discount is more than 0 and less than 100 percent: write for example 10."))
        return rate

    def clean_code(self) -> str:
        """Return the code as it is kept."""
        return discounts.tidied(self.cleaned_data["code"])


@admin.register(Discount, site=office)
class DiscountAdmin(OfficeAdmin):
    """The discount codes."""

    form = DiscountForm
    list_display = ("code", "off", "package", "account", "valid_from", "valid_until", "used", "active")
    list_filter = ("active",)
    search_fields = ("code", "account__name")
    autocomplete_fields = ("account",)

    @admin.display(description=_("off"), ordering="off_bp")
    def off(self, row: Discount) -> str:
        """Write the rate."""
        return f"{money.editable(row.off_bp * 100)} %"

    @admin.display(description=_("uses"))
    def used(self, row: Discount) -> str:
        """Write how often it was used, and how often it may be."""
        return f"{discounts.uses(row).count()}" + (f" / {row.uses_max}" if row.uses_max is not None else "")


class SpecialPriceForm(forms.ModelForm):
    """A special price in euro."""

    price_cents = EuroField(label=_("price without VAT, in euro"))

    class Meta:
        model = SpecialPrice
        fields = ("account", "package", "price_cents", "valid_until")

    def clean(self) -> dict[str, Any]:
        """Refuse a price that would change nothing."""
        given = super().clean() or {}
        package, cents = given.get("package"), given.get("price_cents")
        if package and cents is not None and cents >= package.price_cents:
            told = {"price": money.euro(package.price_cents)}
            self.add_error(
                "price_cents", gettext("Not lower than the price list (%(price)s), so it would change nothing: write less.") % told
            )
        return given


@admin.register(SpecialPrice, site=office)
class SpecialPriceAdmin(OfficeAdmin):
    """What single customers pay for a package."""

    form = SpecialPriceForm
    deletable = True
    list_display = ("account", "package", "price", "valid_until")
    search_fields = ("account__name",)
    autocomplete_fields = ("account",)
    list_select_related = ("account", "package")

    @admin.display(description=_("price without VAT"), ordering="price_cents")
    def price(self, row: SpecialPrice) -> str:
        """Write the price."""
        return money.euro(row.price_cents)


class TypePriceForm(forms.ModelForm):
    """The cost of a part, in credits."""

    cost_e4 = CreditsField(label=_("credits for a part"))

    class Meta:
        model = TypePrice
        fields = ("prefix", "cost_e4")


class TypePriceInline(TabularInline):
    """What a type costs toward each destination."""

    model = TypePrice
    form = TypePriceForm
    extra = 0

    def has_view_permission(self, request: Any, obj: Any = None) -> bool:
        """Show it with its type."""
        return True

    has_add_permission = has_change_permission = has_delete_permission = lambda self, request, obj=None: bool(request.user.is_superuser)


@admin.register(SmsType, site=office)
class SmsTypeAdmin(OfficeAdmin):
    """The types of SMS with their costs by destination."""

    list_display = ("name", "api_id", "fixed_sender", "parts_max", "receipts", "active")
    inlines = (TypePriceInline,)
