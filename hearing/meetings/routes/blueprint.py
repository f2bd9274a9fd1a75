"""What the pages of meetings share: the blueprint, finding a meeting, going back to the desk."""

from __future__ import annotations

from flask import Blueprint, abort, flash, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hearing.meetings import queries
from hearing.meetings.models import Meeting
from hearing.people.surroundings import speak_for
from hearing.web.answers import go

bp = Blueprint("meetings", __name__)
bp.add_app_template_global(queries.about, "meetings_about")


def shown(found: Meeting | None) -> Meeting:
    """The meeting, with the page speaking for its neighbourhood; without one the page does not exist."""
    if found is None:
        abort(404)
    speak_for(found.neighbourhood)
    return found


def back(found: Meeting, words: str) -> ResponseReturnValue:
    """To the desk's page of the meeting, saying what was done."""
    flash(words, "success")
    return go(run_url(found))


def run_url(found: Meeting) -> str:
    """The desk's page of the meeting."""
    return url_for("meetings.run", meeting_id=found.id)


def invited(found: Meeting) -> str:
    """The invited seats in words."""
    return str(gettext("、")).join(dict.fromkeys(gettext(seat.label) for seat in found.seats))


def number_of(subject: str) -> int:
    """The number in a fact's subject."""
    return int(subject.rpartition("/")[2])
