"""Witness client 请见证: brings our head to the witnesses of the policy, and collects their cosignatures.

It fails open: a witness that is away, slow or talks nonsense is told on the status page and asked again later, and the
head is published without it.
"""

from __future__ import annotations

import http.client
import re
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import IO, TypeAlias

from hearing.audit.note import Checkpoint, Note, NoteError, Signature, VerifyKey, open_checkpoint
from hearing.audit.policy import Witness
from hearing.audit.standing import WitnessSaw
from hearing.audit.witness import MAX_BODY, SIZE, Request, place

PATIENCE = 4.0
"""Seconds that all witnesses together may take for one head."""
FIRST_PAUSE, LONGEST_PAUSE = 4.0, 300.0
"""Seconds until a witness that failed is asked again; they double each time."""

Prove: TypeAlias = "Callable[[int], Sequence[bytes]]"
"""The proof that the head continues the tree of this size."""

_SIZE = re.compile(rb"(0|[1-9][0-9]{0,18})\n?")
_TROUBLES = {400: "bad_request", 403: "key_refused", 404: "unknown_log", 422: "no_proof"}


class _Trouble(Exception):
    """A witness did not cosign; the message is a code of `standing.SENTENCES`."""


@dataclass(frozen=True)
class Reply:
    """What came of asking one witness: a cosignature with its time, or a trouble; `size` is what it had seen.

    `ahead` is a head of ours, larger than the one we brought, that the witness could show.
    """

    signature: Signature | None = None
    at: datetime | None = None
    trouble: str | None = None
    size: int | None = None
    ahead: Note | None = None


@dataclass
class _Memory:
    """What this process knows of one witness."""

    seen: int = 0
    failures: int = 0
    not_before: float = 0.0


@dataclass
class WitnessClient:
    """Asks witnesses for cosignatures, with a longer pause after every failure."""

    patience: float = PATIENCE
    saw: dict[str, WitnessSaw] = field(default_factory=dict)
    _memory: dict[VerifyKey, _Memory] = field(default_factory=dict)

    def due(self, witnesses: Sequence[Witness]) -> list[Witness]:
        """Those that have an address and may be asked now."""
        moment = time.monotonic()
        return [each for each in witnesses if each.url and self._of(each).not_before <= moment]

    def ask(self, witnesses: Sequence[Witness], note: Note, keys: Sequence[VerifyKey], prove: Prove) -> list[Reply]:
        """Bring a head to all of them at once; `keys` are our own. Never longer than the patience in seconds."""
        replies: dict[str, Reply] = {}
        threads = []
        until = time.monotonic() + self.patience
        for witness in witnesses:
            visit = _Visit(witness, note, keys, prove, until, self._of(witness).seen)
            thread = threading.Thread(target=lambda v=visit: replies.setdefault(v.witness.name, v.make()), daemon=True)
            thread.start()
            threads.append(thread)
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))
        # Whoever comes later than this is late: the answer is dropped and the witness asked again.
        return [self._note_down(each, dict(replies).get(each.name, Reply(trouble="slow"))) for each in witnesses]

    def _note_down(self, witness: Witness, reply: Reply) -> Reply:
        memory = self._of(witness)
        before = self.saw.get(witness.name, WitnessSaw(witness.name, None, None, None))
        if reply.signature is not None:
            memory.seen, memory.failures, memory.not_before = reply.size or 0, 0, 0.0
            self.saw[witness.name] = WitnessSaw(witness.name, reply.size, reply.at, None)
            return reply
        memory.seen = reply.size if reply.size is not None else memory.seen
        memory.not_before = time.monotonic() + min(FIRST_PAUSE * 2**memory.failures, LONGEST_PAUSE)
        memory.failures = min(memory.failures + 1, 16)
        self.saw[witness.name] = replace(before, trouble=reply.trouble)
        return reply

    def _of(self, witness: Witness) -> _Memory:
        return self._memory.setdefault(witness.key, _Memory())


