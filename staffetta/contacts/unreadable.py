"""What a file may be at most, and why it cannot be read. Knows no Django: the reader's child process starts with this.

The codes are those of `errors.py`, which has the sentences.
"""

from typing import Final

ROWS_MAX: Final = 200_000
COLUMNS_MAX: Final = 100
CELL_CHARS_MAX: Final = 1_000  # longer cells come cut at one character more, and are refused where they would be used
UNPACKED_BYTES_MAX: Final = 400 * 2**20  # 200,000 rows of 20 columns are 240 MiB of XML


class Unreadable(Exception):
    """A file that is not read: `code` is one of `errors.FILE_REFUSALS`, `values` fill its sentence."""

    def __init__(self, code: str, **values: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.values = values
