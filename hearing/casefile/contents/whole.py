"""The whole case 全案: gathers every part in one reading, and puts the summary sheet together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import or_, select

from hearing.audit import verify
from hearing.audit.bundle import Extent
from hearing.audit.note import SignedCheckpoint
from hearing.casefile.contents import building, collections, neighbours, plans, readme, trail
from hearing.casefile.contents.folder import Folder, Kept
from hearing.consents import papers, rules
from hearing.consents.models import ConsentCollection, ConsentHolder, ConsentUnit, Guardianship
from hearing.costs.models import CostSheet
from hearing.costs.rules import CostPlan
from hearing.db import db
from hearing.files.models import Evidence, EvidenceErasure
from hearing.notices.paper import frame
from hearing.people.outbox import address
from hearing.printing import sheets, words
from hearing.proposals.models import PlanVersion, Proposal

LISTED = {
    "permits": ("书面许可", ("方案", "谁的许可", "现在", "从哪天"), "这个方案不需要另外的书面许可。", "06-permits/"),
    "money": ("费用", ("方案", "总价", "补贴和其他资金", "各户合计"), "这个方案不向各户收钱。", "02-costs/"),
    "concerns": ("顾虑和答复", ("序号", "顾虑", "现在", "答复"), "没有人提出顾虑。", "05-concerns/concerns.csv"),
    "notices": ("公告", ("种类", "标题", "贴出", "现在"), "没有贴过公告。", "03-notices/"),
    "stages": ("办理阶段", ("阶段", "从哪天", "到哪天", "天数"), "", "08-works/events.csv"),
    "references": ("文号", ("材料", "文号", "哪里发的", "日期"), "", "08-works/events.csv"),
    "group": ("自治管理小组", ("职务", "从哪天", "到哪天", "姓名"), "", "08-works/group.csv"),
}
"""Tables of the sheet: heading, columns, what stands there when there is nothing, and where in the zip all of it is."""
ERASED_NOTE = "有 %d 个附件保存期限已到或按本人要求，已经删除，不在案卷里；附件目录里留有它们的指纹。"


@dataclass(frozen=True)
class Gathered:
    """A case file before it is written."""

    folder: Folder
    sheet: sheets.CaseFile
    at: datetime
    """The moment of the newest entry in it: what the papers are dated."""
    entries: int


def gather(
    proposal: Proposal,
    extent: Extent,
    head: SignedCheckpoint,
    vkey: str,
    *,
    full: bool,
    today: date,
    tell: Callable[[int], None] = lambda _rows: None,
) -> Gathered:
    """Everything of a case as it stands, in a number of statements that grows with batches and not with households.

    `tell` hears how many rows have been read. Whoever gets the folder closes it.
    """
    folder = _folder(proposal, full=full, tell=tell)
    try:
        return _gathered(folder, proposal, extent, head, vkey, today)
    except BaseException:
        folder.close()
        raise


def _gathered(
    folder: Folder, proposal: Proposal, extent: Extent, head: SignedCheckpoint, vkey: str, today: date
) -> Gathered:
    versions = plans.versions(proposal.id)
    plans.add(folder, proposal, versions)
    plans.required(folder, versions)
    found = [collections.add(folder, each) for each in collections.of_case(proposal.id)]
    lines: dict[str, Sequence[Sequence[str]]] = {
        "permits": plans.permits(folder, versions),
        "money": _money(proposal, versions),
        "concerns": neighbours.concerns(folder, proposal),
        "notices": neighbours.notices(folder, proposal),
        "stages": building.stages(folder, proposal, today),
        "references": building.references(proposal),
        "group": building.group(folder, proposal),
    }
    neighbours.objections(folder, proposal)
    trail.add(folder, proposal.matter, head, vkey)
    program = verify_program()
    folder.lazily("verify.py", lambda: program)
    folder.list_attachments()
    counted = _counted(folder)
    sheet = _sheet(proposal, versions, found, lines, extent.last, counted, folder)
    text = readme.readme(
        title=proposal.title,
        full=folder.full,
        office=proposal.neighbourhood.committee,
        size=head.checkpoint.size,
        vkey=vkey,
        log=address("/log"),
        legal_note=rules.LEGAL_NOTE,
        left_out=folder.left_out,
        folders=counted,
    )
    folder.text("README.txt", text)
    return Gathered(folder, sheet, extent.at, extent.entries)


def verify_program() -> bytes:
    """The verifier, one file that needs nothing of ours."""
    with open(verify.__file__, "rb") as file:  # noqa: PTH123 - a module's own place is text
        return file.read()


def _folder(proposal: Proposal, *, full: bool, tell: Callable[[int], None]) -> Folder:
    """The folder with every attachment of the case by its number, and what of them was erased."""
    held = (
        select(Guardianship.evidence_id)
        .join(ConsentHolder, ConsentHolder.holder_id == Guardianship.holder_id)
        .join(ConsentHolder.unit)
        .join(ConsentUnit.collection)
        .where(ConsentCollection.proposal_id == proposal.id)
    )
    ours = or_(Evidence.matter == proposal.matter, Evidence.id.in_(held))
    columns = (Evidence.kind, Evidence.sha256, Evidence.media_type, Evidence.size, Evidence.uploaded_at)
    rows = db.session.execute(select(Evidence.id, *columns).where(ours), execution_options={"yield_per": 1000})
    # A few kinds and types stand in very many rows.
    known: dict[str, str] = {}
    evidence = {
        number: Kept(known.setdefault(kind, kind), sha256, known.setdefault(form, form), size, at)
        for number, kind, sha256, form, size, at in rows
    }
    erasures = select(EvidenceErasure.evidence_id).join(Evidence, Evidence.id == EvidenceErasure.evidence_id)
    erased = frozenset(db.session.scalars(erasures.where(ours)))
    return Folder(evidence, erased, full=full, tell=tell)


def _counted(folder: Folder) -> list[tuple[str, int]]:
    """How many files each folder will have, README, the sheet and the sums among them."""
    return [(name, count + (3 if not name else 0)) for name, count in folder.counted()]


def _money(proposal: Proposal, versions: Sequence[PlanVersion]) -> list[tuple[str, str, str, str]]:
    query = select(CostSheet).where(CostSheet.proposal_id == proposal.id)
    known: Mapping[str, CostPlan] = {sheet.digest: sheet.plan for sheet in db.session.scalars(query)}
    lines = []
    for version in versions:
        plan = known.get(version.plan.cost_plan)
        if plan is not None:
            others = plan.total_fen - plan.residents_fen
            sums = (plan.total_fen, others, plan.residents_fen)
            lines.append((f"第 {version.number} 版", *(words.yuan(fen) for fen in sums)))
    return lines  # type: ignore[return-value]


def _sheet(
    proposal: Proposal,
    versions: Sequence[PlanVersion],
    found: Sequence[sheets.Collected],
    lines: Mapping[str, Sequence[Sequence[str]]],
    last: int,
    counted: Sequence[tuple[str, int]],
    folder: Folder,
) -> sheets.CaseFile:
    version = proposal.signed_plan
    signed = f"第 {version.number} 版：{version.plan.title}" if version is not None else "还没有定稿"
    return sheets.CaseFile(
        frame=_frame(proposal),
        serial=f"{proposal.neighbourhood.slug.upper()}-{proposal.id:04d}-{'F' if folder.full else 'P'}",
        title=proposal.title,
        summary=proposal.summary,
        state=proposal.state_label,
        facts=[
            sheets.Fact(label="居民区", text=proposal.neighbourhood.name),
            sheets.Fact(label="受理", text=words.day(proposal.accepted_at) if proposal.accepted_at else "还没有受理"),
            sheets.Fact(label="现在这一步", text=f"{proposal.state_label}（从 {words.day(proposal.since)} 起）"),
            sheets.Fact(label="方案", text=signed),
            sheets.Fact(label="征询", text=f"{len(found)} 次"),
        ],
        versions=[_version(version) for version in versions],
        collections=found,
        listings=[each for name, rows in lines.items() for each in _listing(name, rows)],
        folders=[(f"{name}/" if name else "（最上层）", readme.PURPOSES[name], count) for name, count in counted],
        proof=papers.proof(last, "python3 verify.py case . --key '{vkey}'"),
        legal_note=rules.LEGAL_NOTE,
        masked=not folder.full,
        left_out=ERASED_NOTE % folder.left_out if folder.left_out else "",
    )


def _listing(name: str, rows: Sequence[Sequence[str]]) -> list[sheets.Listing]:
    """A table of the sheet, none where nothing need be said; of a long one it says where in the zip it is."""
    title, heads, empty, place = LISTED[name]
    if len(rows) > papers.PRINTED:
        return [sheets.Listing(title=title, heads=heads, rows=[], empty=f"共 {len(rows):,} 条，逐条见 {place}。")]
    if rows:
        return [sheets.Listing(title=title, heads=heads[: len(rows[0])], rows=rows)]
    return [sheets.Listing(title=title, heads=heads, rows=[], empty=empty)] if empty else []


def _version(version: PlanVersion) -> sheets.Version:
    return sheets.Version(
        number=version.number,
        title=version.plan.title,
        fixed_at=version.fixed_at,
        plan_hash=version.plan_hash,
        reason=version.reason,
        text=version.plan.description,
        budget_fen=version.budget_fen,
    )


def _frame(proposal: Proposal) -> sheets.Frame:
    plain = frame(proposal.neighbourhood, address("/verify"))
    found = papers.office_seal()
    return replace(plain, sealed_by=found.owner) if found is not None else plain
