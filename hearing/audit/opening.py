"""Opening 启封件: salt and content of one's own record, so that its holder can show what the trail only commits to.

The trail shows a commitment, the hash of a random salt and what was recorded (audit.md section 6). Whoever holds both
can open it; nobody else can guess it. The file is the household's own: it is handed to nobody but her who acted, and
after the payload has been erased it cannot be made any more.

Its bytes are canonical JSON: `{"index":46666,"payload":{…},"salt":"<base64url, 43 characters>","v":1}`.
"""

from __future__ import annotations

import base64
import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from hearing.audit import canonical
from hearing.audit.models import LogPayload

MEDIA_TYPE = "application/json"


def encode(index: int, salt: bytes, payload: bytes) -> bytes:
    """The bytes of the opening of entry `index`, counting from 0, from its stored salt and canonical payload."""
    text = base64.urlsafe_b64encode(salt).rstrip(b"=").decode("ascii")
    return canonical.encode({"v": 1, "index": index, "salt": text, "payload": json.loads(payload)}) + b"\n"


def opening(session: Session, index: int) -> bytes | None:
    """The opening of an entry: None when the entry commits to nothing or its payload was erased.

    Who may have it is the caller's to decide.
    """
    row = session.execute(select(LogPayload.salt, LogPayload.payload).where(LogPayload.idx == index)).one_or_none()
    return encode(index, row.salt, row.payload) if row is not None else None


def file_name(index: int) -> str:
    """What the downloaded file is called."""
    return f"hearing-{index}.opening.json"
