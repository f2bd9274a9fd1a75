"""Pages of the trail: the public log, receipts, the counter where anybody checks, and where the log stands."""

from hearing.audit.routes import counter, integrity, log, mirror, receipts  # noqa: F401 - they add their pages
from hearing.audit.routes.blueprint import (
    bp,
    head_code,
    leads_to,
    paper_witness,
    public_sentence,
    publisher,
    receipt_sentence,
    tell,
    way_to,
)
from hearing.audit.routes.integrity import looked
from hearing.audit.routes.receipts import Reading, reading_of

__all__ = [
    "Reading",
    "bp",
    "head_code",
    "leads_to",
    "looked",
    "paper_witness",
    "public_sentence",
    "publisher",
    "reading_of",
    "receipt_sentence",
    "tell",
    "way_to",
]