@dataclass
class _Visit:
    """One witness, one head: asked at most twice, the second time from the size that it says it knows."""

    witness: Witness
    note: Note
    keys: Sequence[VerifyKey]
    prove: Prove
    until: float
    seen: int

    def make(self) -> Reply:
        new = Checkpoint.parse(self.note.text)
        try:
            status, body, kind = self._bring(min(self.seen, new.size))
            if status == 409:
                self.seen = _conflict(body, kind)
                if self.seen > new.size:
                    return Reply(trouble="conflict", size=self.seen, ahead=self._evidence(new))
                status, body, kind = self._bring(self.seen)
            if status != 200:
                raise _Trouble("conflict" if status == 409 else _TROUBLES.get(status, "error"))
            return self._cosigned(body, new)
        except _Trouble as trouble:
            return Reply(trouble=str(trouble), size=self.seen)
        except TimeoutError:
            return Reply(trouble="slow", size=self.seen)
        except (OSError, http.client.HTTPException, ValueError):
            # ValueError: an address or an answer that urllib cannot take apart.
            return Reply(trouble="silent", size=self.seen)

    def _bring(self, old: int) -> tuple[int, bytes, str]:
        size = Checkpoint.parse(self.note.text).size
        proof = self.prove(old) if 0 < old < size else ()
        body = Request(old, tuple(proof), self.note, Checkpoint.parse(self.note.text)).encode()
        headers = {"Content-Type": "text/plain; charset=utf-8", "User-Agent": "hearing"}
        return self._fetch(urllib.request.Request(f"{self.witness.url}/add-checkpoint", body, headers))  # noqa: S310

    def _cosigned(self, body: bytes, new: Checkpoint) -> Reply:
        """The witness's own line among those it answered; lines by others are not looked at."""
        key = self.witness.key
        try:
            offered = Note.parse(f"{self.note.text}\n".encode() + body)
            (found, *_) = offered.verify([key])
            line = next(each for each in offered.signatures if key.made(each))
        except NoteError:
            raise _Trouble("garbage") from None
        return Reply(line, datetime.fromtimestamp(found.time or 0, UTC), None, new.size)

    def _evidence(self, new: Checkpoint) -> Note | None:
        """A larger head with our own signature: then it is we who have gone back, and not the witness who lies."""
        url = f"{self.witness.url}/{place(new.origin)}/checkpoint"
        try:
            status, body, _ = self._fetch(urllib.request.Request(url, headers={"User-Agent": "hearing"}))  # noqa: S310
        except (OSError, http.client.HTTPException, ValueError):
            return None
        for key in self.keys if status == 200 else ():
            try:
                head = open_checkpoint(body, key)
            except NoteError:
                continue
            return head.note if head.checkpoint.size > new.size else None
        return None

    def _fetch(self, request: urllib.request.Request) -> tuple[int, bytes, str]:
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        try:
            # The policy lets only http and https in, and a redirect cannot leave the two.
            with urllib.request.urlopen(request, timeout=left) as response:  # noqa: S310
                return response.status, self._drain(response), response.headers.get_content_type()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, self._drain(error), error.headers.get_content_type()
        except urllib.error.URLError as error:
            raise (error.reason if isinstance(error.reason, OSError) else OSError(str(error.reason))) from None

    def _drain(self, response: IO[bytes]) -> bytes:
        """The body, unless it drips in for longer than we wait."""
        data = b""
        while len(data) < MAX_BODY and (part := response.read1(4096)):  # type: ignore[attr-defined]
            data += part
            if time.monotonic() > self.until:
                raise TimeoutError
        return data


def _conflict(body: bytes, kind: str) -> int:
    """The size that a witness says it knows."""
    found = _SIZE.fullmatch(body)
    if kind != SIZE or not found:
        raise _Trouble("garbage")
    return int(found[1])
