"""The whole case 全案: gathers every part in one reading, and puts the summary sheet together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import or_, select

from hearing.audit import verify
from hearing.audit.note import SignedCheckpoint
from hearing.audit.queries import Told
from hearing.casefile.contents import building, collections, neighbours, plans, readme, trail
from hearing.casefile.contents.folder import Folder
from hearing.consents import papers, rules
from hearing.consents.models import ConsentCollection, ConsentHolder, ConsentUnit, Guardianship, OfficialResult
from hearing.consents.overview import rule_words
from hearing.consents.papers import certificate_objections, certificate_tally, outcome_words
from hearing.costs.models import CostSheet
from hearing.costs.rules import CostPlan
from hearing.db import db
from hearing.files.models import Evidence, EvidenceErasure
from hearing.notices.paper import frame
from hearing.people.outbox import address
from hearing.printing import sheets, words
from hearing.proposals.models import PlanVersion, Proposal

LISTED = {
    "permits": ("书面许可", ("方案", "谁的许可", "现在", "从哪天"), "这个方案不需要另外的书面许可。"),
    "money": ("费用", ("方案", "总价", "补贴和其他资金", "各户合计"), "这个方案不向各户收钱。"),
    "concerns": ("顾虑和答复", ("序号", "顾虑", "现在", "答复"), "没有人提出顾虑。"),
    "notices": ("公告", ("种类", "标题", "贴出", "现在"), "没有贴过公告。"),
    "stages": ("办理阶段", ("阶段", "从哪天", "到哪天", "天数"), ""),
    "references": ("文号", ("材料", "文号", "哪里发的", "日期"), ""),
    "group": ("自治管理小组", ("职务", "从哪天", "到哪天", "姓名"), ""),
}
"""Tables of the sheet: heading, columns, and what stands there when there is nothing."""
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
    proposal: Proposal, told: Sequence[Told], head: SignedCheckpoint, vkey: str, *, full: bool, today: date
) -> Gathered:
    """Everything of a case as it stands, in a number of statements that grows with batches and not with households."""
    folder = _folder(proposal, full=full)
    versions = plans.versions(proposal.id)
    plans.add(folder, proposal, versions)
    plans.required(folder, versions)
    found = collections.of_case(proposal.id)
    results = {each.id: collections.add(folder, each, _places(each, told)) for each in found}
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
    trail.add(folder, told, head, vkey)
    program = verify_program()
    folder.lazily("verify.py", lambda: program)
    folder.list_attachments()
    counted = _counted(folder)
    sheet = _sheet(proposal, versions, found, results, lines, told[-1].index, counted, folder)
    text = readme.readme(
        title=proposal.title,
        full=full,
        office=proposal.neighbourhood.committee,
        size=head.checkpoint.size,
        vkey=vkey,
        log=address("/log"),
        legal_note=rules.LEGAL_NOTE,
        left_out=folder.left_out,
        folders=counted,
    )
    folder.text("README.txt", text)
    return Gathered(folder, sheet, told[-1].at, len(told))


def verify_program() -> bytes:
    """The verifier, one file that needs nothing of ours."""
    with open(verify.__file__, "rb") as file:  # noqa: PTH123 - a module's own place is text
        return file.read()


def _folder(proposal: Proposal, *, full: bool) -> Folder:
    """The folder with every attachment of the case by its number, and what of them was erased."""
    held = (
        select(Guardianship.evidence_id)
        .join(ConsentHolder, ConsentHolder.holder_id == Guardianship.holder_id)
        .join(ConsentHolder.unit)
        .join(ConsentUnit.collection)
        .where(ConsentCollection.proposal_id == proposal.id)
    )
    query = select(Evidence).where(or_(Evidence.matter == proposal.matter, Evidence.id.in_(held)))
    evidence = {each.id: each for each in db.session.scalars(query)}
    erasures = select(EvidenceErasure.evidence_id).join(Evidence, Evidence.id == EvidenceErasure.evidence_id)
    erased = frozenset(
        db.session.scalars(erasures.where(or_(Evidence.matter == proposal.matter, Evidence.id.in_(held))))
    )
    return Folder(evidence, erased, full=full)


def _places(collection: ConsentCollection, told: Sequence[Told]) -> dict[int, int]:
    """The entry of each record by the record's number."""
    kinds = {"consent.answered", "consent.withdrawn"}
    mine = (each for each in told if each.subject == collection.subject and each.kind in kinds)
    return {int(each.pub["record"]): each.index for each in mine}


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
    found: Sequence[ConsentCollection],
    results: Mapping[int, Sequence[OfficialResult]],
    lines: Mapping[str, Sequence[Sequence[str]]],
    last: int,
    counted: Sequence[tuple[str, int]],
    folder: Folder,
) -> sheets.CaseFile:
    proof = papers.proof(last, "python3 verify.py case . --key '{vkey}'")
    listings = []
    for name, (title, heads, empty) in LISTED.items():
        if rows := lines[name]:
            listings.append(sheets.Listing(title=title, heads=heads[: len(rows[0])], rows=rows))
        elif empty:
            listings.append(sheets.Listing(title=title, heads=heads, rows=[], empty=empty))
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
        collections=[_collected(each, results[each.id], masked=not folder.full) for each in found],
        listings=listings,
        folders=[(f"{name}/" if name else "（最上层）", readme.PURPOSES[name], count) for name, count in counted],
        proof=proof,
        legal_note=rules.LEGAL_NOTE,
        masked=not folder.full,
        left_out=ERASED_NOTE % folder.left_out if folder.left_out else "",
    )


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


def _collected(collection: ConsentCollection, results: Sequence[OfficialResult], *, masked: bool) -> sheets.Collected:
    roll, state = collection.roll(), collection.stands
    counts = state in (*collections.FINAL, rules.CollectionState.PROVISIONAL)
    count = collection.tally() if counts else None
    title = collection.required.label + (f"（第 {collection.round_no} 次）" if collection.round_no > 1 else "")
    window = "还没有开始"
    if collection.opened_at is not None and collection.closes_at is not None:
        window = f"{words.moment(collection.opened_at)} 至 {words.moment(collection.last_close)}"
    area = words.area(sum(unit.area_centi for unit in collection.units))
    return sheets.Collected(
        title=title,
        folder=f"{collections.where(collection)}/",
        plan_version=collection.version.number,
        outcome=outcome_words(collection) if state in collections.FINAL else collection.state_label,
        is_final=state in collections.FINAL,
        rule=f"{rule_words(collection.rule, len(roll.heads))}。依据：{collection.rule.source}。",
        window=window,
        roll=f"{len(collection.units):,} 户，{len(roll.heads):,} 人，{area}",
        roll_hash=collection.roll_hash or "",
        tally=certificate_tally(count) if count is not None else [],
        methods=_methods(collection) if counts else "征询结束以后才写",
        objections=certificate_objections(collection, masked=masked),
        official=papers.official_beside(collection, results, count),
    )


def _methods(collection: ConsentCollection) -> str:
    """How the answers that count came, as the certificate tells it too."""
    ways: dict[str, int] = {}
    for record in collection.records:
        label = rules.METHOD_LABELS[rules.Method(record.method)]
        ways[label] = ways.get(label, 0) + 1
    return "，".join(f"{way} {n} 份" for way, n in sorted(ways.items(), key=lambda pair: (-pair[1], pair[0]))) or "没有"


def _frame(proposal: Proposal) -> sheets.Frame:
    plain = frame(proposal.neighbourhood, address("/verify"))
    found = papers.office_seal()
    return replace(plain, sealed_by=found.owner) if found is not None else plain
