"""A case file holds everything of a case, checks itself, and in its public edition nothing of anybody's own."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import io
import json
import os
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select

from hearing import clock
from hearing.audit.ledger import perform
from hearing.casefile import contents, making, queries, shelf
from hearing.casefile.contents.folder import cell
from hearing.casefile.rules import Edition
from hearing.consents import actions as consents
from hearing.consents import papers, rules
from hearing.consents.models import ConsentCollection, ConsentHolder, ConsentUnit
from hearing.db import db
from hearing.files.models import EvidenceErasure
from hearing.files.storage import remove
from hearing.jobs import actions as jobs
from hearing.jobs import work
from hearing.jobs.kinds import NotYet
from hearing.jobs.models import Job
from hearing.jobs.rules import State
from hearing.places.models import Holder, Unit
from hearing.printing import seal, sheets
from tests import schema
from tests.casefile import planted
from tests.casefile.scene import Case
from tests.proposals import scene
from tests.statements import statements

CERTIFICATE = "07-consents/000001/certificate.pdf"


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    """A table of a case file, by the Chinese words of its headings."""
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        return [{head.split(" ")[0]: value for head, value in row.items()} for row in csv.DictReader(file)]


def bare(text: str) -> str:
    """Text without any space: a PDF gives spaces back between figures and characters."""
    return "".join(text.split())


def verified(folder: Path, vkey: str) -> subprocess.CompletedProcess[str]:
    """What the program in the case file says of it, with nothing else at hand."""
    arguments = [sys.executable, "-I", "verify.py", "case", ".", "--key", vkey, "--no-state"]
    return subprocess.run(arguments, cwd=folder, capture_output=True, text=True, check=False)


def summed(folder: Path) -> int:
    """What sha256sum says of it."""
    arguments = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
    return subprocess.run(arguments, cwd=folder, capture_output=True, check=False).returncode


@pytest.fixture
def full(ramp: Case, tmp_path: Path) -> Path:
    """The full edition with something of everybody's own in it, unpacked."""
    planted.plant(ramp.proposal_id)
    ramp.ask()
    ramp.work()
    return ramp.unpack(Edition.FULL, tmp_path / "full")


def test_it_checks_itself(ramp: Case, full: Path) -> None:
    said = verified(full, ramp.vkey)
    assert (said.returncode, summed(full)) == (0, 0), said.stdout
    assert "PASSED" in said.stdout
    assert "14 openings" in said.stdout


