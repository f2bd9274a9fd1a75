"""Plans 方案: every version as it was fixed, the money, the permits, and how the case came about."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from hearing.casefile.contents.folder import Folder, square, yuan
from hearing.consents.queries import people_named
from hearing.costs.models import CostSheet
from hearing.costs.rules import WHY_LABELS
from hearing.db import db
from hearing.people.rules import ROLE_LABELS, Role
from hearing.places.models import Building, Holder, Stairwell, Unit
from hearing.proposals.models import PermitAnswer, PlanVersion, Proposal, RequiredPermit
from hearing.web.filters import door

Doors = Mapping[int, tuple[str, str, int]]
"""By unit: its door in words, its floor, its area in 1/100 m²."""


def versions(proposal_id: int) -> list[PlanVersion]:
    """Every version with what it requires, in order."""
    query = (
        select(PlanVersion)
        .where(PlanVersion.proposal_id == proposal_id)
        .options(
            selectinload(PlanVersion.drawings),
            selectinload(PlanVersion.required),
            selectinload(PlanVersion.decisions),
            selectinload(PlanVersion.answers),
            selectinload(PlanVersion.permits).options(
                selectinload(RequiredPermit.answers).selectinload(PermitAnswer.hands)
            ),
        )
        .order_by(PlanVersion.number)
    )
    return list(db.session.scalars(query))


def doors(units: set[int]) -> Doors:
    """The doors of these units."""
    query = (
        select(Unit.id, Unit.name, Unit.floor, Unit.area_centi, Building.name)
        .join(Unit.stairwell)
        .join(Stairwell.building)
    )
    found: dict[int, tuple[str, str, int]] = {}
    wanted = sorted(units)
    for start in range(0, len(wanted), 5000):
        rows = db.session.execute(query.where(Unit.id.in_(wanted[start : start + 5000])))
        found |= {number: (door(house, name), floor, area) for number, name, floor, area, house in rows}
    return found


def add(folder: Folder, proposal: Proposal, found: list[PlanVersion]) -> None:
    """Each version's text, canonical JSON, hash and drawings."""
    for version in found:
        where = f"01-plans/v{version.number}"
        plan = version.plan
        lines = [plan.title, "", plan.description, "", f"地点：{plan.place}", f"方案编号 SHA-256：{version.plan_hash}"]
        lines += ["", "预算", *(f"  {line.label}　{yuan(line.fen)} 元" for line in plan.budget)]
        if version.reason:
            lines += ["", f"为什么改：{version.reason}"]
        drawn = [
            folder.attach(drawing.evidence_id, f"{where}/drawing-{drawing.position:02d}")
            for drawing in version.drawings
        ]
        lines += ["", "图纸和照片", *(f"  {each}" for each in drawn)] if drawn else []
        folder.text(f"{where}/plan.txt", "\n".join(lines) + "\n")
        # What each household pays stands in it by the register's number: the full edition alone.
        if folder.full or not plan.household_shares:
            folder.text(f"{where}/plan.json", version.content)
    if folder.full:
        _beginnings(folder, proposal)
    _costs(folder, proposal, {each.plan.cost_plan: each.number for each in found if each.plan.cost_plan})


def _beginnings(folder: Folder, proposal: Proposal) -> None:
    for written in proposal.applications:
        where = f"00-application/{written.number:02d}"
        parts = {
            "问题": written.problem,
            "地点": written.place,
            "希望": written.wish,
            "以后谁管": written.upkeep,
            "信": written.letter,
        }
        lines = [f"提案人：{proposal.proposer_name}", *(f"{name}：{text}" for name, text in parts.items() if text)]
        folder.text(f"{where}.txt", "\n".join(lines) + "\n")
        folder.attach(written.letter_photo_id, f"{where}-letter")
        for place, photo in enumerate(written.photos, 1):
            folder.attach(photo.evidence_id, f"{where}-photo-{place:02d}")
    folder.table(
        "00-application/opinions.csv",
        ("席位", "问的是", "意见", "内容", "步骤", "提出"),
        (
            (each.seat_label, each.question, each.recommendation_label, each.text, each.steps, each.given_at)
            for each in proposal.opinions
        ),
    )


