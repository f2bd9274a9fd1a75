"""回执: what a person keeps of an act, on the screen, as a file and on paper, and where its small QR code leads."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass

from flask import Response, abort, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from markupsafe import Markup
from segno import DataOverflowError

from hearing.audit import opening, queries, verify
from hearing.audit.proof import ProofFile
from hearing.audit.queries import Told
from hearing.audit.routes.blueprint import (
    bp,
    head_code,
    public_sentence,
    receipt_sentence,
    settings,
    vkeys,
    way_to,
)
from hearing.audit.routes.integrity import looked
from hearing.audit.verify import Report
from hearing.db import db
from hearing.printing import qr
from hearing.web.answers import page
from hearing.web.guards import open_to_all, signed_in

RESIDENT = "resident"
OPENING_DOMAIN = b"hearing/opening/v1\0"
"""Before the nonce of a small QR code it makes the word by which a phone asks for what the receipt says."""


@bp.get("/receipts/<int:index>")
@signed_in
def receipt(index: int) -> ResponseReturnValue:
    """回执: what was recorded of an act of one's own or in one's household's name, and where it stands in the trail."""
    it = _reading(index)
    return page(
        "audit/receipt.html",
        fragment="audit/_proof.html",
        told=it.told,
        own=it.own,
        sentence=it.sentence,
        size=looked().size,
        proven=index < looked().size,
        opens=it.opens,
        thing=way_to(it.told.matter),
    )


@bp.get("/receipts/<int:index>/proof")
@open_to_all
def proof(index: int) -> Response:
    """The proof that an entry is in the trail, as a file that can be checked without us: all in it is public."""
    data = proof_of(index) or abort(404)
    return _attachment(data, "text/plain; charset=utf-8", f"hearing-{index}.tlog-proof")


@bp.get("/receipts/<int:index>/opening")
@signed_in
def own_opening(index: int) -> Response:
    """The opening of one's own act: with it one can show others what the trail only commits to."""
    if not _reading(index).opens:
        abort(404)
    data = opening.opening(db.session, index) or abort(404)
    return _attachment(data, opening.MEDIA_TYPE, opening.file_name(index))


@bp.get("/receipts/<int:index>/print")
@signed_in
def receipt_on_paper(index: int) -> ResponseReturnValue:
    """The receipt on paper: a small QR code for phones, a large one that needs nothing of ours."""
    it = _reading(index)
    head, data = looked().head, proof_of(index)
    if head is None or data is None:
        answer = page("audit/receipt_later.html", index=index, status=503)
        answer.headers["Retry-After"] = "5"
        return answer
    return page(
        "audit/receipt_on_paper.html",
        told=it.told,
        sentence=it.sentence,
        size=head.checkpoint.size,
        head_code=head_code(head.checkpoint),
        vkey=next(iter(vkeys()), ""),
        small=Markup(qr.svg(small_code_url(it))),  # noqa: S704 - our own drawing
        address=f"{settings().base_url}{url_for('.small_code', index=index)}",
        large=_large(data),
        verify_url=f"{settings().base_url}{url_for('.how')}",
        back_url=url_for(".receipt", index=index),
    )


@bp.get("/r/<int:index>")
@open_to_all
def small_code(index: int) -> ResponseReturnValue:
    """Where a small QR code leads: the entry as anybody may read it, checked against the signed head.

    What follows the # stays on the phone; with it the phone opens what was recorded, and checks that itself.
    """
    told = queries.entry(db.session, index)
    if told is None:
        return page("audit/no_entry.html", index=index, size=looked().size, status=404)
    data = proof_of(index)
    report = _checked(data) if data is not None else None
    return page(
        "audit/small_code.html",
        told=told,
        sentence=public_sentence(told),
        report=report,
        size=looked().size,
        commitment=told.commitment,
    )


@bp.get("/r/<int:index>/opening")
@open_to_all
def opened_by_paper(index: int) -> Response:
    """The opening, for whoever holds the receipt: she proves it with a word made from its nonce, and not with it."""
    found = opening.opening(db.session, index)
    if found is None or not hmac.compare_digest(_word(found), request.headers.get("X-Receipt", "").encode()):
        abort(404)
    response = Response(found, content_type=opening.MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store"
    return response


def proof_of(index: int) -> bytes | None:
    """The bytes of a `.tlog-proof` with the entry in it; None until a head that covers it is signed."""
    head, body = looked().head, queries.entry_bytes(db.session, index)
    if head is None or body is None or index >= head.checkpoint.size:
        return None
    hashes = tuple(queries.inclusion_proof(db.session, index, head.checkpoint.size))
    return ProofFile(index, hashes, head.note.encode(), body).encode()


@dataclass(frozen=True)
class Reading:
    """An entry as the signed-in person may read it: `opens` when she may have what it only commits to."""

    told: Told
    own: bool
    opens: bool
    sentence: str


def reading_of(told: Told, ours: frozenset[int], whole: bool) -> Reading:
    """How the signed-in person reads an entry that was made in the name of her units `ours`.

    What staff did in her household's name she reads in full when she answers for it; what another member wrote, only
    that it was written: those words are hers. `whole` says that no other household is in the same entry.
    """
    own = told.ref == current_user.account.ref
    by_staff = told.role != RESIDENT and bool(ours & current_user.answers_for)
    full = own or (by_staff and whole)
    return Reading(told, own, full and told.payload is not None, (receipt_sentence if full else public_sentence)(told))


def _reading(index: int) -> Reading:
    """An entry of one's own, or in one's household's name."""
    told = queries.entry(db.session, index) or abort(404)
    ours = queries.in_name_of(db.session, index, current_user.homes)
    if told.ref != current_user.account.ref and not ours:
        abort(404)
    return reading_of(told, ours, queries.households(db.session, [index]).get(index, frozenset()) <= ours)


def small_code_url(it: Reading) -> str:
    """What the small QR code holds: the address, and behind the # the nonce, which browsers keep to themselves."""
    address = f"{settings().base_url}{url_for('.small_code', index=it.told.index)}"
    found = opening.opening(db.session, it.told.index) if it.opens else None
    return f"{address}#{json.loads(found)['salt']}" if found is not None else address


def _large(proof: bytes) -> Markup | None:
    """The large QR code, which holds the whole proof; None when an entry is too long for any QR code."""
    try:
        return Markup(qr.svg(proof.decode(), error="l"))  # noqa: S704 - our own drawing
    except DataOverflowError:
        return None


def _checked(proof: bytes) -> Report:
    """What the stand-alone verifier says of a proof made just now, by one of the keys that sign the head."""
    reports = [verify.check_receipt(proof, vkey) for vkey in vkeys()]
    return next((report for report in reports if report.ok), reports[0])


def _word(found: bytes) -> bytes:
    text = json.loads(found)["salt"]
    salt = base64.urlsafe_b64decode(f"{text}=")
    return hashlib.sha256(OPENING_DOMAIN + salt).hexdigest().encode()


def _attachment(data: bytes, media_type: str, name: str) -> Response:
    return Response(data, content_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
