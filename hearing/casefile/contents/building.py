"""After the consent 办理: the stages of a lift with papers and numbers, photos, and who sits in the building group."""

from __future__ import annotations

from datetime import date

from hearing.casefile.contents.folder import Folder
from hearing.consents.queries import people_named
from hearing.proposals.models import Proposal
from hearing.web.filters import door
from hearing.works import queries as works
from hearing.works.models import GroupSeat

Lines = list[tuple[str, ...]]


def stages(folder: Folder, proposal: Proposal, today: date) -> Lines:
    """Every event of a lift with its papers; (stage, from, until, days) for the sheet. Nothing for what is no lift."""
    if not works.is_lift(proposal):
        return []
    found = works.history(proposal)
    names = people_named({row.entered_by for row in found.rows}) if folder.full else {}
    rows = []
    for row, entry in zip(found.rows, found.entries, strict=True):
        papers = [
            folder.attach(file.evidence_id, f"08-works/{row.number:03d}-{file.purpose}-{place:02d}")
            for place, file in enumerate(row.files, 1)
        ]
        told = (row.number, row.happened_on, entry.label, row.reference, row.issuer, entry.corrects, row.withdrawn)
        inside = (row.note, names.get(row.entered_by), "；".join(papers)) if folder.full else ()
        rows.append(told + inside)
    heads = ("序号", "日期", "什么", "文号", "哪里发的", "更正第几条", "撤销")
    folder.table("08-works/events.csv", heads + (("说明", "登记人", "附件") if folder.full else ()), rows)
    return [
        (span.label, span.began.isoformat(), span.ended.isoformat() if span.ended else "", f"{span.days(today)} 天")
        for span in found.course.spans
    ]


def references(proposal: Proposal) -> Lines:
    """The papers from outside with their numbers, as they stand."""
    if not works.is_lift(proposal):
        return []
    entries = works.history(proposal).course.entries
    return [(e.label, e.reference, e.issuer, e.day.isoformat()) for e in entries if e.paper is not None]


def group(folder: Folder, proposal: Proposal) -> Lines:
    """The building group; (office, since, until, who) for the sheet, in the public edition without the person."""
    if not works.is_lift(proposal):
        return []
    found = sorted(works.seats(proposal.id), key=lambda seat: seat.id)
    rows: list[tuple[str | date | None, ...]] = []
    lines: Lines = []
    for seat in found:
        until = seat.until.isoformat() if seat.until is not None else ""
        lines.append((seat.label, seat.since.isoformat(), until, seat.holder.name if folder.full else ""))
        if folder.full:
            rows.append(_seat(folder, seat))
    heads = ("职务", "姓名", "门牌", "从哪天", "到哪天", "为什么卸任", "说明", "推选记录", "卸任凭证")
    folder.table("08-works/group.csv", heads, rows)
    return [line if folder.full else line[:3] for line in lines]


def _seat(folder: Folder, seat: GroupSeat) -> tuple[str | date | None, ...]:
    where = door(seat.unit.stairwell.building.name, seat.unit.name)
    chosen = folder.attach(seat.paper_id, f"08-works/group-{seat.id:06d}-chosen")
    left = folder.attach(seat.ended_paper_id, f"08-works/group-{seat.id:06d}-left")
    told = (seat.label, seat.holder.name, where, seat.since, seat.until)
    return (*told, seat.ending_label, seat.ended_note, chosen, left)
