"""Addresses of paying by card, of kept cards, and where card providers tell what happened."""

from django.urls import path

from staffetta.portal.views import cardpayment, cards

urlpatterns = [
    path("orders/<int:order_id>/card/", cardpayment.start, name="order-card"),
    path("orders/<int:order_id>/card/<int:payment_id>/", cardpayment.onward, name="order-card-onward"),
    path("orders/<int:order_id>/card/return/", cardpayment.returned, name="order-card-return"),
    path("orders/<int:order_id>/card/state/", cardpayment.state, name="order-card-state"),
    path("payments/events/<slug:provider>/", cardpayment.events, name="payment-events"),
    path("account/cards/", cards.page, name="cards"),
    path("account/cards/<int:card_id>/remove/", cards.remove, name="card-remove"),
    path("account/cards/top-up/off/", cards.top_up_off, name="top-up-off"),
]
