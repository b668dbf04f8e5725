"""What tests of cards share: a payment begun at the bank, as the customer begins it on the order's page."""

from typing import Any

from staffetta.billing.models import Order, Payment
from tests.db.money import make_order
from tests.people import People


def begin(client: Any, order: Order, **form: str) -> Payment:
    """Press "pay by card" and follow to the page that leads on to the bank; return the payment."""
    response = client.post(f"/orders/{order.pk}/card/", form)
    assert response.status_code == 302, response.content
    payment = order.payments.latest("pk")
    assert response.headers["Location"] == f"/orders/{order.pk}/card/{payment.pk}/"
    return payment


def new_order(people: People, key: str = "k1") -> Order:
    return make_order(people.account, key=key)
