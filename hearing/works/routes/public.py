"""For everybody: the stages of one lift, and all lifts of a subdistrict as a page and as CSV."""

from __future__ import annotations

import csv
import io

from flask import Response, abort, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hearing.people.kept import kept
from hearing.people.surroundings import moment, speak_for
from hearing.people.viewer import anyone
from hearing.web.answers import go, page
from hearing.web.cells import safe_cell
from hearing.web.guards import open_to_all
from hearing.works import queries, rules
from hearing.works.queries import Lift
from hearing.works.routes.blueprint import bp, today

HEADINGS = ("编号", "事项", "居民区", "办到哪一步", "从哪天起", "已办天数", "从征询起共几天", "轮到谁", "中止")


@bp.get("/cases/<int:proposal_id>/works")
@open_to_all
@kept
def progress(proposal_id: int) -> ResponseReturnValue:
    """One lift: its stages with their days, its numbers, its group with masked names, photos of before and after."""
    proposal = queries.public_lift(anyone(), proposal_id) or abort(404)
    speak_for(proposal.neighbourhood)
    found = queries.history(proposal)
    return page(
        "works/progress.html",
        proposal=proposal,
        history=found,
        course=found.course,
        turn=queries.turn(anyone(), proposal, found.course),
        now=moment(),
        seats=[seat for seat in queries.seats(proposal.id) if seat.until is None],
        today=today(),
    )


@bp.get("/lifts")
@open_to_all
@kept
def places() -> ResponseReturnValue:
    """Which subdistricts there are; the only one at once."""
    found = queries.subdistricts()
    if len(found) == 1:
        return go(url_for(".overview", subdistrict_id=found[0].id))
    return page("works/places.html", subdistricts=found)


@bp.get("/subdistricts/<int:subdistrict_id>/lifts")
@open_to_all
@kept
def overview(subdistrict_id: int) -> ResponseReturnValue:
    """All lifts of a subdistrict: how many are how far, and each with its days."""
    found = queries.subdistrict(subdistrict_id) or abort(404)
    lifts = queries.lifts([found.id])
    return page(
        "works/overview.html",
        number=found.id,
        name=found.name,
        lifts=lifts,
        counts=rules.counted(lift.course.stage for lift in lifts),
        today=today(),
    )


@bp.get("/subdistricts/<int:subdistrict_id>/lifts.csv")
@open_to_all
def overview_sheet(subdistrict_id: int) -> ResponseReturnValue:
    """The same as CSV."""
    found = queries.subdistrict(subdistrict_id) or abort(404)
    return sheet(queries.lifts([found.id]), f"lifts-{found.id}.csv")


def sheet(lifts: list[Lift], filename: str) -> Response:
    """Lifts as CSV in UTF-8 with a byte-order mark, for a spreadsheet: nothing in it is taken for a formula."""
    day, out = today(), io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADINGS)
    for lift in lifts:
        course = lift.course
        writer.writerow(
            [
                lift.proposal_id,
                safe_cell(lift.title),
                safe_cell(lift.place),
                gettext(lift.label),
                course.since.isoformat(),
                course.spans[-1].days(day),
                course.days(day),
                gettext(lift.party_label) if lift.party_label else "",
                gettext("中止") if lift.halted else "",
            ]
        )
    return Response(
        "\ufeff" + out.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{filename}"', "Cache-Control": "no-store"},
    )
