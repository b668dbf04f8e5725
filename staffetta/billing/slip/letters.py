"""Amounts in Italian letters, as they stand on a postal slip: 12250 cents are "centoventidue/50". Pure."""

_SMALL = ("zero", "uno", "due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove")
_TEENS = ("dieci", "undici", "dodici", "tredici", "quattordici", "quindici", "sedici", "diciassette", "diciotto", "diciannove")
_TENS = ("", "", "venti", "trenta", "quaranta", "cinquanta", "sessanta", "settanta", "ottanta", "novanta")


def amount(cents: int) -> str:
    """Return an amount below a thousand million euro: the euro in one word, then the cents in digits. Raises ValueError above."""
    euros, rest = divmod(cents, 100)
    if not 0 <= euros < 10**9:
        raise ValueError(f"{cents} cents are not written in letters: a slip carries less than a thousand million euro.")
    return f"{_whole(euros)}/{rest:02d}"


def _whole(number: int) -> str:
    """Return a number as one word, with its accent: 23 is "ventitré"."""
    word = _word(number)
    return word[:-1] + "é" if word.endswith("tre") and number != 3 else word


def _word(number: int) -> str:
    if number < 20:
        return (_SMALL + _TEENS)[number]
    if number < 100:
        ten, one = divmod(number, 10)
        # ventuno, ventotto: before a vowel the ten loses its own.
        stem = _TENS[ten][:-1] if one in {1, 8} else _TENS[ten]
        return stem + (_SMALL[one] if one else "")
    if number < 1000:
        hundred, rest = divmod(number, 100)
        begin = ("" if hundred == 1 else _SMALL[hundred]) + "cento"
        # centotto, centottanta; but centouno, centoundici.
        return (begin[:-1] if rest == 8 or rest // 10 == 8 else begin) + (_word(rest) if rest else "")
    if number < 10**6:
        thousand, rest = divmod(number, 1000)
        return ("mille" if thousand == 1 else f"{_word(thousand)}mila") + (_word(rest) if rest else "")
    million, rest = divmod(number, 10**6)
    return ("unmilione" if million == 1 else f"{_word(million)}milioni") + (_word(rest) if rest else "")
