"""Cells of a CSV that a spreadsheet would take for a formula: an apostrophe before them, and off again when they come back. No Django."""

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def made(cell: str) -> str:
    """Return the cell with an apostrophe before whatever begins as a formula does, or had one there already."""
    return f"'{cell}" if cell.lstrip("'").startswith(_DANGEROUS) else cell


def original(cell: str) -> str:
    """Return the cell as it was before `made`."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(_DANGEROUS) else cell
