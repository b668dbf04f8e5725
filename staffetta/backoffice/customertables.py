"""What belongs to a customer, under the customer's form: users, invoicing data, orders, kept cards, top-up. To look at."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from staffetta.accounts import profile, roles
from staffetta.accounts.models import Account
from staffetta.backoffice import shown
from staffetta.backoffice.onepage import Table
from staffetta.billing import orderstates
from staffetta.billing.models import SavedCard, TopUp
from staffetta.lib import money

ORDERS_SHOWN = 10


def of(account: Account) -> list[Table]:
    """Return the tables that have something to show."""
    return [table for table in (_orders(account), _profile(account), _users(account), _cards(account), _top_up(account)) if table.rows]


def _users(account: Account) -> Table:
    rows = [
        (user.username, user.email, roles.NAMES[user.role], shown.moment(user.last_login), _("yes") if user.is_active else _("no"))
        for user in account.users.order_by("pk")
    ]
    return Table(_("Users"), [_("user name"), _("e-mail"), _("role"), _("last log-in"), _("may log in")], rows)


def _profile(account: Account) -> Table:
    if not hasattr(account, "profile"):
        return Table(_("Invoicing data"), [""], [[_("Not written yet: invoices wait until the customer writes them.")]])
    kept = profile.of(account)
    wrong = profile.problems({name: getattr(kept, name) for name in profile.FIELDS})
    address = f"{kept.street}, {kept.postcode} {kept.city} {kept.province} ({kept.country})"
    heads = [_("name"), _("address"), _("VAT number"), _("tax code"), _("SDI code"), _("PEC")]
    row: list[Any] = [kept.name, address, kept.vat_number, kept.tax_code, kept.sdi_code, kept.pec]
    return Table(_("Invoicing data"), heads, [row], " ".join(wrong.values()))


def _orders(account: Account) -> Table:
    rows = [
        (
            shown.order(order),
            order.package_name,
            money.euro(order.payable_cents),
            orderstates.WAYS.get(order.way, "–"),
            shown.state(order.state, orderstates.NAMES),
            shown.moment(order.created_at),
        )
        for order in account.orders.order_by("-pk")[:ORDERS_SHOWN]
    ]
    return Table(_("Last orders"), [_("order"), _("package"), _("to pay"), _("way of paying"), _("state"), _("made")], rows)


def _cards(account: Account) -> Table:
    rows = [
        (f"{card.brand} •••• {card.last4}", f"{card.expires_month:02d}/{card.expires_year}", shown.moment(card.created_at), card.provider)
        for card in SavedCard.objects.filter(account=account, removed_at=None).order_by("-pk")
    ]
    return Table(_("Kept cards"), [_("card"), _("expires"), _("kept since"), _("card service")], rows)


def _top_up(account: Account) -> Table:
    rows = [
        (
            pgettext("top-up", "on") if row.active else pgettext("top-up", "off"),
            row.package,
            money.shown(row.threshold_e4),
            money.euro(row.month_cents_max),
            f"{row.card.brand} •••• {row.card.last4}",
            shown.moment(row.consent_at),
        )
        for row in TopUp.objects.filter(account=account).select_related("package", "card")
    ]
    heads = [_("state"), _("package"), _("below credits"), _("euro a month, at most"), _("card"), _("agreed")]
    return Table(_("Automatic top-up"), heads, rows)
