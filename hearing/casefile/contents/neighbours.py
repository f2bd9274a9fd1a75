"""What neighbours were told and said 公告、异议、顾虑: notices as posted, objections and concerns with answers."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from hearing.casefile.contents.folder import Folder, yuan
from hearing.concerns.models import Concern, ConcernAnswer, ConcernTelling
from hearing.consents.queries import people_named
from hearing.db import db
from hearing.notices.models import Notice, Objection, PublicityPeriod
from hearing.places.models import Stairwell, Unit
from hearing.proposals.models import Proposal
from hearing.web.filters import door

Lines = list[tuple[str, ...]]


def notices(folder: Folder, proposal: Proposal) -> Lines:
    """Each notice as it was posted, with photos of where it hung; (kind, title, posted, state) for the sheet."""
    query = (
        select(Notice)
        .where(Notice.matter == proposal.matter)
        .options(joinedload(Notice.withdrawal), selectinload(Notice.papers))
        .order_by(Notice.id)
    )
    lines: Lines = []
    hung = []
    for place, notice in enumerate(db.session.scalars(query).unique(), 1):
        where = f"03-notices/{place:03d}"
        body = [notice.title, "", notice.body, "", *(f"{label}：{value}" for label, value in notice.lines)]
        folder.text(f"{where}.txt", "\n".join([*body, "", f"SHA-256（原文 JSON）：{notice.digest}"]) + "\n")
        folder.text(f"{where}.json", notice.content)
        for paper in notice.papers:
            photo = folder.attach(paper.photo_id, f"{where}-posted-{paper.id:06d}")
            hung.append((place, paper.place, paper.posted_at, photo))
        state = "已撤下" if notice.withdrawal is not None else "在挂"
        lines.append((notice.label, notice.title, f"{notice.posted_at:%Y-%m-%d}", state))
    folder.table("03-notices/posted.csv", ("公告", "贴在哪里", "时间", "照片"), hung)
    return lines


def objections(folder: Folder, proposal: Proposal) -> None:
    """Every publicity period, and what neighbours objected; by name in the full edition alone."""
    query = (
        select(PublicityPeriod)
        .where(PublicityPeriod.matter == proposal.matter)
        .options(selectinload(PublicityPeriod.objections).selectinload(Objection.decisions))
        .order_by(PublicityPeriod.id)
    )
    periods = list(db.session.scalars(query))
    folder.table(
        "04-objections/periods.csv",
        ("公示的是", "天数", "贴出", "到期", "状态", "停止的理由"),
        ((each.subject, each.days, each.posted_at, each.ends_at, each.state, each.stopped_because) for each in periods),
    )
    found = [(period, objection) for period in periods for objection in period.objections]
    if not folder.full:
        folder.table(
            "04-objections/objections.csv",
            ("公示的是", "序号", "日期", "处理"),
            ((p.subject, o.number, o.raised_at.date(), o.state_label) for p, o in found),
        )
        return
    rows = []
    for period, objection in found:
        paper = folder.attach(objection.paper_id, f"04-objections/{objection.id:06d}")
        said = "；".join(f"{each.label}：{each.reason}" for each in objection.decisions)
        who = (objection.name, objection.door, objection.capacity_label)
        rows.append(
            (
                period.subject,
                objection.number,
                *who,
                objection.raised_at,
                objection.text,
                objection.state_label,
                said,
                paper,
            )
        )
    heads = ("公示的是", "序号", "姓名", "门牌", "身份", "提出", "内容", "现在", "处理和答复", "原件")
    folder.table("04-objections/objections.csv", heads, rows)


def concerns(folder: Folder, proposal: Proposal) -> Lines:
    """Each concern with its measured answers; (number, kind, state, answered) for the sheet."""
    query = select(Concern).where(Concern.proposal_id == proposal.id).order_by(Concern.number)
    options = [
        selectinload(Concern.words),
        selectinload(Concern.answers).selectinload(ConcernAnswer.files),
    ]
    if folder.full:
        options += [joinedload(Concern.unit).joinedload(Unit.stairwell).joinedload(Stairwell.building)]
    found = list(db.session.scalars(query.options(*options)))
    lines: Lines = [(str(each.number), each.label, each.state_label, f"{len(each.answers)} 次") for each in found]
    if not folder.full:
        folder.table("05-concerns/concerns.csv", ("序号", "顾虑", "现在", "答复"), lines)
        return lines
    told = _tellings(proposal) if found else {}
    names = people_named({each.raised_by for each in found} | {a.answered_by for each in found for a in each.answers})
    rows, answers = [], []
    for each in found:
        photo = folder.attach(each.photo_id, f"05-concerns/{each.number:03d}")
        where = door(each.unit.stairwell.building.name, each.unit.name)
        words = "；".join(
            ("解决了" if said.settled else "还没解决") + f" {said.text}" + _how(folder, told.get((each.id, said.id)))
            for said in each.words
        )
        telling = told.get((each.id, None))
        rows.append(
            (
                each.number,
                each.label,
                where,
                telling.told_by if telling is not None else names.get(each.raised_by),
                _how(folder, telling),
                each.raised_at,
                each.text,
                each.state_label,
                words,
                photo,
            )
        )
        for place, answer in enumerate(each.answers, 1):
            papers = [
                folder.attach(file.evidence_id, f"05-concerns/{each.number:03d}-answer-{place:02d}-{number:02d}")
                for number, file in enumerate(answer.files, 1)
            ]
            measured = "；".join(measure.words for measure in answer.measures)
            who = (answer.seat_label, names.get(answer.answered_by))
            answers.append(
                (
                    each.number,
                    place,
                    *who,
                    answer.answered_at,
                    answer.text,
                    measured,
                    yuan(answer.compensation_fen),
                    "；".join(papers),
                )
            )
    folder.table(
        "05-concerns/concerns.csv",
        ("序号", "顾虑", "门牌", "谁提的", "代记", "提出", "内容", "现在", "本人说", "照片"),
        rows,
    )
    folder.table(
        "05-concerns/answers.csv",
        ("顾虑", "第几次", "席位", "谁答的", "答复", "内容", "量到的", "补偿（元）", "附件"),
        answers,
    )
    return lines


def _tellings(proposal: Proposal) -> dict[tuple[int, int | None], ConcernTelling]:
    """What staff wrote down for households, by the concern, and the word where it is of one."""
    query = (
        select(ConcernTelling)
        .join(Concern, Concern.id == ConcernTelling.concern_id)
        .where(Concern.proposal_id == proposal.id)
        .options(joinedload(ConcernTelling.clerk))
    )
    return {(each.concern_id, each.word_id): each for each in db.session.scalars(query)}


def _how(folder: Folder, told: ConcernTelling | None) -> str:
    """How the office was told, by whom it was written down, and what shows it; "" for what a household wrote itself."""
    if told is None:
        return ""
    paper = folder.attach(told.paper_id, f"05-concerns/told-{told.id:06d}")
    parts = (told.way_label, told.told_on.isoformat(), told.told_by, told.note, paper, f"{told.clerk.name}代记")
    return "（" + "，".join(part for part in parts if part) + "）"
