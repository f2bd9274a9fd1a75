"""Who may open what: the table access.txt is what the guards say. A new address without a row fails.

After a change that is meant, write the table anew and read the difference in the review:

    HEARING_RECORD=1 .venv/bin/python -m pytest tests/architecture/test_access.py
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from flask import Flask

from hearing.demo.lane import OFFICES
from hearing.people.rules import Role
from tests.architecture.routes import Route, addresses, routes
from tests.browser import Browser, forms
from tests.cast import Cast

TABLE = Path(__file__).parent / "access.txt"
RECORDING = os.environ.get("HEARING_RECORD") == "1"
NOBODY = 987_654
"""A number that nothing has."""

# These end or replace the visit that the walk is made with.
ENDS_THE_VISIT = {"demo.enter", "people.sign_out"}


def test_the_table_says_what_the_guards_say(app: Flask) -> None:
    lines = [str(route) for route in routes(app)]
    if RECORDING:
        TABLE.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    kept = TABLE.read_text("utf-8").splitlines()
    new, gone = sorted(set(lines) - set(kept)), sorted(set(kept) - set(lines))
    assert not new + gone, "\n".join(
        [*(f"not in the table: {line}" for line in new), *(f"gone: {line}" for line in gone)]
    )
    assert lines == kept, "the table is not sorted"


def test_every_view_has_a_guard_and_names_known_roles(app: Flask) -> None:
    known = {"all", "signed_in", *(role.value for role in Role)}
    for route in routes(app):
        assert route.access, f"{route.endpoint} has no guard"
        assert set(route.access) <= known, route


def test_a_view_without_a_guard_does_not_exist(app: Flask, client: Browser) -> None:
    app.add_url_rule("/forgotten", view_func=lambda: "open")
    assert client.get("/forgotten").status_code == 404


def test_only_looking_and_sending(app: Flask) -> None:
    assert {route.methods for route in routes(app)} <= {("GET",), ("POST",), ("GET", "POST")}


def _refusal(route: Route, who: str) -> int | None:
    """The status of a refusal that the table promises to `who`, or None when the guard lets her in."""
    if route.access == ("all",):
        return None
    if who == "visitor":
        return 401
    if route.access == ("signed_in",) or _role_of(who) in route.access:
        return None
    return 403


def _role_of(who: str) -> str:
    key = {"foreign_clerk": "clerk"}.get(who, who)
    return {office: role for office, role, _ in OFFICES}.get(key, Role.RESIDENT).value


WHO = [
    "visitor", "household", "stranger", "clerk", "foreign_clerk", "director", "block_officer", "legal_adviser",
    "scrutineer", "auditor",
]  # fmt: skip


def enter(client: Browser, cast: Cast, who: str) -> Browser:
    """Come in as one of WHO."""
    refs = {"household": cast.ref(1), "stranger": cast.stranger, "foreign_clerk": cast.foreign_clerk}
    return client if who == "visitor" else client.enter(refs.get(who) or cast.ref(who))


@pytest.mark.parametrize("who", WHO)
def test_the_guards_do_what_the_table_says(app: Flask, client: Browser, cast: Cast, who: str) -> None:
    enter(client, cast, who)
    token = token_of(client)
    for route in routes(app):
        if route.endpoint in ENDS_THE_VISIT:
            continue
        wanted = _refusal(route, who)
        for address in addresses(app, route, number=NOBODY):
            for method in route.methods:
                answer = client.open(address, method=method, data={"csrf_token": token} if method == "POST" else None)
                assert answer.status_code < 500, f"{who} {method} {address}: {answer.status_code}"
                if route.access != ("all",):  # A page that is open to all decides by itself what it shows to whom.
                    refused = answer.status_code if answer.status_code in {401, 403} else None
                    assert refused == wanted, f"{who} {method} {address}: {answer.status_code}, the table says {wanted}"


def token_of(client: Browser) -> str:
    """The CSRF token of this visit."""
    return next(form for form in forms(client.get("/verify").text) if "csrf_token" in form.names).fields["csrf_token"][
        0
    ]


def test_no_form_is_taken_without_its_token(app: Flask, client: Browser, cast: Cast) -> None:
    client.enter(cast.ref("clerk"))
    for route in routes(app):
        if route.posts:
            for address in addresses(app, route, number=NOBODY):
                assert client.post(address).status_code == 400, address
                assert client.post(address, data={"csrf_token": "made-up"}).status_code == 400, address
