"""The ramp, last step: the result hangs for a week, is approved, and anybody can check every step of it."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from sqlalchemy import text

from hearing.audit.publisher import Publisher, WillNotSign
from hearing.db import db, reading
from tests.audit.test_publisher import tamper
from tests.journeys.neighbour import Street
from tests.journeys.ramp import HOMES, PLAN, TITLE
from tests.journeys.ramp_consent import HELPED, objects, settles
from tests.printing import reading as paper


def the_result_hangs_for_a_week(street: Street) -> None:
    """Seven full days on the board; an objection is settled before anything is approved."""
    clerk = street.of("clerk").open(f"/desk/proposals/{street.case}").tap("开始公示").see("7")
    clerk.tap("贴出公示").see("回执")
    visitor = street.phone("visitor").open(f"/cases/{street.case}").see("公示中")
    visitor.open("/notices").tap("公示")
    objects(street, HELPED, visitor.path, "施工时请保留一侧通行。")
    street.of("clerk").open(f"/desk/proposals/{street.case}").tap("公示期满，通过方案").see("公示还没有结束")
    settles(street, "方案里写明了：施工期间保留一侧通行。")
    street.later(days=8)
    street.of("clerk").open(f"/desk/proposals/{street.case}").tap("公示期满，通过方案").see("回执")
    street.phone("visitor").open(f"/cases/{street.case}").see("已通过").check().screenshot("case-approved")
    street.phone("visitor").open("/").see("已有结果")


def the_certificate_is_read(street: Street) -> None:
    """What everybody may download says all, and names nobody; the committee's copy needs a reason that is kept."""
    visitor = street.phone("visitor").open(f"/consents/{street.collection}")
    words = paper.text_of(visitor.fetch("下载证书（PDF）"))
    assert TITLE in words
    assert "13" in words
    assert not [home.name for home in HOMES if home.name in words]
    assert PLAN["方案说明"][:12] in words
    clerk = street.of("clerk").open(f"/desk/consents/{street.collection}").tap("证书（完整件）")
    clerk.fill("为什么要看？", "归档")
    whole = paper.text_of(clerk.paper("记下理由，打开完整证书"))
    assert all(home.where.replace(" ", "") in whole for home in HOMES)
    assert not [home for home in HOMES if home.where.replace(" ", "") in words]


def receipts_are_verified(street: Street, folder: Path) -> None:
    """A household takes the proof of its own act home, and checks it with one file that needs nothing of ours."""
    key = street.live.app.extensions["publisher"].vkey
    phone = street.of(1).open("/me").tap("我的签名记录").tap("看回执", within="同意")
    program, proof = folder / "verify.py", folder / "receipt.tlog-proof"
    proof.write_bytes(phone.fetch("下载凭证"))
    phone.tap("看看怎么查证").see("改动会被发现")
    program.write_bytes(phone.fetch("下载查证程序"))
    checked = run([sys.executable, str(program), "proof", str(proof), "--key", str(key)])
    assert checked.returncode == 0, checked.stdout
    log = run([sys.executable, str(program), "audit", f"{street.live.url}/log", "--key", str(key)])
    assert log.returncode == 0, log.stdout


def a_changed_trail_is_found_out(street: Street, folder: Path) -> None:
    """`hearing verify` passes on the log as it is, and names the bad entry after one byte was changed."""
    published, key = street.live.settings.log_dir, str(street.live.app.extensions["publisher"].vkey)
    assert verify(published, key).returncode == 0
    size = (published / "checkpoint").read_text("utf-8").splitlines()[1]
    bundle = Path("tile/entries/000.p") / size
    for path in (Path("checkpoint"), Path("tile/0/000.p") / size, bundle):
        copy = Path(tempfile.mkdtemp(dir=folder)) / "log"
        shutil.copytree(published, copy)
        data = bytearray((copy / path).read_bytes())
        middle = len(data) // 2
        data[middle] ^= 1
        (copy / path).write_bytes(data)
        found = verify(copy, key)
        assert found.returncode == 1, (path, found.stdout)
        if path == bundle:
            assert f"entry {entry_at(bytes(data), middle)} is bad" in found.stdout, found.stdout


def entry_at(bundle: bytes, place: int) -> int:
    """Which entry of a bundle the byte at `place` belongs to; each is led by its length in two bytes."""
    number = end = 0
    while (end := end + 2 + int.from_bytes(bundle[end : end + 2], "big")) <= place:
        number += 1
    return number


def a_deleted_row_stops_the_publisher(street: Street) -> None:
    """Whoever takes a row out of the database gets no new signature under what is left."""
    clerk = street.of("clerk").open(f"/desk/consents/{street.collection}/records").fill("为什么要看？", "复核")
    clerk.paper("记下理由，打开完整证书")
    with street.live.app.app_context():
        with db.engine.begin() as connection:
            for table in ("log_payload", "sent_form"):
                connection.execute(text(f"DELETE FROM {table} WHERE idx = (SELECT max(idx) FROM log_entry)"))
        tamper("DELETE FROM log_entry WHERE idx = (SELECT max(idx) FROM log_entry)")
        with pytest.raises(WillNotSign), reading():
            Publisher.of(street.live.settings).publish(db.session)
        db.session.rollback()


def verify(log: Path, key: str) -> subprocess.CompletedProcess[str]:
    """The product's own command."""
    return run([sys.executable, "-m", "hearing", "verify", str(log), "--key", key])


def run(command: list[str], folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run a program, in a folder if one is named, and keep what it says."""
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)


STEPS = (the_result_hangs_for_a_week, the_certificate_is_read)
