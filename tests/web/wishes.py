"""Wishes: a page of these tests alone, with one act, by which the manners of all pages are tested."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from flask import Flask, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import select, text

from hearing.audit.fact import Fact, private
from hearing.audit.ledger import perform
from hearing.db import db
from hearing.people.models import Account
from hearing.people.viewer import Viewer, me
from hearing.refusal import N_, Refused
from hearing.web import sentences
from hearing.web.answers import go
from hearing.web.forms import Form, Line
from hearing.web.guards import signed_in

PATH = "/wishes"


class Refusal(StrEnum):
    """Why a wish is not granted."""

    TOO_MUCH_WISHED = "too_much_wished"


sentences.learn({Refusal.TOO_MUCH_WISHED: N_("这个愿望太大了。请换一个小的。")})


@dataclass(frozen=True, kw_only=True)
class Wished(Fact):
    """Somebody wished for something; her row carries it as her name."""

    kind: ClassVar[str] = "wish.made"
    sentence: ClassVar[str] = N_("有人许了一个愿")
    receipt: ClassVar[str] = N_("您许的愿：%(what)s")
    what: str = private()


class WishForm(Form):
    what = Line("愿望", most=20)


def wish(by: Viewer, what: str) -> Wished:
    """An act that reads, checks, changes a row and tells. Raises TOO_MUCH_WISHED."""
    held = db.session.execute(select(Account).where(Account.id == by.id).with_for_update()).scalar_one()
    if what == "月亮":
        raise Refused(Refusal.TOO_MUCH_WISHED)
    held.name = what
    db.session.flush()
    return Wished(actor=by.as_resident(), scope="tianjinlu", subject="wish/1", matter="wish/1", what=what)


def add_to(app: Flask) -> None:
    """Give the application the page."""

    @app.route(PATH, methods=["GET", "POST"])
    @signed_in
    def wishes() -> ResponseReturnValue:
        form = WishForm()
        if form.validate_on_submit():
            with form.refusals():
                done = perform(wish, me(), form.what.data or "")
                return go(url_for("audit.receipt", index=done.index))
        return _PAGE.format(errors=" ".join(map(str, [*form.form_errors, *form.what.errors])), form=form), (
            422 if form.errors else 200
        )


_PAGE = Markup(
    "<!doctype html><html lang='zh-CN'><head><title>愿望</title></head><body><main><h1>愿望</h1><p>{errors}</p>"
    "<form method='post' action=''>{form.csrf_token}{form.once}<label for='what'>愿望</label>{form.what}"
    "<button type='submit'>许愿</button></form></main></body></html>"
)


@dataclass(frozen=True)
class State:
    """What the database holds of wishes: entries, and whose row carries which."""

    entries: int
    names: tuple[str, ...]


def state(app: Flask) -> State:
    """What is there. Raises AssertionError when trail, tree and keys of sent forms do not agree."""
    with app.app_context():
        counts = [
            db.session.execute(text(query)).scalar_one()
            for query in (
                "SELECT size FROM log_head",
                "SELECT count(*) FROM log_entry",
                "SELECT count(*) FROM log_node WHERE level = 0",
                "SELECT count(*) FROM log_payload",
                "SELECT count(*) FROM sent_form",
            )
        ]
        assert len(set(counts)) == 1, counts
        return State(counts[0], tuple(db.session.scalars(select(Account.name).order_by(Account.id))))