def _costs(folder: Folder, proposal: Proposal, numbers: Mapping[str, int]) -> None:
    query = select(CostSheet).where(CostSheet.proposal_id == proposal.id).order_by(CostSheet.id)
    sheets = [sheet for sheet in db.session.scalars(query) if sheet.digest in numbers]
    known = doors({int(share.unit) for sheet in sheets for share in sheet.plan.shares}) if folder.full else {}
    for sheet in sheets:
        where, plan = f"02-costs/v{numbers[sheet.digest]}", sheet.plan
        sums = {"total": plan.total_fen, "subsidy": plan.subsidy_fen, "residents": plan.residents_fen}
        folder.table(
            f"{where}-floors.csv",
            ("楼层", "每户最少（元）", "每户最多（元）"),
            ((tariff.floor, yuan(tariff.lowest), yuan(tariff.highest)) for tariff in plan.tariffs),
        )
        if not folder.full:
            folder.json(f"{where}-sums.json", {name: yuan(fen) for name, fen in sums.items()})
            continue
        folder.text(f"{where}.json", sheet.content)
        folder.table(
            f"{where}.csv",
            ("门牌", "楼层", "面积（㎡）", "权重", "应付（元）", "为什么不付"),
            (
                (
                    known[int(share.unit)][0],
                    share.floor,
                    square(known[int(share.unit)][2]),
                    share.weight,
                    yuan(share.fen),
                    WHY_LABELS[share.why] if share.why else "",
                )
                for share in plan.shares
            ),
        )


def permits(folder: Folder, found: list[PlanVersion]) -> list[tuple[str, str, str, str]]:
    """The permits and the manager's answers with their papers; (version, whose, state, since) for the sheet."""
    lines: list[tuple[str, str, str, str]] = []
    known = doors({permit.unit_id for version in found for permit in version.permits if permit.unit_id})
    answers = [answer for version in found for permit in version.permits for answer in permit.answers]
    names = people_named({answer.given_by for answer in answers} | {a.given_by for v in found for a in v.answers})
    query = select(Holder.id, Holder.name).where(Holder.id.in_({answer.holder_id for answer in answers}))
    holders = {row.id: row.name for row in db.session.execute(query)} if folder.full and answers else {}
    rows: list[tuple[str | int | bool | None, ...]] = []
    for version in found:
        for permit in version.permits:
            whose = permit.label
            if folder.full and permit.unit_id is not None:
                whose = f"{permit.label}：{known[permit.unit_id][0]}"
            lines.append((f"第 {version.number} 版", whose, permit.state_label, f"{permit.since:%Y-%m-%d}"))
            for answer in permit.answers if folder.full else ():
                paper = folder.attach(answer.paper_id, f"06-permits/answer-{answer.id:06d}")
                said = "同意" if answer.agrees else "不同意"
                who = holders.get(answer.holder_id, "")
                rows.append(
                    (version.number, whose, who, said, answer.note, paper, answer.counts, names.get(answer.given_by))
                )
        for given in version.answers:
            said = "同意" if given.agrees else "不同意"
            lines.append((f"第 {version.number} 版", given.seat_label, said, f"{given.given_at:%Y-%m-%d}"))
            if folder.full:
                paper = folder.attach(given.paper_id, f"06-permits/manager-{given.id:06d}")
                who = ROLE_LABELS[Role(given.role)]
                rows.append((version.number, who, "", said, given.note, paper, True, names.get(given.given_by)))
    folder.table("06-permits/permits.csv", ("方案", "谁的许可", "现在", "从哪天"), lines)
    folder.table(
        "06-permits/answers.csv", ("方案", "谁的许可", "产权人", "答复", "说明", "原件", "算数", "登记人"), rows
    )
    return lines


def required(folder: Folder, found: list[PlanVersion]) -> None:
    """Which consents each version requires."""
    folder.json(
        "01-plans/required.json",
        [
            {
                "version": version.number,
                "plan_hash": version.plan_hash,
                "consent": each.label,
                "rule": each.preset,
                "scope": each.scope_kind,
                "state": each.state,
            }
            for version in found
            for each in version.required
        ],
    )
