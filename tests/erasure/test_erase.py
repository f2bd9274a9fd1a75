"""Erasing by class and day: what is private goes, the trail stays valid, every page says so."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from hearing.audit import checking
from hearing.audit.models import LogEntry, LogPayload
from hearing.consents.models import ConsentRecord
from hearing.consents.rules import CollectionState
from hearing.db import db, reading
from hearing.files.models import Evidence
from hearing.proposals.queries.cases import DRAWING
from hearing.proposals.rules import State
from tests.erasure.conftest import Past, decide
from tests.schema import door_open

pytestmark = pytest.mark.usefixtures("at_desk")


def kinds_held() -> set[str]:
    query = select(LogEntry.kind).join(LogPayload, LogPayload.idx == LogEntry.idx)
    return set(db.session.scalars(query))


def test_without_yes_nothing_happens(past: Past) -> None:
    before = db.session.scalar(select(func.count()).select_from(LogPayload))
    db.session.close()
    done = past.run("erase", "consent", "--before", "2026-11-26")
    assert done.exit_code == 0, done.output
    assert "书面表态的签名、笔迹、理由：14" in done.output
    assert "试算" in done.output
    assert db.session.scalar(select(func.count()).select_from(LogPayload)) == before
    assert db.session.scalar(select(func.count()).where(ConsentRecord.salt == "")) == 0


def test_without_a_class_the_periods_are_listed(past: Past) -> None:
    db.session.close()
    done = past.run("erase")
    assert done.exit_code == 0
    assert "consent" in done.output and "3 年" in done.output and "第一百八十八条" in done.output


def test_what_must_still_be_kept_is_not_erased(past: Past) -> None:
    db.session.close()
    done = past.run("erase", "consent", "--before", "2026-11-27", "--yes")
    assert done.exit_code == 1
    assert "要保存 3 年" in done.output and "2026-11-26" in done.output


def test_a_class_goes_and_the_trail_stays_valid(past: Past) -> None:
    assert past.verifies()
    db.session.close()
    done = past.run("erase", "consent", "--before", "2026-11-26", "--yes")
    assert done.exit_code == 0, done.output
    assert past.verifies()
    with reading():
        check = checking.run(db.session, past.settings, past.publish())
    assert check.ok, check.en
    db.session.rollback()
    assert not {kind for kind in kinds_held() if kind.startswith("consent.")}
    records = db.session.scalars(select(ConsentRecord)).all()
    assert len(records) == 14
    assert {(record.strokes, record.reason, record.typed_name, record.salt) for record in records} == {("", "", "", "")}
    assert all(record.answer and record.evidence_hash for record in records)
    entry = db.session.scalars(select(LogEntry).where(LogEntry.kind == "erasure.done")).one()
    assert b'"class":"consent"' in entry.body and b'"count":' in entry.body
    left = {path.name for path in past.settings.files_dir.rglob("*") if path.is_file()}
    drawings = set(db.session.scalars(select(Evidence.sha256).where(Evidence.kind == DRAWING)))
    assert left == drawings, "the plan's own drawing is everybody's, and nothing else stays"


def test_it_is_gone_from_the_disk_too(past: Past) -> None:
    strokes = db.session.scalars(select(ConsentRecord.strokes)).first()
    payload = db.session.scalars(
        select(LogPayload.payload)
        .join(LogEntry, LogEntry.idx == LogPayload.idx)
        .where(LogEntry.kind == "consent.answered")
    ).first()
    assert strokes and payload
    db.session.close()
    past.run("erase", "consent", "--before", "2026-11-26", "--yes")
    assert db.session.scalar(select(func.count()).where(ConsentRecord.strokes != "")) == 0
    if db.engine.dialect.name == "sqlite":
        db.session.close()
        assert strokes.encode() not in past.on_disk()
        assert payload not in past.on_disk()


def test_a_second_time_there_is_nothing(past: Past) -> None:
    db.session.close()
    past.run("erase", "consent", "--before", "2026-11-26", "--yes")
    size = db.session.scalar(select(func.count()).select_from(LogEntry))
    db.session.close()
    done = past.run("erase", "consent", "--before", "2026-11-26", "--yes")
    assert "没有要删除的" in done.output
    assert db.session.scalar(select(func.count()).select_from(LogEntry)) == size


@pytest.mark.parametrize("which", ["proposal", "meeting", "notice", "register", "member", "lookup"])
def test_every_class_can_be_erased(past: Past, which: str) -> None:
    db.session.close()
    done = past.run("erase", which, "--before", "2026-11-26", "--yes")
    assert done.exit_code == 0, done.output
    assert past.verifies()


def test_files_that_a_crash_left_behind_go_the_next_time(past: Past) -> None:
    db.session.close()
    past.run("erase", "consent", "--before", "2026-11-26", "--yes")
    evidence = db.session.scalars(select(Evidence).where(Evidence.kind == "consent_signature")).first()
    assert evidence is not None
    left = past.settings.files_dir / evidence.sha256[:2] / evidence.sha256
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_bytes(b"left")
    db.session.close()
    past.run("erase", "consent", "--before", "2026-11-26", "--yes")
    assert not left.exists()


@pytest.mark.parametrize("still", ["collection", "case"])
def test_what_still_goes_on_keeps_what_it_needs(past: Past, still: str) -> None:
    """Three years later the collection or its case is not over: nothing of it goes, whatever its entries' age."""
    if still == "case":
        decide(State.PUBLICITY)
    with door_open():
        if still == "collection":
            past.course.collection().state = CollectionState.PROVISIONAL.value
    db.session.close()
    done = past.run("erase", "consent", "--before", "2026-11-26", "--yes")
    assert done.exit_code == 0
    assert "没有要删除的" in done.output
    assert db.session.scalar(select(func.count()).where(ConsentRecord.salt == "")) == 0