def test_a_proof_of_it_stands_alone(ramp: Case, full: Path) -> None:
    proof = next((full / "log" / "proofs").iterdir())
    arguments = [sys.executable, "-I", "verify.py", "proof", str(proof), "--key", ramp.vkey, "--no-state"]
    assert subprocess.run(arguments, cwd=full, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(
    "name",
    [
        "07-consents/000001/records.csv",
        "案卷.pdf",
        "verify.py",
        "README.txt",
        "log/checkpoint",
        "01-plans/v1/plan.json",
    ],
)
def test_one_changed_byte_is_found(ramp: Case, full: Path, name: str) -> None:
    program = (full / "verify.py").read_text("utf-8")
    data = bytearray((full / name).read_bytes())
    data[len(data) // 2] ^= 1
    (full / name).write_bytes(data)
    assert summed(full) != 0
    if name == "verify.py":  # Whoever doubts the program brings one of her own.
        (full.parent / "own.py").write_text(program, "utf-8")
        arguments = [sys.executable, "-I", "../own.py", "case", ".", "--key", ramp.vkey, "--no-state"]
        assert subprocess.run(arguments, cwd=full, capture_output=True, check=False).returncode == 1
    else:
        assert verified(full, ramp.vkey).returncode == 1


def resum(folder: Path) -> None:
    """Write the sums anew, as a forger would."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "SHA256SUMS")
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder)}\n" for path in files]
    (folder / "SHA256SUMS").write_text("".join(lines), "utf-8")


def test_a_forger_who_sums_anew_is_found_by_the_trail(ramp: Case, full: Path) -> None:
    opening = min((full / "log" / "openings").iterdir())
    said = json.loads(opening.read_text("utf-8"))
    said["payload"]["answer"] = "oppose"
    opening.write_text(json.dumps(said), "utf-8")
    resum(full)
    assert summed(full) == 0
    found = verified(full, ramp.vkey)
    assert found.returncode == 1
    assert "does not fit its entry" in found.stdout


def test_another_plan_is_found_by_the_trail(ramp: Case, full: Path) -> None:
    plan = full / "01-plans" / "v1" / "plan.json"
    plan.write_text(plan.read_text("utf-8").replace("1200000", "1200001"), "utf-8")
    resum(full)
    assert "is not a version that the log names" in verified(full, ramp.vkey).stdout


def test_the_list_of_records_is_checked_line_by_line(ramp: Case, full: Path) -> None:
    path = full / "07-consents/000001/list.csv"
    lines = path.read_bytes().splitlines(keepends=True)
    assert len(lines) == 15
    assert lines[0].decode("utf-8-sig").startswith("编号 No.,存证序号 Log index,存证承诺 Commitment")
    assert "14 lines of the lists" in verified(full, ramp.vkey).stdout
    other = lines[5].replace(lines[5].split(b",")[2], lines[6].split(b",")[2])
    for forged, said in (
        ([*lines[:5], *lines[6:]], "lacks the line of entry"),
        ([*lines, lines[5]], "denies the log"),
        ([*lines[:5], other, *lines[6:]], "denies the log"),
        ([*lines[:5], b"99" + lines[5], *lines[6:]], "denies the log"),
    ):
        path.write_bytes(b"".join(forged))
        resum(full)
        found = verified(full, ramp.vkey)
        assert (found.returncode, said in found.stdout) == (1, True), found.stdout


def test_every_heading_has_its_english(full: Path) -> None:
    for path in full.rglob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for head in next(csv.reader(file)):
                assert head == "SHA-256" or all(head.split(" ", 1)), (path.name, head)
                assert head.isascii() or " " in head, (path.name, head)


def test_the_strokes_are_the_text_that_was_hashed(ramp: Case, full: Path) -> None:
    lines = (full / "07-consents/000001/signatures/strokes.jsonl").read_text("utf-8").splitlines()
    found = {each["record"]: each["strokes"] for each in map(json.loads, lines)}
    records = db.session.scalars(select(ConsentCollection)).one().records
    assert found == {record.number: record.strokes for record in records if record.strokes}
    assert found


def test_long_tables_of_the_summary_name_the_file_that_has_them(
    ramp: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    planted.plant(ramp.proposal_id)
    monkeypatch.setattr(papers, "PRINTED", 0)
    ramp.ask()
    ramp.work()
    folder = ramp.unpack(Edition.FULL, tmp_path / "full")
    text = bare("".join(page.extract_text() for page in PdfReader(folder / "案卷.pdf").pages))
    assert "共1条，逐条见05-concerns/concerns.csv" in text
    assert "共1条，逐条见04-objections/objections.csv" in text
    certificate = bare("".join(page.extract_text() for page in PdfReader(folder / CERTIFICATE).pages))
    listed = (folder / "07-consents/000001/list.csv").read_bytes()
    assert hashlib.sha256(listed).hexdigest() in certificate
    assert verified(folder, ramp.vkey).returncode == 0


def test_progress_is_told_while_it_is_read_and_while_it_is_written(ramp: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    told: dict[int, list[tuple[int, int]]] = {}
    monkeypatch.setattr(work, "TELLS_EVERY", 0)
    before = jobs.report

    def report(job: int, lease: str, done: int, total: int) -> None:
        told.setdefault(job, []).append((done, total))
        before(job, lease, done, total)

    monkeypatch.setattr(jobs, "report", report)
    ramp.ask()
    ramp.work()
    assert len(told) == len(Edition), "a job for each"
    for said in told.values():
        done, totals = zip(*said, strict=True)
        assert len(set(totals)) == 1
        assert list(done) == sorted(done)
        assert done[0] < totals[0] == done[-1]


def test_a_file_that_was_added_or_taken_is_found(ramp: Case, full: Path) -> None:
    (full / "07-consents" / "more.txt").write_text("x", "utf-8")
    assert "was added later" in verified(full, ramp.vkey).stdout
    (full / "07-consents" / "more.txt").unlink()
    (full / "01-plans" / "v1" / "plan.txt").unlink()
    assert "is missing" in verified(full, ramp.vkey).stdout


def test_everything_of_the_case_is_in_it(full: Path) -> None:
    here = "07-consents/000001"
    records = rows(full, f"{here}/records.csv")
    assert len(records) == 14
    assert [row["表态"] for row in records].count("弃权") == 1
    assert all((full / row["签名或原件"]).is_file() for row in records)
    assert len(rows(full, f"{here}/roll.csv")) == 13
    assert rows(full, f"{here}/mandates.csv")[0]["代理人"] == planted.AGENT
    assert rows(full, f"{here}/delivery.csv")[0]["单号"] == "XA12345678"
    assert rows(full, f"{here}/guardians.csv")[0]["监护人"] == planted.GUARDIAN
    assert rows(full, f"{here}/events.csv")[0]["说明"] == planted.WORDS[5]
    assert rows(full, "04-objections/objections.csv")[0]["姓名"] == planted.OBJECTOR
    assert rows(full, "05-concerns/answers.csv")[0]["量到的"] == "冬至日照 118 分钟"
    for row in rows(full, "attachments.csv"):
        assert hashlib.sha256((full / row["文件"]).read_bytes()).hexdigest() == row["SHA-256"]
    assert {"consent_mandate", "consent_slip", "visit_photo", "concern_photo", "objection_paper", "plan_drawing"} <= {
        row["种类"] for row in rows(full, "attachments.csv")
    }
    terms = json.loads((full / here / "terms.json").read_text("utf-8"))
    rule = (full / here / "rule.json").read_bytes()
    assert hashlib.sha256(rule).hexdigest() == terms["rule_hash"]
    assert terms["count"]["yes"]["heads"] == 13


def test_nothing_in_a_table_is_taken_for_a_formula(full: Path) -> None:
    assert rows(full, "07-consents/000001/questions.csv")[0]["问的"] == f"'{planted.WORDS[3]}"
    assert cell("=A1") == "'=A1"


def test_the_public_edition_names_nobody(ramp: Case, tmp_path: Path) -> None:
    """No name, telephone number or door anywhere, in no file and in no PDF's text; no picture at all."""
    planted.plant(ramp.proposal_id)
    ramp.ask(Edition.PUBLIC)
    ramp.work()
    folder = ramp.unpack(Edition.PUBLIC, tmp_path / "public")
    hidden = planted.hidden()
    assert len(hidden) > 40
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} <= {".txt", ".json", ".csv", ".pdf", ".py", ".tlog-proof", ""}
    for path in files:
        text = path.name + "\n"
        if path.suffix == ".pdf":
            reader = PdfReader(path)
            text += "\n".join(page.extract_text() for page in reader.pages) + str(reader.metadata)
            assert not any(page.images for page in reader.pages), path
        else:
            text += path.read_text("utf-8")
        text = bare(text)
        found = {each for each in hidden if bare(each) in text}
        # The building has the name that its street gives it; a door is more than that.
        assert not found, f"{path.relative_to(folder)}: {found}"
    assert verified(folder, ramp.vkey).returncode == 0
    assert not (folder / "log" / "openings").exists()
    assert not any(path.name in {"records.csv", "roll.csv"} for path in files)


def test_nothing_of_the_full_edition_is_in_the_trail_or_the_jobs(ramp: Case, full: Path) -> None:
    hidden = planted.hidden() | {"报区里备案"}
    with (full / "log" / "entries.csv").open(encoding="utf-8-sig") as file:
        entries = file.read()
    payloads = "".join(job.payload + job.key for job in db.session.scalars(select(Job)))
    assert not {each for each in hidden if each in entries + payloads}


def test_the_same_case_gives_the_same_bytes(ramp: Case) -> None:
    ramp.ask(Edition.PUBLIC)
    ramp.work()
    with ramp.zip(Edition.PUBLIC) as packed:
        names = packed.namelist()
        first = {name: packed.read(name) for name in names}
        assert {info.date_time for info in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert names[:-1] == sorted(names[:-1])
    assert names[-1] == "SHA256SUMS"
    ramp.ask(Edition.PUBLIC)
    ramp.work()
    with ramp.zip(Edition.PUBLIC) as packed:
        second = {name: packed.read(name) for name in packed.namelist()}
    changed = {name for name in first.keys() | second.keys() if first.get(name) != second.get(name)}
    # The trail has grown by what was told of the first copy: the head is a later one.
    assert not {name for name in changed if not name.startswith(("log/", "SHA", "README", "案卷"))} - {
        "07-consents/000001/certificate.pdf"
    }


def test_what_was_erased_is_not_in_it_and_is_said(ramp: Case, tmp_path: Path) -> None:
    with schema.door_open():
        record = db.session.scalars(select(ConsentCollection)).one().records[2]
        assert record.signature is not None
        number, sha256 = record.signature.id, record.signature.sha256
        for column in record.erasable:
            setattr(record, column, "")
        db.session.add(EvidenceErasure(evidence_id=number, erased_at=record.received_at))
    remove(sha256)
    ramp.ask()
    ramp.work()
    folder = ramp.unpack(Edition.FULL, tmp_path / "full")
    assert rows(folder, "07-consents/000001/records.csv")[2]["签名或原件"] == "已删除"
    gone = [row for row in rows(folder, "attachments.csv") if row["备注"] == "已删除"]
    assert [row["SHA-256"] for row in gone] == [sha256]
    assert "有 1 个附件保存期限已到" in (folder / "README.txt").read_text("utf-8")
    assert verified(folder, ramp.vkey).returncode == 0


def test_an_official_result_stands_in_certificate_and_summary(ramp: Case, tmp_path: Path) -> None:
    collection = db.session.scalars(select(ConsentCollection)).one()
    result = rules.OfficialResult(
        way=rules.OfficialWay.SYSTEM,
        office="黄浦区房屋管理局",
        reference="黄房投〔2026〕7号",
        day=collection.finished_at.date() if collection.finished_at else None,  # type: ignore[arg-type]
        passed=False,
        figures=rules.Figures(9, 13),
    )
    clerk = schema.viewer(ramp.cast.ref("clerk"))
    perform(consents.record_official, clerk, collection, result, scene.picture("white"), seen=0)
    ramp.ask()
    ramp.work()
    for edition in Edition:
        folder = ramp.unpack(edition, tmp_path / edition)
        for name in ("案卷.pdf", "07-consents/000001/certificate.pdf"):
            text = "".join(page.extract_text() for page in PdfReader(folder / name).pages)
            text = bare(text)
            assert "黄房投〔2026〕7号" in text
            assert "以官方结果为准" in text
            assert "电子签名法" in text
        assert rows(folder, "07-consents/000001/official.csv")[0]["结果"] == "未达通过线"
        pictures = [*folder.rglob("official-01.*")]
        assert len(pictures) == (edition is Edition.FULL)


def test_the_summary_has_contents_and_page_numbers(full: Path) -> None:
    reader = PdfReader(full / "案卷.pdf")
    text = "".join(page.extract_text() for page in reader.pages)
    for heading in ("目录", "全案总证书", "征询", "压缩包里有什么", "存证和查证"):
        assert heading in text
    assert f"第 {len(reader.pages)} 页，共 {len(reader.pages)} 页" in text
    assert reader.outline
    assert b"pdfaid" in (full / "案卷.pdf").read_bytes()


def test_the_statements_grow_in_batches_and_not_with_households(ramp: Case) -> None:
    ramp.publish()

    def said() -> int:
        with statements(ramp.app) as found:
            proposal = ramp.proposal
            head, extent = making._covered(proposal)
            made = contents.gather(proposal, extent, head, ramp.vkey, full=True, today=extent.at.date())
            with closing(made.folder):
                for _name, pieces in made.folder:
                    for _piece in pieces:
                        pass
            db.session.rollback()
        return len(found)

    with schema.door_open():
        # Twice as many of whom half are silent would not have passed.
        collection = db.session.scalars(select(ConsentCollection)).one()
        collection.state, collection.result = rules.CollectionState.FAILED, rules.Reason.AGREEMENT_SHORT
    before = said()
    with schema.door_open():
        _double(db.session.scalars(select(ConsentCollection)).one())
    assert said() <= before


def test_while_it_is_written_nothing_is_asked_but_proofs_and_openings(ramp: Case) -> None:
    """The rows were read before: each batch of entries takes three statements, of strokes one, and one more says so."""
    ramp.publish()
    proposal = ramp.proposal
    head, extent = making._covered(proposal)
    made = contents.gather(proposal, extent, head, ramp.vkey, full=True, today=extent.at.date())
    db.session.rollback()
    with closing(made.folder), statements(ramp.app) as found:
        making.write(io.BytesIO(), made, lambda _done, _total: None)
    assert len(found) <= 5, found


def _double(collection: ConsentCollection) -> None:
    """As many households again on the roll."""
    for unit in list(collection.units):
        other = Unit(
            stairwell_id=unit.unit.stairwell_id,
            floor=unit.floor,
            name=f"{unit.unit.name}二",
            position=unit.position + 100,
            use=unit.unit.use,
            area_centi=unit.area_centi,
        )
        holder = Holder(
            neighbourhood_id=collection.neighbourhood_id, name=f"新{unit.id}", phone=f"1370000{unit.id:04d}"
        )
        db.session.add_all([other, holder])
        db.session.flush()
        line = ConsentUnit(
            collection_id=collection.id,
            unit_id=other.id,
            position=unit.position + 100,
            building=unit.building,
            floor=unit.floor,
            door=f"{unit.door}二",
            capacity=unit.capacity,
            form=unit.form,
            area_centi=unit.area_centi,
        )
        line.holders = [ConsentHolder(holder_id=holder.id, weight=1)]
        db.session.add(line)


def test_a_copy_that_was_not_entered_leaves_no_file(ramp: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object) -> bytes:
        raise RuntimeError("no more memory")

    monkeypatch.setattr(sheets, "case_file", broken)
    ramp.ask()
    ramp.work()
    db.session.rollback()
    jobs = {job.state for job in db.session.scalars(select(Job))}
    assert jobs == {State.WAITING}
    assert list(shelf.folder().iterdir()) == []
    assert queries.here(ramp.proposal_id, Edition.FULL) is None


def test_leftovers_of_a_worker_that_died_are_tidied(ramp: Case) -> None:
    ramp.ask()
    ramp.work()
    lying = shelf.path(ramp.made().sha256)
    draft, orphan = shelf.folder() / ".draft-dead", shelf.path("f" * 64)
    for path in (draft, orphan):
        path.write_bytes(b"half")
    making.keep_tidy()
    assert draft.exists(), "its worker may still be alive"
    for path in (draft, orphan, lying):
        os.utime(path, (0, 0))
    making.keep_tidy()
    assert (draft.exists(), orphan.exists(), lying.exists()) == (False, False, True)


def test_an_entry_that_no_signed_head_covers_makes_it_wait(ramp: Case) -> None:
    ramp.publish()
    collection = db.session.scalars(select(ConsentCollection)).one()
    clerk = schema.viewer(ramp.cast.ref("clerk"))
    perform(consents.look_at, clerk, collection, None, "核对")
    with pytest.raises(NotYet):
        making._covered(ramp.proposal)


def test_a_csv_opens_as_utf_8_in_a_spreadsheet(full: Path) -> None:
    data = (full / "07-consents/000001/roll.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    assert len(list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))) == 14


def test_the_search_for_names_finds_them_where_they_are(full: Path) -> None:
    """In the full edition: so the public one is searched by something that can find."""
    tables = "".join(path.read_text("utf-8-sig") for path in full.rglob("*.csv"))
    sheet = PdfReader(full / "07-consents/000001/certificate.pdf")
    printed = bare("".join(page.extract_text() for page in sheet.pages))
    hidden = {bare(each) for each in planted.hidden()}
    assert len({each for each in hidden if each in bare(tables)}) > 30
    assert len({each for each in hidden if each in printed}) > 20


# ---- under the office's seal


@pytest.fixture
def seal_of_office(app: Flask) -> Path:
    """The installation has one."""
    settings = app.extensions["settings"]
    path = seal.make_trial(settings, "天津路居民委员会", clock.by_server())
    app.extensions["settings"] = dataclasses.replace(settings, seal_file=str(path))
    return path


def signed(file: Path) -> str:
    """What poppler says of the signature on a PDF."""
    return subprocess.run(["pdfsig", "-nocert", str(file)], capture_output=True, text=True, check=False).stdout


def test_certificate_and_summary_carry_the_seal(ramp: Case, seal_of_office: Path, tmp_path: Path) -> None:
    ramp.ask()
    ramp.work()
    assert ramp.made().sealed
    folder = ramp.unpack(Edition.FULL, tmp_path / "full")
    for name in ("案卷.pdf", "07-consents/000001/certificate.pdf"):
        assert "Signature is Valid." in signed(folder / name)
    assert verified(folder, ramp.vkey).returncode == 0


def test_a_seal_that_has_expired_fails_in_a_sentence(ramp: Case, seal_of_office: Path) -> None:
    clock.shift(clock._Shift.by + timedelta(days=1000))
    ramp.ask()
    ramp.work()
    db.session.rollback()
    full = db.session.scalars(select(Job).where(Job.key == f"casefile/{ramp.proposal_id}/full")).one()
    assert (full.state, full.failure) == (State.FAILED, "casefile_seal")
    assert queries.here(ramp.proposal_id, Edition.FULL) is None
