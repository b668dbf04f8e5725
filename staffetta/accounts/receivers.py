"""Who of an account receives its mails. Knows not what they say."""

from staffetta.accounts import roles
from staffetta.accounts.models import User


def owners(account_id: int) -> list[User]:
    """Return the account's owners who can be written to; nobody where the account is closed."""
    users = User.objects.filter(
        account_id=account_id, account__closed_at=None, is_active=True, awaits_confirmation=False, role=roles.OWNER
    ).exclude(email="")
    return list(users.select_related("account").order_by("pk"))
