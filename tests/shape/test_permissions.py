"""Every page of the portal states what one must be allowed to do there, or is known to be for everybody."""

from collections.abc import Iterator
from typing import Any

from django.urls import get_resolver, reverse

from staffetta.accounts import roles
from tests.db.test_portal_login import PUBLIC

# Pages about the person who is logged in, whatever the role: password, e-mail, two-factor, sessions. The staff's pages ask for staff.
OF_THE_PERSON = {
    "account", "mfa_index", "account_email", "account_change_password", "account_reauthenticate", "mfa_reauthenticate",
    "mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
    "mfa_download_recovery_codes", "sessions", "session-end", "sessions-end-others",
    "mailbox", "mailbox-mail", "staff", "staff-questions", "question-answered",
}  # fmt: skip


class SAMPLES:
    """A value for each kind of place in an address."""

    values = {"IntConverter": 1, "SlugConverter": "xls", "StringConverter": "x"}

    @staticmethod
    def resolver() -> Any:
        """Return the portal's addresses."""
        return get_resolver("staffetta.portal.urls")

    @classmethod
    def address(cls, pattern: Any) -> str:
        """Return an address that fits."""
        return reverse(pattern.name, kwargs={name: cls.values[type(each).__name__] for name, each in pattern.pattern.converters.items()})


def patterns(resolver: Any) -> Iterator[Any]:
    for each in resolver.url_patterns:
        yield from patterns(each) if hasattr(each, "url_patterns") else [each]


def permission_of(pattern: Any) -> str:
    """Return what a view states; empty where it states nothing."""
    return getattr(pattern.callback, "permission", "")


def test_every_page_states_its_permission():
    silent = [each.name for each in patterns(SAMPLES.resolver()) if each.name not in PUBLIC | OF_THE_PERSON and not permission_of(each)]
    assert silent == [], "put @customer (to look) or @customer_may(…) of portal/access.py on these views, or name them as public"


def test_what_is_stated_is_in_the_table():
    stated = {permission_of(each) for each in patterns(SAMPLES.resolver())} - {""}
    assert stated <= set(roles.PERMISSIONS)
    assert {"view", "send", "contacts", "team", "settings", "approve", "money"} <= stated


def test_every_role_has_a_name_and_only_owners_may_everything():
    assert set(roles.NAMES) == set(roles.MAY)
    assert [role for role, may in roles.MAY.items() if may == set(roles.PERMISSIONS)] == [roles.OWNER]
    assert all("view" in may for may in roles.MAY.values())


def test_a_view_that_states_nothing_is_found():
    def silent(request):
        return None

    assert not permission_of(type("Pattern", (), {"callback": silent}))
