"""The counter where anybody checks a receipt: true ones, and every way in which one may be wrong."""

from __future__ import annotations

import base64
import io
import shutil

import pytest
from flask import Flask
from markupsafe import escape
from sqlalchemy import text

from hearing.audit import examining, tree, verify
from hearing.audit.examining import Verdict
from hearing.audit.ledger import perform
from hearing.audit.note import SigningKey
from hearing.audit.proof import ProofFile
from hearing.audit.routes import counter
from hearing.db import db
from tests.audit.logs import LOG, lay_out, log_of
from tests.audit.receipts import Signed, applied, publish, publisher
from tests.audit.test_ledger import note
from tests.audit.test_publisher import tamper
from tests.browser import Browser
from tests.cast import Cast


@pytest.fixture
def receipt(app: Flask, cast: Cast) -> Signed:
    return applied(app, cast)


def bring(client: Browser, text: str | bytes) -> str:
    """Paste it, and read the answer: 200 for what is true, 422 for all else."""
    pasted = text.decode() if isinstance(text, bytes) else text
    answer = client.submit("/verify", {"text": pasted})
    assert answer.status_code in {200, 422}
    assert (answer.status_code == 200) == ("查了什么" in answer.text)
    return answer.text


def test_a_true_receipt_is_found_and_what_was_not_checked_is_said(client: Browser, receipt: Signed) -> None:
    said = bring(client, receipt.proof())
    assert "这条记录在账本里，没有改动" in said
    assert "提交了申请" in said
    assert f"第 {receipt.index} 号，账本共 {receipt.size} 条" in said
    for words in ("查了什么", "没有查什么", "我们的服务器有没有骗您", "verify.py proof"):
        assert words in said


def test_a_file_is_as_good_as_its_text(client: Browser, receipt: Signed) -> None:
    file = (io.BytesIO(receipt.proof()), "hearing.tlog-proof")
    answer = client.submit("/verify", {"text": "", "proof": file}, field="text")
    assert answer.status_code == 200
    assert "这条记录在账本里，没有改动" in answer.text


def test_what_clipboards_do_to_a_text_does_no_harm(client: Browser, receipt: Signed) -> None:
    proof = receipt.proof().decode()
    for brought in (
        proof.replace("\n", "\r\n"),
        proof.replace("\n", "  \n"),
        "\ufeff" + proof.rstrip("\n"),
        f"\n\n{proof}\n\n\n",
    ):
        assert "这条记录在账本里，没有改动" in bring(client, brought), brought


def test_a_receipt_stays_true_while_the_log_grows(client: Browser, receipt: Signed, app: Flask) -> None:
    old = receipt.proof()
    with app.app_context():
        for number in range(40):
            perform(note, number)
    size = publish(app)
    said = bring(client, old)
    assert f"现在公布的账本有 {size} 条，前 {receipt.size} 条和签名时完全一样" in said


def test_a_signed_head_from_the_notice_board_can_be_checked(client: Browser, receipt: Signed, app: Flask) -> None:
    head = client.get("/log/checkpoint").data
    with app.app_context():
        perform(note, 1)
    publish(app)
    assert "现在的账本接着这一页往下写" in bring(client, head)
    changed = head.replace(f"\n{receipt.size}\n".encode(), f"\n{receipt.size - 1}\n".encode(), 1)
    assert "这不是我们的账本签出来的" in bring(client, changed)


def keep(client: Browser, brought: str, said: str) -> None:
    """The sentence is there, and so is what was typed."""
    answer = bring(client, brought)
    assert said in answer
    form = client.get("/verify").text
    assert "textarea" in form
    if brought.strip():
        assert str(escape(brought.strip().splitlines()[0][:60])) in answer


def test_what_is_no_receipt_is_told_so(client: Browser, receipt: Signed) -> None:
    keep(client, "hello", "这不是一张凭证")
    keep(client, "<script>alert(1)</script>", "这不是一张凭证")
    keep(client, "%PDF-1.7 \x00\x01 ÿØÿà", "这不是一张凭证")
    keep(client, "   ", "还没有粘贴凭证")
    keep(client, "", "还没有粘贴凭证")


def test_a_receipt_that_was_cut_is_told_so_wherever_it_was_cut(client: Browser, receipt: Signed) -> None:
    lines = receipt.proof().decode().splitlines(keepends=True)
    for kept in range(1, len(lines)):
        said = bring(client, "".join(lines[:kept]))
        assert "凭证不完整" in said or "对不上" in said, kept
    keep(client, "".join(lines[:4]), "凭证不完整")


def test_every_changed_byte_of_a_receipt_is_found(app: Flask, receipt: Signed) -> None:
    """One byte in each place, at the level of the examination: none passes, none raises."""
    proof, log = receipt.proof(), publisher(app).folder
    for place in range(len(proof) - 1):
        changed = proof[:place] + bytes([proof[place] ^ 1]) + proof[place + 1 :]
        if examining.tidy(changed) == examining.tidy(proof):
            continue
        found = examining.examine(changed, [receipt.vkey], log)
        assert not found.ok, (place, changed[max(0, place - 20) : place + 20])
        assert found.verdict not in examining.ALARMS, place


def test_a_foreign_receipt_is_sent_to_its_own_log(client: Browser, receipt: Signed) -> None:
    log = log_of(5)
    proof = ProofFile(2, tuple(tree.inclusion_proof(2, 5, log.read)), log.checkpoint(), log.entries[2]).encode()
    said = bring(client, proof)
    assert "这是另一本账的凭证" in said
    assert LOG.name in said


