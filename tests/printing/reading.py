"""Reading: what stands on a printed page."""

import io

from pypdf import PdfReader


def reader(made: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(made), strict=True)


def text_of(made: bytes) -> str:
    """All text without spaces and line breaks, which a PDF does not keep reliably."""
    return "".join("".join(lines_of(made)).split())


def lines_of(made: bytes) -> list[str]:
    """The lines as printed, top to bottom."""
    return [line for page in reader(made).pages for line in page.extract_text().splitlines()]
