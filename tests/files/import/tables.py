"""The tables in the test files: rows as people keep them, dirty as life. Read by make.py, which writes the files."""

from collections.abc import Iterator
from datetime import date

SAMPLE = [
    ["Nome", "Cognome", "Cellulare", "Città"],
    ["Mario", "Rossi", "3331234567", "Roma"],
    ["Niccolò", "D'Angelo", "+39 347 765 4321", "Forlì"],
    ["Anna Maria", "De Rossi", "329 112 2334", "L'Aquila"],
]

# Row numbers as a spreadsheet shows them: the header is row 4.
DIRTY: list[list[object]] = [
    ["", "Clienti Ferramenta Bruni"],
    ["", "aggiornato al", date(2026, 11, 22)],
    [],
    ["", "Cognome ", "NOME", "", "Tel. Cellulare", "Città", "nato_il", "Fedeltà"],
    ["", "Rossi", "Mario", "", 3331234567.0, "Roma", date(1970, 2, 1), True],
    ["", "D'Angelo", "Niccolò", "", "0039 347 123 4567", "Forlì"],
    ["", "dell’Òlio", "Zoë", "", "+39.333.123.45.69", "Cantù", "", 12.5],
    [],
    ["", "Bianchi", "Perché", "", 393331234568.0, "Aosta\n(centro)"],
    ["", "Verdi", "Anna\u00a0Maria", "", "'333/1234570", " Roma "],
    ["", "Neri", "Ugo", "", "06 6982 1234", "Roma"],
    ["", "Rossi", "Mario G.", "", "+39 333 1234567", "", "", False],
    ["", "Gialli", "Senza", "", "", "Roma"],
    ["", "Viola", "Arrotondata", "", "3,93331E+11", "Roma"],
    ["", "Grigi", "Corto", "", "333 12345", "Roma"],
    ["", "Rosa", "Parole", "", "non ha cellulare", "Roma"],
    ["", "Müller", "Jörg", "", "+41 79 123 45 67", "Zürich"],
    ["", "Blu", "Zeri", "", 393331000000.0, "Roma"],
]

ACCENTS = [
    ["Nome", "Cognome", "Cellulare", "Città"],
    ["Niccolò", "D'Angelo", "3331234567", "Forlì"],
    ["Perché", "Così", "0039 347 1234567", "Cantù"],
    ["José", "Müller", "+41 79 123 45 67", "È vero"],
    ["Anna", "Rossi, Bianchi", "328 1234567", "Roma; centro | nord"],
]

_NAMES = ("Mario", "Anna", "Niccolò", "Lucia", "Zoë", "Giosuè", "Maria José", "Ugo", "Noè", "Chiara")
_SURNAMES = ("Rossi", "D'Angelo", "Bianchi", "De Luca", "Verdi", "Müller", "dell'Òlio", "Cantù", "Neri", "Forlì")


def people(count: int, first: int = 3332000001) -> Iterator[list[object]]:
    """Yield so many made-up people with valid mobiles, all different, as numbers."""
    number = first - 1
    for place in range(count):
        number += 1
        if number % 1_000_000 == 0:  # it would be taken for a rounded one
            number += 1
        yield [_NAMES[place % 10], _SURNAMES[place // 10 % 10], float(number)]
