"""What acts say about themselves: a sentence for each, nothing personal in the part that everybody may read."""

from __future__ import annotations

import dataclasses
import re
from datetime import datetime
from importlib import import_module
from typing import get_type_hints

import pytest
from babel.messages.catalog import Catalog

from hearing import app
from hearing.audit.fact import Band, Fact, type_registry
from hearing.refusal import N_
from tools.translations import forms, placeholders, stored

for package in app.PACKAGES:
    import_module(f"hearing.{package}.routes")
KINDS = {kind: fact for kind, fact in sorted(type_registry.items()) if fact.__module__.startswith("hearing.")}
PLACEHOLDER = re.compile(r"%\((\w+)\)")

PERSONAL = re.compile(
    r"(^|_)(name|names|phone|door|unit|units|holder|holders|household|person|people|answer|choice|reason|slip|address|mail|text|"
    r"strokes|signature|birth|age|id_number|password|code|token)(_|$)"
)
"""Parts of a field's name that say that what it holds is somebody's own."""

PUBLIC_ALL_THE_SAME = {
    "consent.extended.reason": "the committee's words to everybody; the notice on the wall says the same",
    "consent.void.reason": "the committee's words to everybody",
    "poll.amended.reason": "the committee's words to everybody",
    "roll.amended.reason": "the committee's words to everybody: a roll is not changed without them",
    "poll.voided.reason": "the committee's words to everybody: a poll is not void without them",
    "consent.finished.reason": "a code word of the rule that decided",
    "consent.finished.reason_label": "the same in the glossary's words",
    "estate.added.name": "an estate's name",
    "neighbourhood.founded.name": "a neighbourhood's name",
    "plan.manager_answered.answer_label": "the property manager answers by office, in public",
}
"""`kind.field` whose name sounds personal, and why it is not."""


def about_people(fact: type[Fact]) -> set[str]:
    """The public fields that could hold something personal: numbers, moments and yes-or-no cannot."""
    kinds = get_type_hints(fact)
    return {name for name in public_fields(fact) if kinds[name] not in {int, bool, datetime}}


def public_fields(fact: type[Fact]) -> set[str]:
    return {field.name for field in dataclasses.fields(fact) if field.metadata.get("public") is True}


def fields(fact: type[Fact]) -> set[str]:
    return {field.name for field in dataclasses.fields(fact) if "public" in field.metadata}


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_named_for_its_thing_and_what_happened(kind: str) -> None:
    # The verifier that is out in the world knows a secret ballot by this one word (docs/decisions/024).
    assert re.fullmatch(r"[a-z_]+\.[a-z_]+|ballot", kind)
    assert len(kind) <= 40, "the column holds forty"


@pytest.mark.parametrize("kind", KINDS)
def test_every_act_has_a_sentence(kind: str) -> None:
    fact = KINDS[kind]
    assert fact.sentence or fact.receipt, "somebody who did it wants to read it"
    assert fact.sentence or fact.band is Band.NONE, "the public story shows its sentence"


@pytest.mark.parametrize("kind", KINDS)
def test_a_sentence_says_only_what_its_reader_may_know(kind: str) -> None:
    fact = KINDS[kind]
    assert set(PLACEHOLDER.findall(fact.sentence)) <= public_fields(fact) | {"matter"}
    assert set(PLACEHOLDER.findall(fact.receipt)) <= fields(fact) | {"matter"}


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_says_whether_it_is_public(kind: str) -> None:
    """A field that is told once and never recorded, such as an invitation's link, stays out of what is printed too."""
    base = {field.name for field in dataclasses.fields(Fact)}
    silent = {field.name for field in dataclasses.fields(KINDS[kind]) if "public" not in field.metadata and field.repr}
    assert silent <= base


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_personal_is_public(kind: str) -> None:
    personal = {name for name in about_people(KINDS[kind]) if PERSONAL.search(name)}
    excused = {name.rpartition(".")[2] for name in PUBLIC_ALL_THE_SAME if name.rpartition(".")[0] == kind}
    assert personal == excused


def test_the_excuses_are_needed() -> None:
    assert {name.rpartition(".")[0] for name in PUBLIC_ALL_THE_SAME} <= KINDS.keys()


SENTENCES = sorted(
    {words for fact in KINDS.values() for words in (fact.sentence, fact.receipt) if words}
    | {words for module in app.REFUSING for words in import_module(f"hearing.{module}").SENTENCES.values()}
)


@pytest.fixture(scope="module")
def english() -> Catalog:
    """The English catalogue; that it is complete, the gate `tools.translations check` says."""
    return stored()


@pytest.mark.parametrize("sentence", SENTENCES)
def test_the_english_sentence_has_the_same_blanks(english: Catalog, sentence: str) -> None:
    message = english.get(sentence)
    for text in forms(message.string) if message else ():
        assert not text or placeholders(text) == placeholders(sentence)


def test_a_marked_sentence_is_itself() -> None:
    assert N_("已签") == "已签"
