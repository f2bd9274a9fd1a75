"""Making 汇编: the job that writes a case file to the disk, piece by piece, and enters it when it lies there whole."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

import structlog
from flask import url_for

from hearing.audit import bundle
from hearing.audit.ledger import perform
from hearing.audit.note import SignedCheckpoint
from hearing.audit.queries import Told
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
_DATE = (1980, 1, 1, 0, 0, 0)
"""A zip knows no time zones: the moments that count stand inside, and the same case gives the same bytes."""


def make(running: Running) -> None:
    """Make the case file that a job asks for.

    Raises NotYet while the signed head does not cover the case's entries, Lost, or Refused where a name cannot be
    printed or a seal cannot be set.
    """
    content = running.content
    edition = Edition(content["edition"])
    with reading():
        proposal = db.session.get_one(Proposal, int(content["proposal"]))
        head, told = _covered(proposal)
        before = bundle.erasures(db.session)
        with _in_words():
            gathered = gather(
                proposal,
                told,
                head,
                str(publisher().vkey),
                full=edition is Edition.FULL,
                today=beijing_day(now()),
            )
        db.session.rollback()
    draft = shelf.Draft(running.token)
    with draft as file, _in_words():
        files = write(file, gathered, running.report)
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


def _enter(running: Running, proposal_id: int, edition: Edition, request_id: int, made: Made) -> CaseFileMade:
    return actions.enter(running, db.session.get_one(Proposal, proposal_id), edition, request_id, made)


def _covered(proposal: Proposal) -> tuple[SignedCheckpoint, list[Told]]:
    """The signed head and the entries of the case that it covers.

    Raises NotYet while it does not cover all of them; what was told of case files meanwhile does not hold up the next.
    """
    head, told = publisher().last(), trail.told(proposal.matter)
    size = head.checkpoint.size if head is not None else 0
    covered = [each for each in told if each.index < size]
    if head is None or not covered or any(not each.kind.startswith("casefile.") for each in told[len(covered) :]):
        raise NotYet
    return head, covered


def write(file: IO[bytes], gathered: Gathered, report: Callable[[int, int], None]) -> int:
    """Write the zip: sheet and pieces in the order of their names, the sums last; how many files are in it.

    One piece after the other stands in memory, however large the case is.
    """
    pieces = dict(gathered.folder.pieces)
    pieces[SHEET] = lambda: papers.set_seal(sheets.case_file(gathered.sheet, gathered.at))
    names = sorted(pieces)
    sums: list[str] = []
    with zipfile.ZipFile(file, "w", allowZip64=True) as packed:
        for place, name in enumerate(names):
            data = pieces[name]()
            sums.append(f"{hashlib.sha256(data).hexdigest()}  {name}\n")
            _put(packed, name, data)
            report(place + 1, len(names) + 1)
        _put(packed, SUMS, "".join(sums).encode())
    return len(names) + 1


def _put(packed: zipfile.ZipFile, name: str, data: bytes) -> None:
    member = zipfile.ZipInfo(name, _DATE)
    member.external_attr = 0o644 << 16
    member.compress_type = zipfile.ZIP_STORED if name.endswith(_STORED) else zipfile.ZIP_DEFLATED
    packed.writestr(member, data)


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
