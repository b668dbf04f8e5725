"""Who calls: an account, let in by a key or by its API password, and what it may."""

from dataclasses import dataclass

from staffetta.accounts.scopes import EVERYTHING
from staffetta.api.errors import MayNot


@dataclass(frozen=True, slots=True)
class Principal:
    """A caller. `user_id` is who stands behind it (0 for nobody), `key_id` 0 where it came by password; `via`: which door (`messaging/origin.py`)."""

    account_id: int
    user_id: int
    key_id: int = 0
    sandbox: bool = False
    scopes: tuple[str, ...] = EVERYTHING
    per_minute: int = 0
    time_zone: str = "Europe/Rome"
    country: str = "IT"
    language: str = "it"
    via: str = ""

    def may(self, scope: str) -> bool:
        """Tell whether this caller has a permission (`accounts/scopes.py`)."""
        return scope in self.scopes

    def must(self, scope: str) -> None:
        """Raise MayNot where this caller lacks a permission."""
        if not self.may(scope):
            raise MayNot(scope=scope)
