"""Statements of the bank and of the post office: read, matched with orders, decided by the staff."""
