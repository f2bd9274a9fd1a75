"""A case file that holds what is erased is erased with it; the public one holds nothing that could be."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select

from hearing import clock
from hearing.audit import bundle
from hearing.audit.ledger import perform
from hearing.casefile import actions, queries, shelf
from hearing.casefile.models import CaseFile, CaseFileRequest
from hearing.casefile.rules import Edition, Gone
from hearing.db import db
from hearing.jobs.models import Job
from hearing.jobs.work import work_off
from hearing.proposals.models import Proposal
from tests import schema
from tests.erasure.conftest import LATER, Past

pytestmark = pytest.mark.usefixtures("at_desk")


def copies(past: Past) -> tuple[Path, Path]:
    """Both editions, made three years later; where they lie."""
    number = db.session.scalars(select(Proposal.id)).one()
    clock.shift(LATER - clock.now())
    for edition in Edition:
        by = schema.viewer(past.cast.ref("director"))
        perform(actions.ask, by, db.session.get_one(Proposal, number), edition, "老李要打官司")
    past.publish()
    while work_off():
        pass
    db.session.rollback()
    found = [queries.here(number, edition) for edition in Edition]
    full, public = (shelf.path(each.sha256) for each in found if each is not None)
    assert full.is_file()
    assert public.is_file()
    db.session.close()
    clock.shift(timedelta(0))
    return full, public


def test_erasing_a_class_takes_the_full_copy_off_the_disk(past: Past) -> None:
    full, public = copies(past)
    done = past.run("erase", "consent", "--before", "2026-11-26", "--yes")
    assert done.exit_code == 0, done.output
    assert (full.exists(), public.exists()) == (False, True)
    gone = db.session.scalars(select(CaseFile).where(CaseFile.edition == "full")).one()
    assert gone.gone_because == Gone.ERASED
    assert past.verifies()


def test_a_trial_run_takes_nothing(past: Past) -> None:
    full, public = copies(past)
    assert past.run("erase", "consent", "--before", "2026-11-26").exit_code == 0
    assert full.exists()
    assert public.exists()


def test_what_a_case_file_was_wanted_for_goes_with_its_class(past: Past) -> None:
    copies(past)
    later = LATER.replace(year=LATER.year + 4)
    done = past.run("erase", "lookup", "--before", "2030-06-01", "--yes", when=later)
    assert done.exit_code == 0, done.output
    assert {each.purpose for each in db.session.scalars(select(CaseFileRequest))} == {""}


def test_what_is_erased_while_a_copy_is_made_does_not_come_back(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    """The copy that was gathered before is thrown away, and gathered anew."""
    number = db.session.scalars(select(Proposal.id)).one()
    clock.shift(LATER - clock.now())
    perform(
        actions.ask,
        schema.viewer(past.cast.ref("director")),
        db.session.get_one(Proposal, number),
        Edition.FULL,
        "诉讼",
    )
    past.publish()
    counted = count()
    monkeypatch.setattr(bundle, "erasures", lambda _session: next(counted))
    while work_off():
        pass
    db.session.rollback()
    full = db.session.scalars(select(Job).where(Job.key.endswith("/full"))).one()
    assert (full.state, queries.here(number, Edition.FULL)) == ("waiting", None)
    assert not [path for path in shelf.folder().iterdir() if path.name.startswith(".draft")]
