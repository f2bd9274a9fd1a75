"""Every form that is sent performs an act that the trail records, or keeps one of the books listed here with a reason.

The code of each view is followed through the functions that it names, as far as the product's own modules go.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest
from flask import Flask

from hearing.audit import ledger
from tests.architecture.routes import DEMO_ONLY, Route, routes

BOOKKEEPING = {
    "web.elder": "a wish about type size, in a cookie and the account",
    "web.language": "a wish about language, in a cookie and the account",
    "audit.how": "checks what somebody brings, and keeps nothing of it",
    "desk.trail_page": "looks for entries; sent by POST so that no name gets into an address",
    "people.sign_in": "sends a code: the knock, the code and the message are bookkeeping",
    "people.code": "opens a session",
    "people.code_again": "sends a code once more",
    "people.letter": "notes that a letter was shown at the door; joining the household is the act",
    "people.sign_out": "ends a session",
    "people.staff_sign_in": "opens a session",
    "people.second_factor": "replaces a session by one with both factors",
    "people.authenticator": "stores the secret of one's own second factor",
    "people.welcome": "stores a password; the invitation was the act",
    "people.end_device": "ends a session of one's own",
    "people.end_other_devices": "ends sessions of one's own",
    "people.settings": "wishes about type size and language",
    "people.phone": "sends a code to a new number",
    "people.phone_code": "changes one's own number, proven by the code",
    "people.phone_code_again": "sends a code once more",
    "people.password": "changes one's own password",
    "people.say_again": "opens the door's question anew; joining is the act",
    "proposals.discard": "throws one's own draft away",
    "proposals.remove_photo": "takes a photo out of one's own draft",
    "proposals.plan": "saves the draft of a plan; fixing it is the act",
    "proposals.shares": "saves the draft of a plan; fixing it is the act",
    "proposals.own_parts": "the same for the units whose own part is used",
    "ballots.fill": "shows the ballot again as it was filled in so far, and keeps nothing of it",
    "ballots.tablet": "takes a one-time code into the tablet's cookie, and counts the try",
    "ballots.tablet_ballot": "shows the ballot again as it was filled in so far, and keeps nothing of it",
    "ballots.window": "looks a line of the roll up; a door stands in no address",
    "ballots.find_paper": "looks a paper up; a number stands in no address",
    "ballots.share_of_code": "shows what a published ballot's share paid for; a code stands in no address",
    "ballots.find": "looks a ballot's code up; a code stands in no address",
    "consents.answer": "saves the draft of an answer; signing it on the next page is the act",
    "consents.sign_on_site": "the same in front of a clerk",
    "consents.find_slip": "looks a slip up; a code stands in no address",
    "meetings.raise_hand": "puts one's own hand into the queue for the floor; getting the floor is the act",
    "meetings.lower_hand": "takes one's own hand out of it",
    "meetings.raise_hand_for": "puts up the hand of somebody without a phone",
    "meetings.move_hand": "the chair's order of the queue",
    "meetings.remove_hand": "takes a hand down that is up no more",
    "jobs.again": "lets work that failed be begun anew; asking for it was the act",
    "register.home": "looks a door up; a door stands in no address",
}
"""Endpoints whose POST is no act of the trail, and what they do instead."""


def functions_of(root: FunctionType) -> Iterator[FunctionType]:
    """The function and every function of the product that it may call, found by name."""
    waiting, seen = [inspect.unwrap(root)], set()
    while waiting:
        function = waiting.pop()
        if function in seen or not isinstance(function, FunctionType):
            continue
        seen.add(function)
        yield function
        for name in names_in(function.__code__):
            waiting += callables(name, function)


def names_in(code: CodeType) -> set[str]:
    """Every name that a piece of code says, also inside its inner functions."""
    inner = [names_in(part) for part in code.co_consts if isinstance(part, CodeType)]
    return set(code.co_names).union(*inner)


def callables(name: str, function: FunctionType) -> list[Any]:
    """What `name` may mean in `function`: a global of its module, or a member of a module that it names."""
    known = function.__globals__
    modules = [known[n] for n in names_in(function.__code__) if isinstance(known.get(n), ModuleType)]
    found = [
        known.get(name),
        *(getattr(module, name, None) for module in modules if module.__name__.startswith("hearing.")),
    ]
    return [inspect.unwrap(f) for f in found if isinstance(f, FunctionType) and f.__module__.startswith("hearing.")]


DOORS = (ledger.perform, ledger.perform_all, ledger.entrust)


def performs(view: Any) -> bool:
    """Whether the view may reach `perform`, or the ways of it for several facts and for a secret ballot."""
    return any(function in DOORS for function in functions_of(view))


def senders(app: Flask) -> list[Route]:
    """Every address of the product that something can be sent to."""
    return [route for route in routes(app) if route.posts and not route.endpoint.startswith(DEMO_ONLY)]


def test_a_form_that_is_sent_performs_an_act_or_is_listed(app: Flask) -> None:
    idle = {route.endpoint for route in senders(app) if not performs(app.view_functions[route.endpoint])}
    assert not idle - BOOKKEEPING.keys(), f"neither acts nor listed: {sorted(idle - BOOKKEEPING.keys())}"


def test_the_list_names_only_what_is_there_and_acts_not(app: Flask) -> None:
    there = {route.endpoint for route in senders(app)}
    assert BOOKKEEPING.keys() <= there, f"gone: {sorted(BOOKKEEPING.keys() - there)}"
    acting = {name for name in BOOKKEEPING if performs(app.view_functions[name])}
    assert not acting, f"listed as bookkeeping, but acting: {sorted(acting)}"


@pytest.mark.parametrize("endpoint", ["people.end_seat", "people.who", "people.letters"])
def test_the_search_follows_helpers_and_modules(app: Flask, endpoint: str) -> None:
    assert performs(app.view_functions[endpoint])


def test_the_search_does_not_find_an_act_where_there_is_none(app: Flask) -> None:
    assert not performs(app.view_functions["web.healthz"])
    assert not performs(app.view_functions["audit.integrity_page"])
