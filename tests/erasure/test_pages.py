"""After an erasure: pages, receipts and the certificate say that it was erased, and where the entry still stands."""

from __future__ import annotations

import io

from pypdf import PdfReader
from sqlalchemy import select
from werkzeug.test import TestResponse

from hearing import clock
from hearing.consents.models import ConsentRecord
from hearing.consents.queries import log_places
from hearing.db import db
from tests.erasure.conftest import LATER, Past


def printed(answer: TestResponse) -> str:
    """The text of a PDF."""
    assert answer.mimetype == "application/pdf", answer.text
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages).replace("\n", "")


def test_the_pages_say_that_it_was_erased(past: Past) -> None:
    with past.app.app_context():
        picture = db.session.scalars(select(ConsentRecord.signature_id).where(ConsentRecord.number == 1)).one()
        index = log_places(past.course.collection())[0][1]
    past.run("erase", "consent", "--before", "2026-11-26", "--yes")
    past.publish()
    url = f"/consents/{past.course.collection_id}"
    with clock.standing_at(LATER):
        resident, clerk = past.browser(3), past.browser("clerk")
        receipt = resident.get(f"/receipts/{index}").text
        assert "已删除" in receipt
        assert f"第 {index} 号" in receipt
        assert resident.get(f"/receipts/{index}/proof").status_code == 200
        assert "已删除" in resident.get(f"{url}/mine").text
        assert resident.get(f"/files/{picture}").status_code == 410
        clerk.submit(f"/desk{url}/records", {"purpose": "存档"})
        full = printed(clerk.get(f"{url}/certificate.pdf?doors=1"))
        assert "其中 14 份记录的签名图像" in full
        assert full.count("已删除") >= 13
        assert "其中 14 份记录的签名图像" in printed(past.browser().get(f"{url}/certificate.pdf"))
