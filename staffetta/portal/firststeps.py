"""What a new account has still to do, for the home page: only what the reader's role may do. Gone when all is done. Reads only."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from staffetta.accounts import profile
from staffetta.accounts.models import Account, User
from staffetta.contacts.models import Contact


@dataclass(frozen=True)
class Step:
    """One thing to do: in words, where, and whether it is done."""

    words: Promise
    url_name: str
    button: Promise
    done: bool


def of(account: Account, user: User, sent: bool) -> list[Step]:
    """Return the steps of this user; none where all are done. `sent`: whether the account has sent something."""
    if not {"send", "contacts", "money"} & user.may:
        return []
    known = sent or Contact.objects.filter(account=account).exists()
    steps = [
        ("view", Step(_("Confirm your e-mail"), "account_email", _("Set the e-mail"), bool(user.email) and not user.awaits_confirmation))
    ]
    steps += [
        ("contacts", Step(_("Import your contacts, or write a single number in a new send"), "import", _("Import contacts"), known)),
        ("send", Step(_("Send your first SMS, for example to yourself"), "compose", _("New send"), sent)),
    ]
    if "money" in user.may:  # the only step that reads more than one row
        ready = profile.complete(profile.of(account))
        steps.append(("money", Step(_("Write the invoicing data, for when you buy credits"), "profile", _("Invoicing data"), ready)))
    mine = [step for permission, step in steps if permission in user.may]
    return [] if all(step.done for step in mine) else mine
