"""Routes: every address of the application, what it takes and whom it lets in, read from the application itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask
from werkzeug.routing import AnyConverter, BaseConverter, Rule

from hearing.web.guards import ACCESS
from hearing.web.numbers import RowNumber

DEMO_ONLY = ("styleguide.", "demo.")
"""Blueprints that a production start does not have."""


@dataclass(frozen=True, order=True)
class Route:
    """One address."""

    endpoint: str
    rule: str
    methods: tuple[str, ...]
    access: tuple[str, ...]
    """`all`, `signed_in`, or the roles that its guard names; empty when it has none."""

    @property
    def gets(self) -> bool:
        """Whether it can be looked at."""
        return "GET" in self.methods

    @property
    def posts(self) -> bool:
        """Whether something can be sent to it."""
        return "POST" in self.methods

    def __str__(self) -> str:
        return f"{self.endpoint}  {self.rule}  {','.join(self.methods)}  {' '.join(self.access) or 'NO GUARD'}"


def routes(app: Flask) -> list[Route]:
    """Every address, sorted."""
    return sorted(_route(app, rule) for rule in app.url_map.iter_rules())


def _route(app: Flask, rule: Rule) -> Route:
    methods = tuple(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
    access = tuple(sorted(getattr(app.view_functions[rule.endpoint], ACCESS, ())))
    return Route(rule.endpoint, rule.rule, methods, access)


def addresses(app: Flask, route: Route, *, number: int, name: str = "x" * 8) -> Iterator[str]:
    """The address with its blanks filled: `number` where a row's number stands, `name` where a word does."""
    for rule in app.url_map.iter_rules(route.endpoint):
        if rule.rule == route.rule:
            values = {blank: _filled(kind, number, name) for blank, kind in rule._converters.items()}
            built = rule.build({**(rule.defaults or {}), **values}, append_unknown=False)
            assert built is not None
            yield built[1]


def _filled(blank: BaseConverter, number: int, name: str) -> int | str:
    if isinstance(blank, RowNumber):
        return number
    return min(blank.items) if isinstance(blank, AnyConverter) else name  # Another word would be another address.
