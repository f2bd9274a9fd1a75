"""Signer process 签名程序: the signer under a user of its own, asked over a Unix socket.

The web server and the worker then cannot read the key, and can get nothing signed but a continuation. One request and
one answer a connection, each one line of JSON: `{"do": "sign", …}` → `{"ok": …}`, or `{"error": kind, "why": …,
"message": …}`.
"""

from __future__ import annotations

import json
import os
import socket
import socketserver
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import structlog

from hearing.audit.keyring import CannotRotate, NoKey
from hearing.audit.note import Note, NoteError, VerifyKey, decode_base64, encode_base64
from hearing.audit.signer import LocalSigner, WillNotSign

log = structlog.get_logger()

T = TypeVar("T")

MAX_LINE = 256 * 1024
PATIENCE = 5.0
"""Seconds that either side waits for the other."""


class SignerAway(Exception):
    """The signer process does not answer, or answers nonsense."""


@dataclass(frozen=True)
class RemoteSigner:
    """The signer behind a socket."""

    path: Path

    def vkeys(self) -> tuple[VerifyKey, ...]:
        """The public keys in use."""
        return self._ask("vkeys", lambda keys: tuple(map(VerifyKey.parse, keys)))

    def head(self) -> Note | None:
        """The last head that was signed."""
        return self._ask("head", lambda note: None if note is None else _note(note))

    def sign(self, size: int, root: bytes, proof: Sequence[bytes]) -> list[Note]:
        """Have a head signed."""
        lines = [encode_base64(step) for step in proof]
        return self._ask(
            "sign", lambda notes: [_note(note) for note in notes], size=size, root=encode_base64(root), proof=lines
        )

    def learn(self, note: Note) -> None:
        """Let the signer take over a later head of ours."""
        self._ask("learn", bool, note=note.encode().decode())

    def promise(self, subject: str, thing: str) -> Note:
        """Have a promise signed."""
        return self._ask("promise", _note, subject=subject, thing=thing)

    def stage(self, name: str) -> VerifyKey:
        """See `Keyring.stage`."""
        return self._ask("stage", VerifyKey.parse, name=name)

    def promote(self) -> None:
        """See `Keyring.promote`."""
        self._ask("promote", bool)

    def retire(self) -> None:
        """See `Keyring.retire`."""
        self._ask("retire", bool)

    def _ask(self, verb: str, read: Callable[[Any], T], **given: Any) -> T:
        try:
            answer = json.loads(self._exchange(json.dumps({"do": verb} | given).encode() + b"\n"))
            if "ok" in answer:
                return read(answer["ok"])
            error, message = answer["error"], str(answer["message"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as trouble:
            raise SignerAway(f"the signer at {self.path} does not answer: {trouble}") from trouble
        match error:
            case "will_not_sign":
                raise WillNotSign(str(answer.get("why")), message)
            case "no_key":
                raise NoKey(message)
            case "cannot_rotate":
                raise CannotRotate(message)
            case _:
                raise SignerAway(f"the signer reports: {message}")

    def _exchange(self, line: bytes) -> bytes:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(PATIENCE)
            connection.connect(os.fspath(self.path))
            connection.sendall(line)
            with connection.makefile("rb") as answers:
                return answers.readline(MAX_LINE)


def _note(text: str) -> Note:
    return Note.parse(text.encode())


class SignerServer(socketserver.UnixStreamServer):
    """Serves one signer; requests wait for each other."""

    request_queue_size = 16

    def __init__(self, path: Path, signer: LocalSigner) -> None:
        """Listen at `path`; the socket is for the owner and the group. Raises OSError when that cannot be."""
        self.signer = signer
        path.parent.mkdir(parents=True, exist_ok=True)
        # A socket that a killed signer left behind would be in the way.
        path.unlink(missing_ok=True)
        before = os.umask(0o117)
        try:
            super().__init__(os.fspath(path), _Conversation)
        finally:
            os.umask(before)


class _Conversation(socketserver.StreamRequestHandler):
    timeout = PATIENCE
    server: SignerServer

    def handle(self) -> None:
        try:
            line = self.rfile.readline(MAX_LINE)
            self.wfile.write(json.dumps(_answer(self.server.signer, line)).encode() + b"\n")
        except OSError as error:
            # Whoever hangs up or says nothing must not stop the next one's turn.
            log.warning("signer_conversation", error=str(error))


def _answer(signer: LocalSigner, line: bytes) -> dict[str, Any]:
    try:
        return {"ok": _do(signer, json.loads(line))}
    except WillNotSign as refusal:
        log.critical("will_not_sign", why=refusal.why, reason=str(refusal))
        return {"error": "will_not_sign", "why": refusal.why, "message": str(refusal)}
    except NoKey as missing:
        log.error("no_key", reason=str(missing))
        return {"error": "no_key", "message": str(missing)}
    except CannotRotate as refusal:
        return {"error": "cannot_rotate", "message": str(refusal)}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        return {"error": "request", "message": f"not a request: {type(error).__name__}"}
    except OSError as error:
        log.error("signer_disk", reason=str(error))
        return {"error": "disk", "message": error.strerror or "disk"}


def _do(signer: LocalSigner, given: dict[str, Any]) -> Any:
    match given["do"]:
        case "vkeys":
            return [str(key) for key in signer.vkeys()]
        case "head":
            note = signer.head()
            return note.encode().decode() if note else None
        case "sign":
            proof = [decode_base64(step) for step in given["proof"]]
            notes = signer.sign(int(given["size"]), decode_base64(given["root"]), proof)
            return [note.encode().decode() for note in notes]
        case "learn":
            signer.learn(Note.parse(given["note"].encode()))
            return True
        case "promise":
            return signer.promise(str(given["subject"]), str(given["thing"])).encode().decode()
        case "stage":
            return str(signer.stage(str(given["name"])))
        case "promote":
            signer.promote()
            return True
        case "retire":
            signer.retire()
            return True
        case _:
            raise NoteError("no such request")
