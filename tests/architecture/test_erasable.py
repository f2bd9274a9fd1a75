"""What lies in tables that only grow may be blanked where it is somebody's own, and only blanked."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from hearing.audit.ledger import perform
from hearing.db import db
from tests.audit.test_ledger import note
from tests.cast import Cast
from tests.consents.course import at, lane_course, moment

pytestmark = pytest.mark.usefixtures("at_desk")

BLANKS = "UPDATE consent_record SET strokes = '', typed_name = '', reason = '', salt = ''"


@pytest.fixture
def signed(app: Flask, at_desk: object, cast: Cast) -> None:
    course = lane_course(cast)
    course.open()
    with at(moment(9)):
        course.sign(1)


@pytest.mark.usefixtures("signed")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE consent_record SET strokes = '[]'",
        "UPDATE consent_record SET answer = 'oppose'",
        "UPDATE consent_record SET answer = ''",
        "UPDATE consent_record SET strokes = '', answer = 'oppose'",
        "UPDATE consent_record SET evidence_hash = ''",
        "UPDATE consent_record SET number = number + 1",
        "DELETE FROM consent_record",
    ],
)
def test_nothing_else_of_a_record_changes(statement: str) -> None:
    with pytest.raises(DatabaseError, match="only grows"):
        db.session.execute(text(statement))
    db.session.rollback()


@pytest.mark.usefixtures("signed")
def test_a_blanked_record_stays_blank() -> None:
    db.session.execute(text(BLANKS))
    db.session.execute(text(BLANKS))
    with pytest.raises(DatabaseError, match="only grows"):
        db.session.execute(text("UPDATE consent_record SET strokes = '[]'"))


def test_a_payload_may_go_and_never_changes() -> None:
    index = perform(note, 1).index
    with pytest.raises(DatabaseError, match="never changes"):
        db.session.execute(text("UPDATE log_payload SET salt = payload"))
    db.session.rollback()
    db.session.execute(text("DELETE FROM log_payload WHERE idx = :index"), {"index": index})
