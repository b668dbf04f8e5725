"""Addresses of paying an order without a card: bank transfer, postal slip, receipts."""

from django.urls import path

from staffetta.portal.views import proof, slip, transferorder

urlpatterns = [
    path("orders/<int:order_id>/transfer/", transferorder.page, name="order-transfer"),
    path("orders/<int:order_id>/transfer.pdf", transferorder.pdf, name="order-transfer-pdf"),
    path("orders/<int:order_id>/slip/", slip.page, name="order-slip"),
    path("orders/<int:order_id>/slip.pdf", slip.pdf, name="order-slip-pdf"),
    path("orders/<int:order_id>/proof/", proof.page, name="order-proof"),
    path("orders/<int:order_id>/proof/<int:proof_id>", proof.file, name="order-proof-file"),
]
