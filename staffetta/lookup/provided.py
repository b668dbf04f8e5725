"""Who answers lookups: the providers that the staff have described, and which one is in use. Knows no question."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from staffetta.accounts import audit
from staffetta.accounts.models import User
from staffetta.lookup.errors import NobodyToAsk, ProviderNameTaken, ProviderWrong
from staffetta.lookup.models import Provider
from staffetta.lookup.providers.table import KINDS

SIMULATOR = "simulator"


def in_use() -> Provider:
    """Return who is asked now: the active one with the lowest priority number; the simulator where none was ever described.

    Raises NobodyToAsk where all were put out of use.
    """
    if found := Provider.objects.filter(active=True).order_by("priority", "id").first():
        return found
    if Provider.objects.exists():
        raise NobodyToAsk
    return Provider.objects.get_or_create(name=SIMULATOR, defaults={"kind": SIMULATOR, "priority": 1_000})[0]


def simulated() -> bool:
    """Tell whether answers are invented at the moment: those of the simulator. Raises NobodyToAsk."""
    return in_use().kind == SIMULATOR


def simulating() -> bool:
    """Tell the same where nobody has to be asked: false where all were put out of use."""
    try:
        return simulated()
    except NobodyToAsk:
        return False


@transaction.atomic
def save(provider: Provider, staff: User | None = None) -> Provider:
    """Write a provider, new or changed; `work` takes it into use within seconds. Raises ProviderNameTaken, ProviderWrong."""
    if Provider.objects.filter(name=provider.name).exclude(pk=provider.pk).exists():
        raise ProviderNameTaken(name=provider.name)
    if wrong := problems(provider):
        raise ProviderWrong(problems=wrong, why=" ".join(wrong.values()))
    provider.save()
    shown: dict[str, Any] = {name: value for name, value in audit.values(provider).items() if name != "secrets"}
    shown["secrets"] = sorted(provider.secrets)  # their names alone
    audit.record(staff, "save lookup provider", provider.name, after=shown)
    return provider


def problems(provider: Provider) -> dict[str, str]:
    """Return a whole sentence for each value of a provider that cannot be used, by its name."""
    kind = KINDS.get(provider.kind)
    if kind is None:
        return {
            "kind": _("“%(kind)s” is not a kind of provider: choose one of %(known)s.") % {"kind": provider.kind, "known": ", ".join(KINDS)}
        }
    found = {}
    if not provider.name:
        found["name"] = _("The provider has no name: write one of letters, digits and hyphens.")
    for name in ("in_flight_max", "timeout_ms", "attempts_max"):
        if getattr(provider, name) < 1:
            found[name] = _("“%(value)s” is too low: write 1 or more.") % {"value": getattr(provider, name)}
    return found | kind.problems(provider.options, provider.secrets)
