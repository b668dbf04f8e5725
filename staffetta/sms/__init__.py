"""The rules of a text message: alphabets, parts, numbers, senders. Pure: no Django, no I/O, nothing to translate."""
