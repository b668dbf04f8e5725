"""The back office as a site: who gets in, its menu, its first page. Knows the tables that are registered, not what they mean."""

from typing import Any

from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from staffetta.accounts import audit, operator
from staffetta.accounts.models import User
from staffetta.backoffice import overview, roles

# Unfold's pages work by Alpine, which reads expressions out of attributes; nothing comes from another host all the same.
POLICY = {
    "default-src": [SELF],
    "script-src": [SELF, UNSAFE_EVAL, UNSAFE_INLINE],
    "style-src": [SELF, UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "frame-ancestors": [NONE],
    "form-action": [SELF],
    "base-uri": [SELF],
}
# (heading, [(label, name of the page, table that must be visible)]), in the order of the menu.
MENU: list[tuple[Any, list[tuple[Any, str, str]]]] = [
    (
        _("To be decided"),
        [
            (_("Overview"), "office:index", "order"),
            (_("Proofs of payment"), "office:billing_proof_changelist", "proof"),
            (_("Money that came in"), "office:billing_bankline_changelist", "bankline"),
        ],
    ),
    (
        _("Money"),
        [
            (_("Orders"), "office:billing_order_changelist", "order"),
            (_("Invoices"), "office:billing_invoice_changelist", "invoice"),
            (_("Bank and postal files"), "office:billing_bankfile_changelist", "bankfile"),
            (_("Ways to read a statement"), "office:billing_statementmapping_changelist", "statementmapping"),
            (_("Events of the card service"), "office:billing_paymentevent_changelist", "paymentevent"),
        ],
    ),
    (
        _("Sales"),
        [
            (_("Packages"), "office:billing_package_changelist", "package"),
            (_("Discount codes"), "office:billing_discount_changelist", "discount"),
            (_("Special prices"), "office:billing_specialprice_changelist", "specialprice"),
            (_("Types of SMS"), "office:billing_smstype_changelist", "smstype"),
        ],
    ),
    (
        _("Customers"),
        [
            (_("Customers"), "office:accounts_account_changelist", "account"),
            (_("Credit movements"), "office:billing_entry_changelist", "entry"),
        ],
    ),
    (
        _("Lookups"),
        [
            (_("Lookups under way"), "office:lookup_lookupbatch_changelist", "lookupbatch"),
            (_("Rules of lookups"), "office:lookup-rules", "lookupsettings"),
            (_("Erase a number's lookups"), "office:lookup-erase", "lookupbatch"),
            (_("Providers of lookups"), "office:lookup_provider_changelist", "provider"),
        ],
    ),
    (
        _("Service"),
        [
            (_("Settings"), "office:settings", "operator"),
            (_("Audit log"), "office:accounts_auditline_changelist", "auditline"),
            (_("Questions of visitors"), "staff-questions", "question"),
            (_("Mails"), "mailbox", "mailbox"),
        ],
    ),
]


class Office(UnfoldAdminSite):
    """The back office: for members of the staff, who log in where everybody does."""

    site_url = "/"
    enable_nav_sidebar = True
    final_catch_all_view = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Let the staff in."""
        return roles.is_staff(request.user)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Lead to the one log-in there is; who is logged in and not of the staff is told where they are."""
        if request.user.is_authenticated:
            return redirect("home")
        return redirect_to_login(request.GET.get("next") or reverse("office:index"))

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show what is to be decided."""
        assert isinstance(request.user, User)
        return TemplateResponse(request, "backoffice/overview.html", self.each_context(request) | overview.context(request.user))

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Give every page of the back office its own policy, and have what is done there written down with its address."""
        inner = super().admin_view(view, cacheable)

        @csp(POLICY)
        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            with audit.acting_from(request.META.get("REMOTE_ADDR")):
                shown: HttpResponseBase = inner(request, *args, **kwargs)
            return shown

        return page


def brand(request: HttpRequest) -> str:
    """Return the name that stands above the menu."""
    return operator.current().brand


def favicon(request: HttpRequest) -> str:
    """Return the address of the small picture in the browser's tab."""
    return static("portal/icon.svg")


def stylesheet(request: HttpRequest) -> str:
    """Return the address of the rules for our own pages."""
    return static("backoffice/office.css")


def menu(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the menu as Unfold wants it: only what the reader may see and what there is."""
    groups = []
    for title, pages in MENU:
        items = [
            {"title": label, "link": address}
            for label, name, table in pages
            if roles.may_see(request.user, table) and (address := _address(name))
        ]
        if items:
            groups.append({"title": title, "separator": True, "items": items})
    return groups


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


office = Office(name="office")
