"""Paying an order by bank transfer: the data to copy, the EPC QR code, the PDF."""
