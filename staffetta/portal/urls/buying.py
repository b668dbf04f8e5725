"""Addresses of buying: price list, package, orders, credits moved between accounts."""

from django.urls import path

from staffetta.portal.views import buying, credittransfer, orders

urlpatterns = [
    path("buy/", buying.prices, name="buy"),
    path("buy/<int:package_id>/", buying.package, name="buy-package"),
    path("orders/", orders.listing, name="orders"),
    path("orders/<int:order_id>/", orders.page, name="order"),
    path("orders/<int:order_id>/cancel/", orders.cancel, name="order-cancel"),
    path("credits/transfer/", credittransfer.page, name="credit-transfer"),
    path("credits/transfer/move/", credittransfer.move, name="credit-transfer-move"),
    path("credits/transfer/<int:link_id>/agree/", credittransfer.agree, name="credit-transfer-agree"),
    path("credits/transfer/<int:link_id>/end/", credittransfer.end, name="credit-transfer-end"),
]
