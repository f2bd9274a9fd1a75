"""Policy 见证规则: which logs and witnesses count, and how many are enough (c2sp.org/tlog-policy)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlsplit

from hearing.audit.note import NoteError, SignatureType, VerifyKey

MAX_LINES = 1000

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class PolicyError(ValueError):
    """The text is no policy; the message names the line and says why."""


@dataclass(frozen=True)
class Log:
    """A log that counts, and where it is, if said."""

    key: VerifyKey
    url: str = ""


@dataclass(frozen=True)
class Witness:
    """A witness under the policy's own name for it; `url` is its submission prefix, empty when not said."""

    name: str
    key: VerifyKey
    url: str = ""


@dataclass(frozen=True)
class Group:
    """Enough when `threshold` of its members, witnesses or groups, have cosigned."""

    name: str
    threshold: int
    members: tuple[str, ...]


Member: TypeAlias = Witness | Group


@dataclass(frozen=True)
class Policy:
    """A whole policy; `quorum` names a witness or group, or is "none"."""

    logs: tuple[Log, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    groups: tuple[Group, ...] = ()
    quorum: str = "none"

    @classmethod
    def parse(cls, text: str) -> Policy:
        """Read a policy file. Raises PolicyError."""
        reader = _Reader()
        if _CONTROL.search(text):
            raise PolicyError("a policy has no control characters but tab and newline")
        lines = text.split("\n")
        if len(lines) > MAX_LINES:
            raise PolicyError(f"a policy has at most {MAX_LINES} lines")
        for number, line in enumerate(lines, 1):
            words = [word for word in re.split("[ \t]+", line) if word]
            if words and not words[0].startswith("#"):
                try:
                    reader.line(*words)
                except (PolicyError, NoteError, TypeError) as error:
                    # TypeError: a line with too few or too many words for its kind.
                    why = "too few or too many words" if isinstance(error, TypeError) else str(error)
                    raise PolicyError(f"line {number}: {why}") from None
        return reader.policy()

    def met(self, cosigned: Collection[str]) -> bool:
        """Whether the witnesses of these names are enough."""
        return self.quorum == "none" or self._enough(
            self.quorum, cosigned, {group.name: group for group in self.groups}
        )

    def _enough(self, name: str, cosigned: Collection[str], groups: Mapping[str, Group]) -> bool:
        group = groups.get(name)
        if group is None:
            return name in cosigned
        return sum(self._enough(member, cosigned, groups) for member in group.members) >= group.threshold


class _Reader:
    """Takes the lines one by one; names must be defined before they are used."""

    def __init__(self) -> None:
        self._logs: list[Log] = []
        self._members: dict[str, Member] = {}
        self._grouped: set[str] = set()
        self._quorum: str | None = None

    def line(self, kind: str, *words: str) -> None:
        match kind:
            case "log":
                self._log(*words)
            case "witness":
                self._witness(*words)
            case "group":
                self._group(*words)
            case "quorum":
                self._set_quorum(*words)
            case _:
                raise PolicyError(f"“{kind}” is none of log, witness, group, quorum")

    def policy(self) -> Policy:
        if self._quorum is None:
            raise PolicyError("the quorum line is missing")
        members = self._members.values()
        return Policy(
            tuple(self._logs),
            tuple(member for member in members if isinstance(member, Witness)),
            tuple(member for member in members if isinstance(member, Group)),
            self._quorum,
        )

    def _log(self, vkey: str, url: str = "") -> None:
        key = _key(vkey, SignatureType.ED25519)
        if key.public in [log.key.public for log in self._logs]:
            raise PolicyError("this log is there twice")
        self._logs.append(Log(key, _address(url)))

    def _witness(self, name: str, vkey: str, url: str = "") -> None:
        key = _key(vkey, SignatureType.COSIGNATURE)
        if key.public in [member.key.public for member in self._members.values() if isinstance(member, Witness)]:
            raise PolicyError("this witness is there twice")
        self._define(Witness(name, key, _address(url)))

    def _group(self, name: str, count: str, *members: str) -> None:
        for member in members:
            if member not in self._members:
                raise PolicyError(f"“{member}” is not defined above")
            if member in self._grouped:
                raise PolicyError(f"“{member}” is in a group already")
            self._grouped.add(member)
        if not members:
            raise PolicyError("a group has a member")
        self._define(Group(name, _threshold(count, len(members)), members))

    def _set_quorum(self, name: str) -> None:
        if self._quorum is not None:
            raise PolicyError("there is one quorum line")
        if name != "none" and name not in self._members:
            raise PolicyError(f"“{name}” is not defined above")
        self._quorum = name

    def _define(self, member: Member) -> None:
        if member.name == "none" or member.name in self._members:
            raise PolicyError(f"the name “{member.name}” is taken")
        self._members[member.name] = member


def _key(vkey: str, kind: SignatureType) -> VerifyKey:
    key = VerifyKey.parse(vkey)
    if key.kind is not kind:
        raise PolicyError(f"the key of {key.name} is not of the kind for this line")
    return key


def _threshold(count: str, members: int) -> int:
    if count in ("any", "all"):
        return 1 if count == "any" else members
    if not re.fullmatch("[1-9][0-9]{0,3}", count) or int(count) > members:
        raise PolicyError(f"“{count}” of {members} cannot be")
    return int(count)


def _address(url: str) -> str:
    if url and (urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc):
        raise PolicyError(f"“{url}” is no http(s) address")
    return url.rstrip("/")
