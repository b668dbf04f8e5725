"""Addresses of invoices: the list, their files, and the pro-forma of an order."""

from django.urls import path

from staffetta.portal.views import invoices

urlpatterns = [
    path("invoices/", invoices.listing, name="invoices"),
    path("invoices/<int:invoice_id>/pdf", invoices.pdf, name="invoice-pdf"),
    path("invoices/<int:invoice_id>/xml", invoices.xml, name="invoice-xml"),
    path("orders/<int:order_id>/proforma.pdf", invoices.order_proforma, name="order-proforma"),
]
