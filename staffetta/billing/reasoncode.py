"""The code that names an order on transfers and slips: a creditor reference of ISO 11649, so that banks know its check digits too.

Pure. "RF" + two check digits (mod 97-10: any single wrong character and any two changed places are seen) + the order's number in 8 digits.
"""

import re

from stdnum import iso11649
from stdnum.iso7064 import mod_97_10

_ANYWHERE = re.compile(r"R\W?F\W?(\d\W?\d)((?:\W{0,2}\d){8})(?!\d)", re.IGNORECASE)


def of(order_id: int) -> str:
    """Return the code of an order as it is kept and read by machines: "RF4200001042"."""
    number = f"{order_id:08d}"
    return f"RF{mod_97_10.calc_check_digits(number + 'RF')}{number}"


def shown(order_id: int) -> str:
    """Return the code in groups of four, as people copy it: "RF42 0000 1042"."""
    return str(iso11649.format(of(order_id)))


def found(text: str) -> list[int]:
    """Return the orders whose code, with right check digits, stands in a text, whatever blanks and signs banks put between."""
    orders = []
    for check, digits in _ANYWHERE.findall(text):
        order_id = int("".join(filter(str.isdigit, digits)))
        if of(order_id)[2:4] == "".join(filter(str.isdigit, check)):
            orders.append(order_id)
    return list(dict.fromkeys(orders))