def test_a_receipt_signed_by_somebody_else_in_our_name_is_forged(client: Browser, receipt: Signed, app: Flask) -> None:
    log, ours = log_of(5), SigningKey.generate(publisher(app).vkey.name)
    proof = ProofFile(2, tuple(tree.inclusion_proof(2, 5, log.read)), log.checkpoint(key=ours), log.entries[2]).encode()
    assert "这不是我们的账本签出来的" in bring(client, proof)


def test_another_entry_in_a_true_receipt_is_not_included(client: Browser, receipt: Signed) -> None:
    proof = ProofFile.parse(receipt.proof())
    false = proof.extra.replace(b"proposal.submitted", b"proposal.withdrawn")
    changed = ProofFile(proof.index, proof.hashes, proof.checkpoint, false).encode()
    assert "凭证与记录对不上" in bring(client, changed)
    moved = ProofFile(proof.index + 1, proof.hashes, proof.checkpoint, proof.extra).encode()
    assert "凭证与记录对不上" in bring(client, moved)


def test_a_receipt_without_its_entry_is_checked_with_ours(client: Browser, receipt: Signed) -> None:
    proof = ProofFile.parse(receipt.proof())
    assert "没有改动" in bring(client, ProofFile(proof.index, proof.hashes, proof.checkpoint).encode())


def test_huge_input_is_refused_in_a_sentence(client: Browser, receipt: Signed) -> None:
    keep(client, "c2sp.org/tlog-proof@v1\n" + "A" * 100_000, "内容太长")
    long = (io.BytesIO(b"x" * 200_000), "x.tlog-proof")
    answer = client.submit("/verify", {"text": "", "proof": long}, field="text")
    assert answer.status_code == 422
    assert "内容太长" in answer.text
    empty = (io.BytesIO(b""), "x.tlog-proof")
    assert "这个文件是空的" in client.submit("/verify", {"text": "", "proof": empty}, field="text").text
    deep = "c2sp.org/tlog-proof@v1\nextra " + base64.b64encode(b"[" * 40_000).decode() + "\nindex 0\n\nx\n"
    assert client.submit("/verify", {"text": deep}).status_code == 422


def test_a_signed_in_person_brings_a_file_as_well(client: Browser, cast: Cast, receipt: Signed) -> None:
    client.enter(cast.ref(1))
    file = (io.BytesIO(receipt.proof()), "hearing.tlog-proof")
    assert client.submit("/verify", {"text": "", "proof": file}, field="text").status_code == 200


def test_the_link_of_a_small_code_leads_to_its_page(client: Browser, cast: Cast) -> None:
    for link in ("http://127.0.0.1:8000/r/3#" + "A" * 43, "/r/3"):
        answer = client.submit("/verify", {"text": link})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/r/3")


def test_a_log_that_was_rolled_back_is_our_fault_and_not_the_receipt_s(
    client: Browser, receipt: Signed, app: Flask
) -> None:
    folder = publisher(app).folder
    kept = folder.with_name("kept")
    shutil.copytree(folder, kept)
    with app.app_context():
        perform(note, 1)
    publish(app)
    newer = client.get(f"/receipts/{receipt.index}/proof").data
    shutil.rmtree(folder)
    kept.rename(folder)
    assert "账本变短了" in bring(client, newer)
    (folder / "checkpoint").unlink()
    assert "账本现在读不出来" in bring(client, newer)


def test_a_log_that_was_rewritten_and_signed_again_is_found_out(client: Browser, receipt: Signed, app: Flask) -> None:
    """Whoever has the database and the key can sign another history; the receipt in a drawer still tells."""
    old, folder = receipt.proof(), publisher(app).folder
    shutil.rmtree(folder)
    log = log_of(receipt.size + 3)
    secret = next((app.extensions["settings"].keys_dir).glob("log*.key")).read_text("ascii").split()[0]
    key = SigningKey.parse(secret)
    lay_out(log.files() | {"checkpoint": log.checkpoint(key=key), "vkey": f"{key.verify_key}\n".encode()}, folder)
    assert "账本被改写过" in bring(client, old)


def test_the_examination_agrees_with_the_stand_alone_verifier(app: Flask, receipt: Signed) -> None:
    proof = receipt.proof()
    assert verify.check_receipt(proof, receipt.vkey).ok
    found = examining.examine(proof, [receipt.vkey], publisher(app).folder)
    assert (found.verdict, found.index, found.size) == (Verdict.IN_LOG, receipt.index, receipt.size)
    assert found.at is not None


def test_an_entry_changed_in_the_database_is_red_on_the_page_of_its_code(
    client: Browser, receipt: Signed, app: Flask
) -> None:
    assert "没有改动" in client.get(f"/r/{receipt.index}").text
    with app.app_context():
        tamper(f"UPDATE log_entry SET body = {other_body()} WHERE idx = {receipt.index}")
    said = client.get(f"/r/{receipt.index}").text
    assert "它被改动过" in said
    assert "刚刚查过" not in said


def other_body() -> str:
    """The body of an entry that tells of a stranger."""
    if db.engine.dialect.name == "sqlite":
        return "CAST(REPLACE(CAST(body AS TEXT), 'resident', 'stranger') AS BLOB)"
    return "convert_to(REPLACE(convert_from(body, 'UTF8'), 'resident', 'stranger'), 'UTF8')"


def test_nobody_checks_without_end(
    client: Browser, receipt: Signed, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counter, "CHECKS_AN_HOUR", 2)
    for _ in range(2):
        assert client.submit("/verify", {"text": "x"}).status_code == 422
    answer = client.submit("/verify", {"text": "x"})
    assert answer.status_code == 429
    with app.app_context():
        assert db.session.execute(text("SELECT count(*) FROM throttle")).scalar_one() >= 1
