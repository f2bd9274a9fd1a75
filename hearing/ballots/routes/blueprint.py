"""What the pages of polls share."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, url_for
from flask_babel import get_locale, gettext
from markupsafe import Markup

from hearing.audit.routes import leads_to
from hearing.ballots import queries, rules
from hearing.ballots.forms import Filled
from hearing.ballots.models import Poll
from hearing.people.kept import kept_piece
from hearing.people.surroundings import speak_for
from hearing.people.viewer import anyone, me

bp = Blueprint("ballots", __name__)

leads_to("poll", lambda number: url_for("ballots.poll", poll_id=number))
bp.add_app_template_global(queries.listed, "polls_of")
bp.add_app_template_global(queries.voided_by, "voided_by")
bp.add_app_template_global(rules.may_fund_without_votes, "may_fund_without_votes")
_WORDS = {
    "BALLOT_KINDS": rules.KIND_LABELS,
    "BALLOT_MODES": rules.MODE_LABELS,
    "BALLOT_PER": rules.PER_LABELS,
    "COUNTING_WORDS": rules.IN_WORDS,
    "TIES_WORDS": rules.TIES_IN_WORDS,
    "PAPER_VOIDS": rules.VOID_LABELS,
}
"""Words that templates look up and translate."""
bp.record_once(lambda state: state.app.jinja_env.globals.update(_WORDS))


@bp.app_template_global("counting_notes")
def counting_notes() -> dict[str, str]:
    """Each way of counting in plain words, in the reader's language."""
    return {way.value: gettext(words) for way, words in rules.IN_WORDS.items()}


def choices_of(found: Poll, filled: Filled) -> Markup:
    """What a ballot offers, with what is filled in. A blank one is made once for all voters."""

    def made() -> str:
        return render_template("ballots/_choices.html", poll=found, filled=filled, sums=filled.sums(found.terms))

    if not filled.is_blank:
        return Markup(made())  # noqa: S704 - a template made it
    return kept_piece(("choices", found.subject, str(get_locale())), queries.version_of_choices(found), made)


def projects_of(found: Poll, words: str, category: str) -> Markup:
    """The projects with search and filter. Those of an opened poll are made once for all readers."""

    def made() -> str:
        return render_template(
            "ballots/_projects.html",
            poll=found,
            projects=queries.projects_of(found, words, category),
            categories=sorted({project.category for project in found.projects if project.category}),
            words=words,
            category=category,
        )

    if words or category or found.stands is rules.State.DRAFT:
        return Markup(made())  # noqa: S704 - a template made it
    return kept_piece(("projects", found.subject, str(get_locale())), queries.version_of_choices(found), made)


def shown(poll_id: int, *, whole: bool = True) -> Poll:
    """A poll that the reader may see, whose page speaks for its neighbourhood; 404 for another."""
    found = queries.poll(anyone(), poll_id, whole=whole) or abort(404)
    speak_for(found.neighbourhood)
    return found


def at_desk(poll_id: int) -> Poll:
    """A poll of one of the reader's desks; 404 for another."""
    found = queries.desk_poll(me(), poll_id) or abort(404)
    speak_for(found.neighbourhood)
    return found
