"""Making 汇编: the job that writes a case file to the disk, piece by piece, and enters it when it lies there whole."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from typing import IO

import structlog
from flask import url_for
from sqlalchemy import text

from hearing.audit import bundle
from hearing.audit.bundle import Extent
from hearing.audit.ledger import perform
from hearing.audit.note import SignedCheckpoint
from hearing.audit.routes import publisher
from hearing.casefile import actions, queries, shelf
from hearing.casefile.actions import Made
from hearing.casefile.contents import gather, trail
from hearing.casefile.contents.whole import Gathered
from hearing.casefile.facts import CaseFileGone, CaseFileMade
from hearing.casefile.models import CaseFile
from hearing.casefile.rules import Edition, Refusal
from hearing.clock import now
from hearing.consents import papers
from hearing.db import db, reading
from hearing.jobs import kinds
from hearing.jobs.kinds import Kind, NotYet, Running
from hearing.jobs.models import Job
from hearing.notices.rules import beijing_day
from hearing.people.viewer import Viewer
from hearing.printing import sheets
from hearing.printing.press import MissingGlyph
from hearing.printing.seal import SealTrouble
from hearing.proposals.models import Proposal
from hearing.refusal import N_, Refused

log = structlog.get_logger()

SHEET, SUMS = "案卷.pdf", "SHA256SUMS"
_STORED = (".png", ".webp", ".jpg", ".pdf")
"""What is small already."""
_LARGE = (".jsonl", ".csv")
"""What may be of any size."""
_CHUNK = 1 << 20
_DATE = (1980, 1, 1, 0, 0, 0)
"""A zip knows no time zones: the moments that count stand inside, and the same case gives the same bytes."""


def make(running: Running) -> None:
    """Make the case file that a job asks for.

    Raises NotYet while the signed head does not cover the case's entries, Lost, or Refused where a name cannot be
    printed or a seal cannot be set.
    """
    content = running.content
    edition = Edition(content["edition"])
    with _at_one_moment():
        proposal = db.session.get_one(Proposal, int(content["proposal"]))
        head, extent = _covered(proposal)
        before = bundle.erasures(db.session)
        with _in_words():
            gathered = gather(
                proposal,
                extent,
                head,
                str(publisher().vkey),
                full=edition is Edition.FULL,
                today=beijing_day(now()),
                # Reading the rows is about a quarter of the work.
                tell=lambda rows: running.report(min(rows, extent.entries), _PARTS * extent.entries),
            )
    draft = shelf.Draft(running.token)
    with closing(gathered.folder), draft as file, _in_words():
        files = write(file, gathered, _after_reading(running, extent))
        with reading():
            # What was erased meanwhile must not come back in a copy: begin again.
            unchanged = bundle.erasures(db.session) == before
            db.session.rollback()
        if not unchanged:
            raise NotYet
        sha256, size = draft.keep()
    made = Made(
        sha256=sha256,
        size=size,
        files=files,
        entries=gathered.entries,
        log_size=head.checkpoint.size,
        sealed=bool(gathered.sheet.frame.sealed_by),
    )
    perform(_enter, running, int(content["proposal"]), edition, int(content["request"]), made)
    keep_tidy()


_PARTS = 4


def _after_reading(running: Running, extent: Extent) -> Callable[[int, int], None]:
    """Tell how far the writing is, which follows on the reading."""
    whole = extent.entries * _PARTS

    def tell(done: int, total: int) -> None:
        running.report(extent.entries + (whole - extent.entries) * done // total, whole)

    return tell


@contextmanager
def _at_one_moment() -> Iterator[None]:
    """Everything read inside is as it stood at one moment, however long the reading takes."""
    db.session.rollback()
    with reading():
        if db.session.connection().dialect.name == "postgresql":
            db.session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        try:
            yield
        finally:
            db.session.rollback()


def _enter(running: Running, proposal_id: int, edition: Edition, request_id: int, made: Made) -> CaseFileMade:
    return actions.enter(running, db.session.get_one(Proposal, proposal_id), edition, request_id, made)


def _covered(proposal: Proposal) -> tuple[SignedCheckpoint, Extent]:
    """The signed head, and how far the case goes within it. Raises NotYet while it does not cover all of the case."""
    head = publisher().last()
    found = trail.extent(proposal.matter, head) if head is not None else None
    if head is None or found is None:
        raise NotYet
    return head, found


def write(file: IO[bytes], gathered: Gathered, report: Callable[[int, int], None]) -> int:
    """Write the zip: sheet and pieces in the order of their names, the sums last; how many files are in it.

    One piece of a file after the other stands in memory, however large the case is.
    """
    folder = gathered.folder
    folder.lazily(SHEET, lambda: papers.set_seal(sheets.case_file(gathered.sheet, gathered.at)))
    total, place = folder.files + 1, 0
    with zipfile.ZipFile(file, "w", allowZip64=True) as packed, shelf.spool() as sums:
        for name, pieces in folder:
            digest = _put(packed, name, pieces, lambda: report(place, total))  # noqa: B023 - called within
            sums.write(f"{digest}  {name}\n".encode())
            place += 1
            report(place, total)
        sums.seek(0)
        _put(packed, SUMS, iter(lambda: sums.read(_CHUNK), b""), lambda: None)
        report(total, total)
    return total


def _put(packed: zipfile.ZipFile, name: str, pieces: Iterable[bytes], between: Callable[[], None]) -> str:
    """Write one file; its SHA-256. `between` is called after each of its pieces."""
    member = zipfile.ZipInfo(name, _DATE)
    member.external_attr = 0o644 << 16
    member.compress_type = zipfile.ZIP_STORED if name.endswith(_STORED) else zipfile.ZIP_DEFLATED
    digest = hashlib.sha256()
    with packed.open(member, "w", force_zip64=name.endswith(_LARGE)) as entry:
        for data in pieces:
            digest.update(data)
            entry.write(data)
            between()
    return digest.hexdigest()


@contextmanager
def _in_words() -> Iterator[None]:
    """What stops the press becomes a sentence for whoever asked; what it was stands in the log."""
    try:
        yield
    except MissingGlyph as missing:
        log.error("missing_glyph", code_points=[f"U+{ord(each):04X}" for each in missing.characters])
        raise Refused(Refusal.CASEFILE_GLYPH_MISSING) from missing
    except SealTrouble as trouble:
        log.error("no_seal", why=str(trouble))
        raise Refused(Refusal.CASEFILE_SEAL) from trouble


def keep_tidy() -> None:
    """Take copies off the disk that no row wants any more, and what died workers left."""
    with reading():
        lying = queries.lying()
        db.session.rollback()
    shelf.tidy(lying)


def expire_due() -> int:
    """Take full copies off whose days are over; how many."""
    with reading():
        over = [found.id for found in queries.expired()]
        db.session.rollback()
    for number in over:
        perform(_expire, number)
    keep_tidy()
    return len(over)


def _expire(number: int) -> CaseFileGone:
    found = db.session.get_one(CaseFile, number, with_for_update=True)
    fact = actions.expire(found)
    shelf.remove(found.sha256)
    return fact


def _may_see(viewer: Viewer, job: Job) -> bool:
    return queries.may_see(viewer, job)


def _leads_to(job: Job) -> str:
    return url_for("casefile.desk", proposal_id=job.content["proposal"])


def register() -> None:
    """Let the worker know how case files are made."""
    kinds.known[queries.KIND] = Kind(label=N_("案卷"), run=make, may_see=_may_see, leads_to=_leads_to)
