"""Kinds of work: the package that has it enters it here at import, and says what it is called and where it leads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from hearing.jobs.models import Job
from hearing.people.viewer import Viewer


class NotYet(Exception):
    """The work cannot begin yet; it looks again soon, and that is no try."""


class Lost(Exception):
    """Another worker has the job by now: what this one did counts for nothing."""


class Running(Protocol):
    """The job that is being done, as its kind of work sees it."""

    @property
    def content(self) -> Mapping[str, Any]:
        """What to work on."""

    @property
    def token(self) -> str:
        """A name that no other try has, for drafts on the disk."""

    def report(self, done: int, total: int) -> None:
        """Say how far the work is, in the middle of reading too, not of writing. Raises Lost."""

    def finish(self) -> None:
        """Inside the act that keeps the outcome: the job is done with it. Raises Lost."""


@dataclass(frozen=True)
class Kind:
    """One kind of work."""

    label: str
    """What is being made, in the interface's source language."""
    run: Callable[[Running], None]
    """Does it, in transactions of its own. Raises NotYet, Lost, or Refused with a sentence for whoever asked."""
    may_see: Callable[[Viewer, Job], bool]
    """Whether somebody who did not ask for it may look how far it is."""
    leads_to: Callable[[Job], str]
    """The page on which its outcome is found."""


known: dict[str, Kind] = {}
