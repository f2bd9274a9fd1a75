"""Telling 公布: the outcome of a poll and why, one's own share, and the bundle by which anybody counts again."""

from __future__ import annotations

from typing import cast

from flask import Response, abort, current_app, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from hearing.audit.note import NoteError
from hearing.audit.publisher import Publisher
from hearing.ballots import bundle, queries, rules
from hearing.ballots.forms import FindForm
from hearing.ballots.models import Poll
from hearing.ballots.outcome import OwnShare, answers, outcomes, own_share
from hearing.ballots.routes.blueprint import bp, shown
from hearing.people.kept import kept
from hearing.people.viewer import anyone
from hearing.web.answers import page
from hearing.web.guards import only_acts, open_to_all
from hearing.web.logs import unlogged


@bp.get("/polls/<int:poll_id>/outcome")
@open_to_all
@kept
def outcome(poll_id: int) -> ResponseReturnValue:
    """结果: what was chosen, why, and what the others lacked; of a poll under names also one's own share."""
    found = _counted(poll_id)
    mine = queries.own_choices(anyone(), found) if not found.is_secret else []
    return _outcome_page(found, FindForm() if found.is_secret else None, _share(found, mine[0]) if mine else None)


@bp.post("/polls/<int:poll_id>/outcome")
@only_acts
@unlogged
@open_to_all
def share_of_code(poll_id: int) -> ResponseReturnValue:
    """The share of the secret ballot with a receipt's code: it is public by now, and nobody keeps who asked."""
    found, form, own = _counted(poll_id), FindForm(), None
    if not found.is_secret:
        abort(404)
    if form.validate_on_submit():
        with form.refusals():
            own = _share(found, queries.revealed(found, form.code))
    return _outcome_page(found, form, own)


@bp.get("/polls/<int:poll_id>/bundle.zip")
@open_to_all
def bundle_file(poll_id: int) -> Response:
    """公开计票包: ballots, rule, record and recount.py, with the head of the trail; the same bytes for everybody."""
    response = Response(bundle.packed(_files(_counted(poll_id))), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="poll-{poll_id}.zip"'
    return response


def _counted(poll_id: int) -> Poll:
    """A poll that has been counted; 404 for another."""
    found = shown(poll_id)
    return found if found.tally is not None else abort(404)


def _outcome_page(found: Poll, form: FindForm | None, own: OwnShare | None) -> Response:
    assert found.tally is not None
    record, titles = found.tally.record, {option.code: option.title for option in found.options}
    question = found.kind == rules.Kind.YES_NO
    return page(
        "ballots/outcome.html",
        poll=found,
        title=found.title,
        back_url=url_for(".poll", poll_id=found.id),
        back_words=gettext("投票的题目和规则"),
        turnout=gettext("%(of)d 个投票人，%(n)d 张选票。", of=found.roll_size, n=record["voters"]),
        answers=answers(record) if question else None,
        pots=[] if question else outcomes(record, titles),
        own=own,
        secret=found.is_secret,
        code_form=None if question else form,
        code_url=url_for(".share_of_code", poll_id=found.id),
        bundle=_papers(found),
    )


def _papers(found: Poll) -> list[tuple[str, str, str]]:
    """What can be downloaded: title, address, note."""
    rows = [
        (gettext("计票包（zip）"), url_for(".bundle_file", poll_id=found.id), gettext("选票、规则、记录、recount.py"))
    ]
    if found.is_secret:
        words = gettext("按编号排，对得上存证里的每一张")
        rows.append((gettext("全部选票（reveal.jsonl）"), url_for(".reveal", poll_id=found.id), words))
    return rows


def _share(found: Poll, said: rules.Said) -> OwnShare | None:
    """What a ballot's share paid for; None of a question, which shares out nothing."""
    if found.kind == rules.Kind.YES_NO or found.tally is None:
        return None
    titles = {option.code: option.title for option in found.options if not option.withdrawn}
    return own_share(found.tally.record, titles, rules.weight_of(found.rule, found.options, said))


def _files(found: Poll) -> dict[str, bytes]:
    assert found.tally is not None
    counted, secret = found.tally, found.is_secret
    published = bundle.Published(
        head=_head(),
        reveal=b"".join(queries.reveal(found)) if secret else None,
        leaves="".join(f"{c}\n" for c in queries.leaves(found)).encode() if secret else None,
    )
    kept = bundle.Written(counted.election_pb, counted.rule_json, counted.readme)
    return bundle.files(kept, counted.record_text, published)


def _head() -> bytes | None:
    """The newest signed head of the trail; None while there is none, or while it cannot be read."""
    publisher = cast(Publisher, current_app.extensions["publisher"])
    try:
        last = publisher.last()
    except NoteError:
        return None
    return last.note.encode() if last is not None else None
