"""Who claims to pay no VAT to us (abroad, or a public body) is looked at once by the staff: a form alone frees nobody of a tax."""

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from staffetta.accounts import audit, profile
from staffetta.accounts.models import Account, BillingProfile, User
from staffetta.billing import salessettings, vat
from staffetta.lib import clock

WORDS = {
    "standard": _("pays VAT like a consumer"),
    "split": _("a public body, which pays the VAT to the state itself (split payment)"),
    "reverse": _("a business in another country of the Union, which accounts for the VAT there (reverse charge)"),
    "outside": _("a customer outside the Union, where no Italian VAT is due"),
}


def pending(data: BillingProfile) -> bool:
    """Tell whether a profile claims another VAT than a consumer's, is complete, and was not looked at yet."""
    claims = vat.claimed(data, salessettings.current()).regime != "standard"
    return claims and data.vat_checked_at is None and profile.complete(data)


def waiting() -> list[BillingProfile]:
    """Return the profiles that the staff have to look at, the newest first."""
    others = BillingProfile.objects.filter(~Q(country="IT") | Q(kind="public"), vat_checked_at=None, account__closed_at=None)
    return [each for each in others.select_related("account").order_by("-changed_at") if pending(each)]


@transaction.atomic
def confirm(account: Account, staff: User | None, address: str | None = None) -> bool:
    """Take the account's data as true: from now on it is sold to by its own VAT rule. Return False where nothing waits."""
    data = BillingProfile.objects.select_for_update().filter(account=account).first()
    if data is None or not pending(data):
        return False
    BillingProfile.objects.filter(pk=data.pk).update(vat_checked_at=clock.now())
    now = vat.claimed(data, salessettings.current()).regime
    told = {"country": data.country, "kind": data.kind, "vat_number": data.vat_number, "tax_code": data.tax_code}
    audit.record(
        staff,
        "confirm VAT data",
        f"account {account.pk}",
        account_id=account.pk,
        before={"vat": "standard"},
        after={"vat": now, **told},
        address=address,
    )
    return True
