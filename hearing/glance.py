"""Glance 看一眼: one statement that every page asks, put to the driver as it is and outside any transaction.

SQLAlchemy compiles it once for each engine and says how the driver's values become the domain's. Its session,
transaction and result cost several times what the statement does, and PostgreSQL is spared the way for a BEGIN and the
way for an end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, PoolProxiedConnection, Select
from sqlalchemy.engine import Compiled
from sqlalchemy.exc import SQLAlchemyError

from hearing.db import connected, is_reading, reader

listeners: list[Callable[[str], None]] = []
"""Whoever listens to every statement of the engines listens here to the others."""


@dataclass(frozen=True)
class _Prepared:
    """The statement as one engine's driver wants it, and what makes values of the domain from the driver's."""

    compiled: Compiled
    words: str
    places: tuple[str, ...]
    """Names of the parameters in their order, where the driver counts them; empty where it names them."""
    columns: tuple[tuple[str, Callable[[Any], Any] | None], ...]

    def parameters(self, values: Mapping[str, Any]) -> Any:
        given = self.compiled.construct_params(dict(values)) or {}
        return [given[name] for name in self.places] if self.places else given


class Unanswered(Exception):
    """The driver did not answer: whoever asks through a session meets the reason in the ordinary way."""


class Glance:
    """A statement that reads what was committed."""

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        self._statement = statement
        self._prepared: WeakKeyDictionary[Engine, _Prepared] = WeakKeyDictionary()

    def __call__(self, engine: Engine | None = None, **values: Any) -> Mapping[str, Any] | None:
        """The first row by the names of its columns, as it stands now; None where there is none. Raises Unanswered.

        Whoever asks before there is an application's context says which engine answers.
        """
        return next(iter(self._asked(engine or reader(), values)), None)

    def rows(self, **values: Any) -> Sequence[Mapping[str, Any]]:
        """Every row, for a form that reads before it writes.

        Where its transaction may write already, they are read in it: it is begun in any case.
        """
        if is_reading():
            with suppress(Unanswered):
                return self._asked(reader(), values)
        return [row._asdict() for row in connected().execute(self._statement, values)]

    def _asked(self, engine: Engine, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        asked = self._prepared.get(engine)
        if asked is None:
            asked = self._prepared[engine] = self._prepare(engine)
        for listener in listeners:
            listener(asked.words)
        try:
            with closing(engine.raw_connection()) as connection:
                found = _told(connection, asked.words, asked.parameters(values))
        except (engine.dialect.loaded_dbapi.Error, SQLAlchemyError) as error:
            raise Unanswered from error
        return [
            {name: read(value) if read else value for (name, read), value in zip(asked.columns, row, strict=True)}
            for row in found
        ]

    def _prepare(self, engine: Engine) -> _Prepared:
        compiled = self._statement.compile(engine)
        columns = tuple(
            (str(column.key), column.type.dialect_impl(engine.dialect).result_processor(engine.dialect, None))
            for column in self._statement.selected_columns
        )
        places = tuple(getattr(compiled, "positiontup", None) or ())
        return _Prepared(compiled, str(compiled), places, columns)


def _told(connection: PoolProxiedConnection, words: str, parameters: Any) -> Sequence[Sequence[Any]]:
    """All rows; a connection over which none came is not used again."""
    try:
        cursor = connection.cursor()
        cursor.execute(words, parameters)
        found: Sequence[Sequence[Any]] = cursor.fetchall()
        cursor.close()
    except BaseException:
        connection.invalidate()
        raise
    return found
