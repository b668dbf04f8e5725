"""What pages say about cards: why one was refused, and what one agrees to when it is kept. Knows no tables."""

from django import template
from django.utils.functional import Promise

from staffetta.billing import cards
from staffetta.billing.models import Payment
from staffetta.billing.payments import refusals

register = template.Library()


@register.simple_tag
def refusal_of(payment: Payment) -> refusals.Refusal:
    """Return the words for a refused payment."""
    return refusals.of(payment.refusal)


@register.simple_tag
def three_ds_steps() -> tuple[str | Promise, ...]:
    """Return the steps that switch 3-D Secure on."""
    return refusals.STEPS


@register.simple_tag
def keep_consent() -> str:
    """Return what one agrees to when a card is kept."""
    return cards.consent()
