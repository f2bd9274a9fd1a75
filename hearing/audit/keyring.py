"""Keyring 钥匙: the private keys that sign the trail's head, in a file of their own.

`log.key` holds one key a line. All of them sign; the first is the one that posters name, the others are on their way
out and vouch for the head as long as posters with them still hang. `log.next.key` is a key that was made and is not in
use yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from hearing.audit import durable
from hearing.audit.note import NoteError, SigningKey, VerifyKey
from hearing.config import read_or_make_secret


class NoKey(Exception):
    """There is no usable signing key; the message names the file and says why, never what is in it."""


class CannotRotate(Exception):
    """The keys are not in the state for this step; the message says what to do first."""


@dataclass(frozen=True)
class Keyring:
    """The keys in one folder."""

    folder: Path

    @property
    def file(self) -> Path:
        """The keys in use."""
        return self.folder / "log.key"

    @property
    def staged_file(self) -> Path:
        """The key that will come next."""
        return self.folder / "log.next.key"

    def begin(self, name: str) -> None:
        """Make the first key of a new log; an existing file stays as it is."""
        read_or_make_secret(self.file, lambda: SigningKey.generate(name).secret)

    def load(self) -> tuple[SigningKey, ...]:
        """The keys in use, the one that posters name first. Raises NoKey."""
        found = _read(self.file)
        if not found:
            raise NoKey(f"{self.file.name} is empty")
        return found

    def stage(self, name: str) -> VerifyKey:
        """Make the key that will come next, or name the one that was made before.

        Raises CannotRotate while an earlier change is not finished, or when the staged key has another name.
        """
        current = self.load()
        if self.staged_file.exists():
            (staged,) = _read(self.staged_file)
            if staged in current:  # The machine stopped within `promote`.
                self.staged_file.unlink()
            elif staged.name == name:
                return staged.verify_key
            else:
                raise CannotRotate(f"a key for {staged.name} is waiting already: finish that change first")
        if len(current) > 1:
            raise CannotRotate("two keys are in use already: retire the old one first")
        return SigningKey.parse(
            read_or_make_secret(self.staged_file, SigningKey.generate(name).secret.strip)
        ).verify_key

    def promote(self) -> None:
        """Put the staged key first; the one that was first goes on signing. Raises CannotRotate when none is staged."""
        current = self.load()
        if not self.staged_file.exists():
            raise CannotRotate("no key is waiting: stage one first")
        (staged,) = _read(self.staged_file)
        if staged not in current:
            self._write((staged, *current))
        self.staged_file.unlink()

    def retire(self) -> None:
        """Let the first key sign alone. Raises CannotRotate when it does already."""
        current = self.load()
        if len(current) == 1:
            raise CannotRotate("only one key is in use")
        self._write(current[:1])

    def _write(self, keys: tuple[SigningKey, ...]) -> None:
        durable.write(self.file, "".join(f"{key.secret}\n" for key in keys).encode("ascii"), mode=0o600)


def _read(file: Path) -> tuple[SigningKey, ...]:
    try:
        return _parsed(file.read_text(encoding="ascii"))
    except FileNotFoundError:
        raise NoKey(f"{file.name} is missing") from None
    except (OSError, UnicodeDecodeError, NoteError) as error:
        raise NoKey(f"{file.name} cannot be read: {error}") from None


@lru_cache(maxsize=2)
def _parsed(text: str) -> tuple[SigningKey, ...]:
    """The keys of a file that says this. It is read for every signature, and says the same until a key changes."""
    return tuple(SigningKey.parse(line) for line in text.split())
