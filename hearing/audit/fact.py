"""Fact 事实: what an act says about itself to the trail.

A package's facts are frozen dataclasses. `public()` fields stand in the entry that everybody may read; `private()`
fields go into the salted commitment and stay in the database, where they can be erased.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar, NamedTuple

type_registry: dict[str, type[Fact]] = {}


class Band(StrEnum):
    """The three bands of a case's story 事前 / 事中 / 事后."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acted: a role, and a pseudonym that only the installation can resolve."""

    role: str
    ref: str


SYSTEM = Actor(role="system", ref="system")


def public(**kwargs: Any) -> Any:
    """A field that everybody may read for ever: never a name, a door, a phone number or an answer."""
    return field(metadata={"public": True}, **kwargs)


def private(**kwargs: Any) -> Any:
    """A field that the trail only commits to."""
    return field(metadata={"public": False}, **kwargs)


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One recorded act.

    `kind` is the entry's type, like "consent.answered". `sentence` tells it in the interface's source language with
    placeholders for public fields; `receipt` tells it to the person who did it, with private ones too. `band` is its
    place in a case's public story: empty for acts that the story leaves out.
    """

    kind: ClassVar[str] = ""
    sentence: ClassVar[str] = ""
    receipt: ClassVar[str] = ""
    band: ClassVar[Band] = Band.NONE

    actor: Actor
    scope: str
    """The neighbourhood's slug."""
    subject: str
    """What the act is about, like "consent/7"."""
    matter: str
    """The case whose story this belongs to, like "proposal/3"; may equal the subject."""
    households: tuple[int, ...] = ()
    """The units of the register in whose households' names it was done: kept beside the payload and with it erased.
    Only for facts that have private parts."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.kind:
            known = type_registry.setdefault(cls.kind, cls)
            # slots=True makes a second class of the same name; anything else is a clash.
            if known.__qualname__ != cls.__qualname__:
                raise TypeError(f"two facts call themselves {cls.kind}")
            type_registry[cls.kind] = cls

    def pub(self) -> dict[str, Any]:
        """The public part as plain JSON values."""
        shown = {name: plain(value) for name, value in self._parts(True)}
        return shown if self.matter == self.subject else {"matter": self.matter, **shown}

    def payload(self) -> dict[str, Any]:
        """The committed part as plain JSON values; empty when there is nothing to commit to."""
        return {name: plain(value) for name, value in self._parts(False)}

    def entry(self, at: datetime, commitment: str | None) -> dict[str, Any]:
        """The entry's fields (audit.md section 9); `at` in UTC, cut to the second."""
        body: dict[str, Any] = {
            "v": 1,
            "type": self.kind,
            "scope": self.scope,
            "subject": self.subject,
            "at": plain(at),
            "actor": {"role": self.actor.role, "ref": self.actor.ref},
            "pub": self.pub(),
        }
        return body if commitment is None else body | {"cm": commitment}

    def _parts(self, shown: bool) -> list[tuple[str, Any]]:
        return [
            (part.name, getattr(self, part.name))
            for part in dataclasses.fields(self)
            if part.metadata.get("public") is shown
        ]


@dataclass(frozen=True, kw_only=True)
class Bare(Fact):
    """A fact that says nothing of who did it or when: an entry of `v`, `type`, `scope`, what it is about, and no more.

    `thing` names the field that stands for the subject. Where such an entry is found, its subject is its matter.
    """

    thing: ClassVar[str] = ""

    def entry(self, at: datetime, commitment: str | None) -> dict[str, Any]:  # noqa: ARG002 - as Fact's
        """The entry's fields; the moment stays out of it, and there is nothing to commit to."""
        return {"v": 1, "type": self.kind, "scope": self.scope, self.thing: self.subject, **self.pub()}


NOBODY = Actor(role="", ref="")
"""Whose act a bare fact is."""


class FoundBy(NamedTuple):
    """The columns by which an entry is found, as its own fields give them."""

    subject: str
    matter: str
    actor_ref: str


def found_by(body: Mapping[str, Any]) -> FoundBy:
    """What an entry's columns must say, from the entry's fields. Raises KeyError for fields that are no entry."""
    kind = type_registry.get(body["type"])
    if kind is not None and issubclass(kind, Bare):
        return FoundBy(body[kind.thing], body[kind.thing], NOBODY.ref)
    return FoundBy(body["subject"], body["pub"].get("matter", body["subject"]), body["actor"]["ref"])


def plain(value: Any) -> Any:
    """A value as the canonical form takes it: no floats, moments as 2026-11-21T03:04:05Z.

    Raises TypeError for anything else.
    """
    match value:
        case StrEnum():
            return value.value
        case None | bool() | int() | str():
            return value
        case datetime():
            return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case _:
            raise TypeError(f"{type(value).__name__} has no place in the trail")
