"""What kind of file a proof is, by its first bytes and never by its name. Pure."""

PDF, JPEG, PNG, HEIC = "application/pdf", "image/jpeg", "image/png", "image/heic"
EXTENSIONS = {PDF: "pdf", JPEG: "jpg", PNG: "png"}
_HEIC_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}


def of(content: bytes) -> str:
    """Return the MIME type of what may be shown, or of HEIC; empty for all else."""
    if b"%PDF-" in content[:1024]:  # readers allow that much before it
        return PDF
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    return HEIC if content[4:8] == b"ftyp" and content[8:12] in _HEIC_BRANDS else ""
