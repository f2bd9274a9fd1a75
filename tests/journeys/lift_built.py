"""安和里12号, the end: a group of neighbours, four stages outside, photos of before and after, and a lift that runs."""

from __future__ import annotations

import io
import sys
import tempfile
import zipfile
from datetime import date
from pathlib import Path

from hearing import clock
from hearing.notices.rules import beijing_day
from tests.journeys.lift import ACCOUNTS, ASKER, COUPLE, FLATS, OBJECTOR, TITLE
from tests.journeys.neighbour import Street
from tests.journeys.ramp import picture
from tests.journeys.ramp_result import run

GROUP = (("组长", ASKER), ("财务", ACCOUNTS), ("监督", COUPLE), ("联络", ASKER))
PAPERS = {
    "审批": (("立项编号", "黄发改〔2026〕18号"),),
    "施工": (("建设工程规划许可证", "沪黄建（2026）FA31010120260018"), ("施工合同", "施工合同 2026-7")),
    "启用": (("电梯安装告知", "沪告2026-118"), ("监督检验报告", "沪检2026-118"), ("竣工验收", "竣验2026-3")),
}
"""What comes before each stage, by its label, with its number outside."""


def today(street: Street) -> str:
    """The day in Beijing, as people type it."""
    with street.live.app.app_context():
        found: date = beijing_day(clock.now())
    return found.isoformat()


def the_group_is_chosen(street: Street) -> None:
    """A leader, one who does nothing but the accounts, and another household that looks over her shoulder."""
    desk = street.of("clerk").open(f"/desk/proposals/{street.case}").tap("登记立项、审批、施工")
    for role, owner in GROUP:
        _appoint(street, role, owner)
        desk.see(FLATS[owner].names[0])
    _appoint(street, "联络", ACCOUNTS)
    desk.see("管账")
    desk.open(f"/desk/works/{street.case}")


def _appoint(street: Street, role: str, owner: str) -> None:
    clerk = street.of("clerk").open(f"/desk/works/{street.case}").tap("登记小组成员").choose(role)
    clerk.choose(FLATS[owner].names[0]).fill("哪天选定的？", today(street)).attach("推选记录", picture("推选"))
    clerk.tap("登记")


def it_is_built(street: Street) -> None:
    """立项, 审批, 施工, 启用: each with the papers that come before it, and with the days that it took."""
    for stage in ("立项", *PAPERS):
        street.later(days=20)
        for paper, number in PAPERS.get(stage, ()):
            clerk = street.of("clerk").open(f"/desk/works/{street.case}").tap("登记材料和文号").choose(paper)
            clerk.fill("文号", number).fill("原件上的日期", today(street)).attach("原件", picture(paper)).tap("登记")
        clerk = street.of("clerk").open(f"/desk/works/{street.case}").tap(f"进入“{stage}”")
        clerk.fill("从哪天开始？", today(street)).choose("居委会").attach("凭证", picture(stage))
        if stage == "启用":
            clerk.tap("登记").see("照片")
            clerk.attach("凭证", picture(stage)).attach("施工前的照片", picture("楼梯"))
            clerk.attach("完工后的照片", picture("电梯"))
        clerk.tap("登记").see("办理记录", f"居委工作人员 · {today(street)[:4]}年")
    visitor = street.phone("visitor").open(f"/cases/{street.case}").see("进入“启用”阶段").check()
    visitor.miss(*(FLATS[owner].names[0] for _, owner in GROUP))
    street.of(OBJECTOR).open(f"/cases/{street.case}/works").see("黄发改〔2026〕18号")


def the_subdistrict_sees_all_lifts(street: Street) -> None:
    """One more that runs, and how many days each stage took."""
    street.of("subdistrict_liaison").open("/desk/lifts").see(TITLE)
    street.phone("visitor").open("/lifts").see("南京东路街道", "在用", TITLE).check()


def the_case_is_one_file(street: Street) -> None:
    """Everything in one file, for those who say what for and without names for everybody; it checks itself."""
    page = street.phone("visitor").open(f"/cases/{street.case}").tap("案卷：全部材料和凭证").path
    clerk = street.of("clerk").open(page).tap("到工作台要案卷").choose("完整件").tap("做一份").see("没有填")
    clerk.choose("完整件").fill("用来做什么？", "归档").tap("做一份").see("马上开始")
    street.live.turn()
    clerk.open(clerk.path).see("完整件")
    whole = unpacked(clerk.download("下载（ZIP），会记在存证里"))
    street.live.turn()
    public = unpacked(street.phone("visitor").open(page).download("下载案卷（ZIP）"))
    key = str(street.live.app.extensions["publisher"].vkey)
    names = [name for flat in FLATS.values() for name in flat.names]
    for folder, named in ((whole, True), (public, False)):
        checked = run([sys.executable, "-I", "verify.py", "case", ".", "--key", key, "--no-state"], folder)
        assert checked.returncode == 0, checked.stdout
        words = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file()).decode(errors="ignore")
        assert {name in words for name in names} == {named}, folder


def unpacked(data: bytes) -> Path:
    """A zip in a folder of its own."""
    folder = Path(tempfile.mkdtemp())
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        packed.extractall(folder)
    return folder


STEPS = (the_group_is_chosen, it_is_built, the_subdistrict_sees_all_lifts, the_case_is_one_file)
