"""What the two roles of the staff may do in the back office. The one table of it; knows tables by their names only.

The owner (`is_superuser`) may do all that is offered. *Accounts* looks after money: payments, proofs, bank files, invoices.
"""

from staffetta.accounts.models import User

OWNER, ACCOUNTS = "owner", "accounts"

# What *accounts* may look at, and what it may act on. What is in neither is the owner's.
_SEES = frozenset({
    "account", "package", "discount", "specialprice", "smstype", "typeprice", "order", "payment", "paymentevent", "proof", "bankfile",
    "bankline", "statementmapping", "invoice", "sdianswer", "entry", "hold", "wallet", "credittransfer", "auditline",
})  # fmt: skip
_ACTS = frozenset({"order", "payment", "proof", "bankfile", "bankline", "statementmapping", "invoice", "sdianswer"})


def of(user: User) -> str:
    """Return the role of a member of the staff."""
    return OWNER if user.is_superuser else ACCOUNTS


def is_staff(user: object) -> bool:
    """Tell whether this is somebody of the staff."""
    return isinstance(user, User) and user.is_active and user.is_staff and user.account_id is None


def may_see(user: object, table: str) -> bool:
    """Tell whether a member of the staff may look at a table."""
    return isinstance(user, User) and is_staff(user) and (user.is_superuser or table in _SEES)


def may_act(user: object, table: str) -> bool:
    """Tell whether a member of the staff may do what is offered on a table."""
    return isinstance(user, User) and is_staff(user) and (user.is_superuser or table in _ACTS)
