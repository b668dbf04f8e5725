"""Which card provider there is: Stripe where its keys are set, else the test bank where one runs, else none."""

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from staffetta.accounts import mail
from staffetta.billing.payments.base import Provider
from staffetta.billing.payments.testbank_client import TestBank

NAMES = ("stripe", "testbank")


def current() -> Provider | None:
    """Return the provider that takes new payments; None where cards are not offered."""
    return named("stripe") or named("testbank")


def named(name: str) -> Provider | None:
    """Return a provider by its name; None where it is unknown or not set up."""
    if name == "stripe" and settings.STRIPE_SECRET_KEY:
        return _stripe(settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET, settings.STRIPE_API_BASE)
    if name == "testbank" and settings.TESTBANK_URL:
        return TestBank(settings.TESTBANK_URL, settings.TESTBANK_SECRET, mail.address("/payments/events/testbank/"))
    return None


@cache
def _stripe(key: str, webhook_secret: str, api_base: str) -> Provider:
    # By name, and only where its keys are set: the library is 32 MiB in each process, and a third of a second at every start.
    made: Provider = import_string("staffetta.billing.payments.stripe.Stripe")(key, webhook_secret, api_base)
    return made
