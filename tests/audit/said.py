"""Entries made by hand, for what the verifier reads in them: a collection of consents, and a secret ballot."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from hearing.audit import canonical
from tests.audit.logs import Log, entry

Entry = dict[str, Any]
CASE, COLLECTION, POLL = "proposal/3", "consent/7", "poll/3"
PLAN, ROLL, OTHER = "a1" * 32, "b2" * 32, "c3" * 32
SALT = bytes(range(32))


def said(kind: str, subject: str = COLLECTION, *, by: str = "p-clerk", cm: str | None = None, **pub: object) -> Entry:
    """One entry as the product writes it."""
    body: Entry = {
        "v": 1,
        "type": kind,
        "scope": "jw01",
        "subject": subject,
        "at": "2026-11-21T03:04:05Z",
        "actor": {"role": "committee_clerk", "ref": by},
        "pub": {"matter": CASE, **pub} if subject != CASE else pub,
    }
    return body if cm is None else {**body, "cm": cm}


def payload(record: int, answer: str) -> Entry:
    """What a household's record commits to."""
    return {"unit": f"u-{record}", "answer": answer, "answer_label": {"agree": "同意", "oppose": "反对"}[answer]}


def answered(record: int, answer: str = "agree", method: str = "phone") -> Entry:
    """A household's answer."""
    cm = canonical.commit(SALT, payload(record, answer))
    return said("consent.answered", by=f"p-{record}", cm=cm, plan_hash=PLAN, method=method, record=record)


def figures(yes: int, no: int, abstain: int = 0, everybody: int = 5) -> Entry:
    """A count of households of 40 m² each."""
    part = yes + no + abstain
    areas = {"all_area": everybody * 4000, "part_area": part * 4000, "yes_area": yes * 4000}
    heads = {"all_heads": everybody, "part_heads": part, "yes_heads": yes, "no_heads": no, "abstain_heads": abstain}
    return {**areas, **heads, "passed": yes * 2 > everybody}


def collection() -> list[Entry]:
    """A collection from its terms to its result: four of five answer, one of them changes her mind on paper."""
    return [
        said("plan.fixed", CASE, number=1, hash8=PLAN[:8], plan_hash=PLAN),
        said("consent.drafted", plan_hash=PLAN, preset="unanimous", rule_version=1),
        said("roll.shown", units=5),
        said("roll.fixed", units=5, area_centi=20_000, roll_hash=ROLL, plan_hash=PLAN),
        answered(1),
        answered(2, "oppose"),
        answered(3),
        said("consent.withdrawn", by="p-3", plan_hash=PLAN, method="phone", record=4),
        answered(5),
        said("consent.closed", answered=3),
        answered(6, method="paper"),
        said("consent.provisional", **figures(3, 1)),
        said("consent.confirmed", by="p-director", count_hash=OTHER),
        said("consent.confirmed", by="p-scrutineer", count_hash=OTHER),
        said("consent.finished", plan_hash=PLAN, roll_hash=ROLL, **figures(3, 1)),
    ]


def ballot(number: int, *choices: str) -> tuple[Entry, Entry]:
    """A ballot's entry, and its line of the reveal file."""
    nonce = hashlib.sha256(f"nonce {number}".encode()).digest()
    cast = {"choices": list(choices), "phrase": f"我家的第{number}句"}
    hashed = b"hearing/ballot/v1\0" + POLL.encode() + b"\0" + nonce + canonical.encode(cast)
    c = unpadded(hashlib.sha256(hashed).digest())
    entry_of = {"v": 1, "type": "ballot", "scope": "jw01", "poll": POLL, "c": c}
    return entry_of, {"c": c, "nonce": unpadded(nonce), "ballot": cast}


def unpadded(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def reveal_of(lines: list[Entry]) -> bytes:
    """reveal.jsonl."""
    return b"".join(canonical.encode(line) + b"\n" for line in sorted(lines, key=lambda line: line["c"]))


def log_with(entries: list[Entry]) -> Log:
    """A log that holds these entries among others."""
    bodies = [canonical.encode_entry(each) for each in entries]
    return Log.of([entry(0), *bodies, entry(1)])
