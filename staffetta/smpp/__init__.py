"""SMPP 3.4 without a socket: bytes in, events out. Paragraphs named in this package are those of the standard, issue 1.2."""
