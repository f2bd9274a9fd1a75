"""Kept pages 存页: a page that tells recorded things is made once, and shown until the trail grows.

Whatever such a page tells changes only through the one door, so the size of the trail is the page's version, and one
statement asks for it together with whether the reader is still signed in. A page lives no longer than the minute that
it was made in, because deadlines fall on full minutes. Tokens are never kept: each answer gets its own.

A whole answer without a form's key is offered to the doorstep (`doorstep.py`), with what it rests on.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial, wraps
from threading import Lock
from typing import Any, Generic, ParamSpec, Protocol, TypeVar, cast

from flask import Flask, Response, current_app, g, make_response, request, session
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup
from sqlalchemy import Engine, Table, bindparam, select

from hearing.audit.queries import trail_size
from hearing.clock import database_now
from hearing.db import db
from hearing.glance import Glance, Unanswered
from hearing.people.login import SEEN_EVERY, holds_good, is_fresh, seen_at
from hearing.people.models import Account, LoginSession
from hearing.web import keys, logs
from hearing.web.sealing import digest

P = ParamSpec("P")
T = TypeVar("T")

MOST_BYTES = 16_000_000
"""Of all kept pages of a process, and of all answers."""
MOST_VALUES = 100
"""Of all kept values of a process."""
_VALUES = Lock()

OFFERED = "hearing.basis"
"""In a request's environment: what its whole answer rests on, if it may be given once more."""

Key = tuple[str, ...]
K = TypeVar("K")
W = TypeVar("W", bound="Weighed")
View = Callable[P, ResponseReturnValue]
Token = Callable[[], str]
"""Makes the token that belongs in a gap of a kept page."""


@dataclass(frozen=True)
class Version:
    """What a kept page was made from."""

    size: int
    """Entries in the trail."""
    minute: datetime


@dataclass(frozen=True)
class Kept:
    """A page, cut where a token of its own belongs."""

    version: Version | str
    parts: tuple[str | Token, ...]
    weight: int

    def body(self) -> str:
        """The page with new tokens."""
        if len(self.parts) == 1 and isinstance(self.parts[0], str):
            return self.parts[0]
        return "".join(part if isinstance(part, str) else part() for part in self.parts)


class Weighed(Protocol):
    """What lies on a shelf."""

    @property
    def weight(self) -> int:
        """How many bytes it takes."""


class Shelf(Generic[K, W]):
    """What one process keeps, asked for last; full shelves drop what nobody has asked for longest."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._kept: OrderedDict[K, W] = OrderedDict()
        self._left, self._lock = most_bytes, Lock()

    def find(self, key: K) -> W | None:
        """What was put there last, however old."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: K, thing: W) -> None:
        """Keep it in the place of an older one."""
        with self._lock:
            before = self._kept.pop(key, None)
            self._kept[key] = thing
            self._left += (before.weight if before else 0) - thing.weight
            while self._left < 0:
                self._left += self._kept.popitem(last=False)[1].weight


@dataclass(frozen=True)
class Reader:
    """Who asks for a kept page, as far as the page depends on it."""

    version: Version
    sign_in: str
    """The digest of her sign-in's token; empty for a visitor."""
    prefers: tuple[str, str]
    """Large type and language, as her account has them; empty for a visitor."""


@dataclass(frozen=True)
class Basis:
    """What a whole answer rests on."""

    reader: Reader
    seen_at: datetime
    """When her browser was last seen, as the cookie says that it sent."""
    endpoint: str
    logged: bool
    """Whether the log tells that the page was asked for."""

    def stands(self, engine: Engine, *, renews: bool) -> bool:
        """Whether the answer is the same now; one that does not renew the cookie, while it need not. Raises Unanswered.

        Asked before there is a request.
        """
        reader, state = _standing(self.reader.sign_in, engine)
        if reader != self.reader:
            return False
        if not reader.sign_in:
            return True
        moment = state["now"]
        if not renews and (moment - self.seen_at).total_seconds() > SEEN_EVERY:
            return False
        return is_fresh(opened_at=state["opened_at"], seen_at=self.seen_at, is_short=state["is_short"], moment=moment)


def init_app(app: Flask) -> None:
    """Give the application its shelves: of pages, of whole answers, and a smaller one for what is no page."""
    app.extensions["kept"] = Shelf()
    app.extensions["kept_answers"] = Shelf()
    app.extensions["kept_values"] = OrderedDict()


def kept(view: View[P]) -> View[P]:
    """Keep what this page answers. Only for pages that tell nothing but recorded things, and change nothing.

    Around a guard, not inside it, it spares the guard's reading of who asks: what a guard refuses is never kept.
    """
    return _kept(view, lambda: "")


def kept_beside(state: Callable[[], str]) -> Callable[[View[P]], View[P]]:
    """Keep a page that tells besides what is recorded something that may be as old as its minute.

    When `state` of the reader's own browser changes, she sees it at once.
    """
    return lambda view: _kept(view, state)


def kept_piece(key: Key, version: str, make: Callable[[], str]) -> Markup:
    """A piece of pages that is the same for many readers: made once for its version, which says all that it tells.

    Kept pages share it, so that many of them fit on the shelf.
    """
    shelf = _shelf()
    piece = shelf.find(key)
    if piece is None or piece.version != version:
        html = make()
        piece = Kept(version, (html,), len(html) + 500)
        shelf.put(key, piece)
    html = piece.body()
    g.kept_pieces = [*g.get("kept_pieces", ()), html]
    return Markup(html)  # noqa: S704 - a template made it


