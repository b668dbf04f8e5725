"""Postal slips: the amount in letters, the code line of type 896, and both as a PDF."""
