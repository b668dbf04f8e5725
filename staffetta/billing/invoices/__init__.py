"""Invoices and credit notes: numbered, written as FatturaPA and PDF, mailed, and followed through the exchange system (SDI)."""