def kept_value(what: str, number: int, version: str, make: Callable[[], T]) -> T:
    """What many readers of one thing need alike, read once for its version; a process keeps the last few things.

    Whoever asks it next in the same version gets the same object: nobody changes it.
    """
    values = cast(OrderedDict[tuple[str, int], tuple[str, T]], current_app.extensions["kept_values"])
    found = values.get((what, number))
    if found is not None and found[0] == version:
        return found[1]
    made = make()
    with _VALUES:
        values[what, number] = version, made
        values.move_to_end((what, number))
        while len(values) > MOST_VALUES:
            values.popitem(last=False)
    return made


def _kept(view: View[P], state: Callable[[], str]) -> View[P]:
    @wraps(view)
    def shown(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if request.method == "POST" or "HX-Request" in request.headers or "_flashes" in session:
            return view(*args, **kwargs)
        if db.session.in_transaction():
            # What was begun before may see less than the version tells that is asked for now.
            return view(*args, **kwargs)
        try:
            reader = _reader()
        except Unanswered:
            reader = None
        if reader is None:
            return view(*args, **kwargs)
        key, shelf = _key(reader, state()), _shelf()
        page = shelf.find(key)
        if page is not None and page.version == reader.version:
            body = page.body()
            _offer(reader)
            return Response(body, content_type="text/html; charset=utf-8")
        answer = make_response(view(*args, **kwargs))
        if answer.status_code == 200 and answer.mimetype == "text/html":
            body = answer.get_data(as_text=True)
            pieces: list[str] = g.get("kept_pieces", [])
            weight = len(body) - sum(map(len, pieces)) + 500
            shelf.put(key, Kept(reader.version, tuple(_apart(body, pieces)), weight))
            _offer(reader)
        return answer

    return shown


def _shelf() -> Shelf[Key, Kept]:
    return cast(Shelf[Key, Kept], current_app.extensions["kept"])


def _offer(reader: Reader) -> None:
    """Let this answer be given once more as it is, unless it holds a form's key."""
    if not keys.issued():
        request.environ[OFFERED] = Basis(reader, seen_at(), request.endpoint or "", logs.tells())


_LOGIN, _ACCOUNT = cast(Table, LoginSession.__table__), cast(Table, Account.__table__)
_STATE = (trail_size().label("size"), database_now().label("now"))
# Every page asks one of these.
_FOR_VISITOR = Glance(select(*_STATE))
_FOR_PERSON = Glance(
    select(
        *_STATE,
        _LOGIN.c.opened_at,
        (_LOGIN.c.by_password | _LOGIN.c.second_factor_at.is_not(None)).label("is_short"),
        _ACCOUNT.c.elder,
        _ACCOUNT.c.language,
    )
    .join_from(_LOGIN, _ACCOUNT)
    .where(
        _LOGIN.c.token_hash == bindparam("token_hash"), _LOGIN.c.ended_at.is_(None), _ACCOUNT.c.disabled_at.is_(None)
    )
)


def _reader() -> Reader | None:
    """Who asks, and of what; None when a cookie names a sign-in that does not hold any more."""
    token = str(session.get("_user_id", ""))
    reader, state = _standing(digest(token) if token else "")
    if reader is None:
        return None
    if not token:
        g.moment = state["now"]  # What the page tells of time, it tells by the moment that its version was asked for.
    elif not holds_good(opened_at=state["opened_at"], is_short=state["is_short"], moment=state["now"]):
        return None
    return reader


def _standing(sign_in: str, engine: Engine | None = None) -> tuple[Reader | None, Mapping[str, Any]]:
    """What a page of this reader would be made from now, and the row that says so; nobody if she has signed out."""
    state = _FOR_PERSON(engine, token_hash=sign_in) if sign_in else _FOR_VISITOR(engine)
    if state is None:
        return None, {}
    version = Version(state["size"], state["now"].replace(second=0, microsecond=0))
    prefers = (str(state["elder"]), str(state["language"])) if sign_in else ("", "")
    return Reader(version, sign_in, prefers), state


def _key(reader: Reader, beside: str) -> Key:
    """By what this page of hers is found again."""
    wishes = (request.cookies.get("elder", ""), request.cookies.get("language", ""), str(request.accept_languages))
    return (reader.sign_in, request.full_path, *wishes, beside, *reader.prefers)


def _apart(body: str, pieces: list[str]) -> Iterator[str | Token]:
    """The page cut, with each piece that it shares with others as the very text that lies on the shelf."""
    if not pieces:
        yield from _cut(body)
        return
    before, found, after = body.partition(pieces[0])
    yield from _apart(before, pieces[1:])
    if found:
        yield pieces[0]
        yield from _apart(after, pieces[1:])


def _cut(body: str) -> Iterator[str | Token]:
    """The page in pieces, with a maker in the place of each token."""
    makers: dict[str, Token] = {key: partial(keys.issue, path) for key, path in keys.issued().items()}
    if "csrf_token" in g:
        makers[g.csrf_token] = generate_csrf
    parts: list[str | Token] = [body]
    for token, maker in makers.items():  # No pattern: it would be compiled anew for the tokens of every page.
        parts = [new for part in parts for new in (_around(part, token, maker) if isinstance(part, str) else (part,))]
    yield from parts


def _around(text: str, token: str, maker: Token) -> Iterator[str | Token]:
    """The text with the maker in each place of the token."""
    before, *after = text.split(token)
    yield before
    for each in after:
        yield maker
        yield each
