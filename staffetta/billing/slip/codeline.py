"""What machines of the post office read on a slip of type 896: the client code with its check, the code line, the bar codes' content. Pure.

The client code is the order's number in 16 digits and the remainder of its division by 93 in two.
"""

import re

TYPE = "896"
_LINE = re.compile(r"<(\d{18})> +(\d{8})\+(\d{2})> +(\d{12})< +896>")


def client_code(order_id: int) -> str:
    """Return the 18 digits that name an order."""
    return f"{order_id:016d}{order_id % 93:02d}"


def order_of(code: str) -> int | None:
    """Return the order that a client code names, as the post office's statement has it; None where its check digits are wrong."""
    digits = "".join(code.split())
    if not (digits.isascii() and digits.isdecimal() and len(digits) == 18):
        return None
    number = int(digits[:16])
    return number if number and number % 93 == int(digits[16:]) else None


def line(order_id: int, amount_cents: int, account: str) -> str:
    """Return the code line: client code, amount in 8 + 2 digits, account in 12, type of document, with the signs that end each."""
    euros, cents = divmod(amount_cents, 100)
    return f"<{client_code(order_id)}>  {euros:08d}+{cents:02d}>  {int(account):012d}<  {TYPE}>"


def parsed(text: str) -> tuple[int, int, str] | None:
    """Return order, cents and account of a code line; None where it is none, or its check digits are wrong."""
    match = _LINE.fullmatch(text.strip())
    order_id = order_of(match[1]) if match else None
    return (order_id, int(match[2]) * 100 + int(match[3]), match[4]) if match and order_id else None


def bars(order_id: int, amount_cents: int, account: str) -> str:
    """Return what Code 128 (set C) and the Data Matrix hold: each field of the code line after its length, 50 digits."""
    return f"18{client_code(order_id)}12{int(account):012d}10{amount_cents:010d}3{TYPE}"
