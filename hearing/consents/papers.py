"""Papers 纸: the slips and the certificate of a collection, from its rows to what `printing` lays out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

import structlog
from flask import Response, abort, current_app
from flask_babel import lazy_gettext as _l

from hearing.audit.queries import Told
from hearing.audit.routes import looked, publisher
from hearing.clock import by_server
from hearing.consents import listing, official, queries, rules
from hearing.consents.models import ConsentCollection, OfficialResult, PaperSlip
from hearing.costs import queries as costs
from hearing.costs import rules as cost_rules
from hearing.files import storage
from hearing.notices import queries as notices
from hearing.notices.models import Objection
from hearing.notices.paper import NOT_PUBLISHED, frame, pdf
from hearing.people.outbox import address
from hearing.people.rules import ROLE_LABELS, Role, mask_name, print_household_code
from hearing.printing import seal, sheets, words
from hearing.printing.press import MissingGlyph
from hearing.printing.seal import Seal, SealTrouble
from hearing.web.errors import Words, error_page

log = structlog.get_logger()

PRINTED = 200
"""So many records a certificate prints one by one: some twenty pages, which a person can go through and a printer has
in two seconds. Of more it names the list, by its SHA-256; the papers of a stairwell, a building or a lift are below."""


# ---- slips


def slips(collection: ConsentCollection, printed: Sequence[PaperSlip]) -> sheets.Slips:
    """The sheets of these slips, each with the household's own share where anybody pays."""
    assert collection.closes_at is not None
    version = collection.version
    pays = bool(version.plan.household_shares)
    money = costs.shown(version, [])
    return sheets.Slips(
        frame=frame(collection.neighbourhood, address(f"/consents/{collection.id}")),
        plan_title=collection.proposal.title,
        plan_version=version.number,
        plan_hash=version.plan_hash,
        answers=[rules.ANSWER_LABELS[answer] for answer in collection.answers_offered],
        close_at=collection.closes_at,
        conflict=rules.CONFLICT_LABELS[rules.ConflictRule(collection.conflict_rule)],
        slips=[
            sheets.Slip(
                door=slip.unit.door_words,
                name=mask_name(slip.unit.names()),
                code=print_household_code(slip.code),
                scan=rules.square_text(slip.code),
                share_fen=version.share_of(slip.unit.unit_id) if pays else None,
                share_note=_share_note(money, slip.unit.ref) if pays and money is not None else "",
            )
            for slip in printed
        ],
    )


def _share_note(money: costs.Shown, unit: str) -> str:
    """Why a household pays nothing, or what it would have paid by the version before."""
    own = cost_rules.own([unit], money.plan, money.before)
    if own is None:
        return ""
    if own.whys:
        return cost_rules.WHY_LABELS[own.whys[0]]
    if not own.difference:
        return ""
    more = "多" if own.difference > 0 else "少"
    before = words.yuan(own.fen - own.difference)
    return f"方案第 {money.before_number} 版为 {before}，{more} {words.yuan(abs(own.difference))}"


print_slips = sheets.slips


# ---- certificate


def certificate(
    collection: ConsentCollection, *, masked: bool, records: listing.RecordList | None = None
) -> sheets.Certificate:
    """The certificate of a final result; masked for the public, else with doors, names and signatures.

    `records` where they were read for their list already. Ends the request with a 503 page while the signed head of
    the trail does not cover the final entry yet.
    """
    final, head = queries.final_entry(collection), looked().head
    if final is None or head is None or final.index >= head.checkpoint.size:
        answer = error_page(503, NOT_PUBLISHED)
        answer.headers["Retry-After"] = "5"
        abort(answer)
    assert collection.opened_at is not None
    assert collection.closes_at is not None
    assert collection.finished_at is not None
    ballot = collection.shown
    version, count = collection.version, ballot.tally
    records = records or listing.RecordList(collection, ballot, masked=masked)
    few = len(records) <= PRINTED
    lines = {line.number: line for line in records} if few else {}
    results = official.all_of(collection)
    return sheets.Certificate(
        frame=sealed_frame(collection),
        serial=f"{collection.neighbourhood.slug.upper()}-{collection.finished_at:%Y}-{collection.id:04d}",
        proposal=collection.proposal.title,
        plan_title=version.plan.title,
        plan_version=version.number,
        plan_text=version.plan.description,
        plan_hash=version.plan_hash,
        budget_fen=version.budget_fen,
        rule=f"{collection.rule.words % {'n': count.all.heads}}。依据：{collection.rule.source}。",
        opened_at=collection.opened_at,
        closed_at=collection.last_close,
        final_at=collection.finished_at,
        roll_units=len(ballot.roll.units),
        roll_heads=count.all.heads,
        roll_area_centi=count.all.area_centi,
        roll_hash=collection.roll_hash or "",
        frozen_at=collection.opened_at,
        tally=certificate_tally(count),
        passed=collection.stands is rules.CollectionState.PASSED,
        outcome=outcome_words(collection),
        lines=[_line(lines[number], masked=masked) for number in records.counting if few],
        earlier=[_earlier(line) for line in lines.values() if line.why_not],
        listed=None if few else _listed(collection, records),
        objections=certificate_objections(collection, masked=masked),
        manager=_manager(collection),
        proof=proof(final.index, f"python verify.py audit {address('/log')} --key '{{vkey}}'"),
        masked=masked,
        paper=rules.slip_words(paper) if (paper := collection.frozen_slips).issued else "",
        official=official_beside(collection, results, count),
        legal_note=rules.LEGAL_NOTE,
    )


def proof(index: int, command: str) -> sheets.Proof:
    """How a stranger checks a paper: the newest entry that it rests on, the signed head, what to type with the key.

    Only while there is a signed head that covers the entry.
    """
    head = looked().head
    assert head is not None
    vkey = str(publisher().vkey)
    return sheets.Proof(
        log_index=index,
        checkpoint=head.note.encode().decode(),
        vkey=vkey,
        command=command.format(vkey=vkey),
    )


def sealed_frame(collection: ConsentCollection) -> sheets.Frame:
    """Head and foot of a paper that carries the office's seal, where one was set up. Raises SealTrouble."""
    plain = frame(collection.neighbourhood, address("/verify"))
    found = office_seal()
    return replace(plain, sealed_by=found.owner) if found is not None else plain


def office_seal() -> Seal | None:
    """The office's seal, good today; None where none was set up. Raises SealTrouble."""
    found = seal.of(current_app.extensions["settings"])
    if found is not None:
        found.check(by_server())
    return found


def set_seal(pdf: bytes) -> bytes:
    """The PDF with the office's seal, where one was set up. Raises SealTrouble."""
    found = office_seal()
    return found.set_on(pdf, by_server()) if found is not None else pdf


def official_beside(
    collection: ConsentCollection, results: Sequence[OfficialResult], count: rules.Tally | None
) -> sheets.Official | None:
    """The official result that stands, as papers print it beside our count."""
    if not results:
        return None
    it = official.compare(collection, results, count)
    last = it.result
    numbers = []
    if last.all_heads is not None:
        numbers.append(f"同意 {last.yes_heads} 户，一共 {last.all_heads} 户")
    if last.yes_area_centi is not None and last.all_area_centi is not None:
        numbers.append(f"同意 {words.area(last.yes_area_centi)}，一共 {words.area(last.all_area_centi)}")
    return sheets.Official(
        way=last.way_label,
        office=last.office,
        reference=last.reference,
        day=last.happened_on,
        outcome=last.outcome_label,
        numbers="；".join(numbers),
        document_hash=last.document.sha256,
        differs=it.words,
        corrected=len(it.earlier),
    )


def print_certificate(sheet: sheets.Certificate, at: datetime) -> bytes:
    """The certificate as PDF, under the office's seal where there is one. Raises SealTrouble, or what sheets raises."""
    return set_seal(sheets.certificate(sheet, at))


def _line(line: listing.Line, *, masked: bool) -> sheets.CertificateLine:
    return sheets.CertificateLine(
        door=line.door,
        name=line.name,
        capacity=line.capacity,
        answer=line.answer,
        method=rules.METHOD_LABELS[line.method],
        signed_at=line.signed_on if line.on_paper else line.received_at,
        received_at=line.received_at,
        evidence_hash=line.evidence_hash,
        log_index=line.index,
        units=line.units,
        assisted_by=line.helpers,
        signature=None if masked else _drawn(line),
        erased=line.erased,
    )


def _drawn(line: listing.Line) -> bytes | None:
    if not line.picture:
        return None
    try:
        return storage.read(line.picture)
    except storage.Altered:
        log.error("evidence altered", evidence=line.evidence_id, sha256=line.picture)
        return None


def _earlier(line: listing.Line) -> sheets.EarlierRecord:
    return sheets.EarlierRecord(
        door=line.door,
        name=line.name,
        answer=line.answer,
        reason=line.why_not,
        received_at=line.received_at,
        evidence_hash=line.evidence_hash,
        log_index=line.index,
        erased=line.erased,
    )


def _listed(collection: ConsentCollection, records: listing.RecordList) -> sheets.RecordList:
    """What a certificate says of the records that it does not print."""
    return sheets.RecordList(
        name=listing.FILE,
        sha256=records.sha256(),
        records=len(records),
        counted=len(records.counting),
        answers=records.answers,
        methods=records.methods,
        erased=queries.erased_records(collection.id),
        sums=[
            sheets.PartLine(
                title=each.title,
                units=each.units,
                area_centi=each.area_centi,
                answered=each.answered,
                yes=each.yes,
                no=each.no,
                abstain=each.abstain,
            )
            for each in listing.sums(collection, collection.shown, masked=records.masked)
        ],
        # A path of the product's own: where this installation stands, its other papers say.
        address=address(f"/consents/{collection.id}/list.csv{'' if records.masked else '?doors=1'}"),
    )


def outcome_words(collection: ConsentCollection) -> str:
    """How a final collection ended, with the reason where it did not pass."""
    if collection.stands is rules.CollectionState.PASSED:
        return collection.state_label
    return f"{collection.state_label}：{rules.REASON_LABELS[rules.Reason(collection.result)]}"


def certificate_tally(count: rules.Tally) -> list[sheets.TallyLine]:
    """Each line of the rule with what was reached, as papers print it."""
    measures = [sheets.Measure.HEADS, *([sheets.Measure.AREA] if count.rule.counts_area else [])]
    lines = [("参与表决", count.turnout), ("同意", count.agreement)]
    return [
        sheets.TallyLine(
            title=title,
            measure=measure,
            have=result.got.heads if measure is sheets.Measure.HEADS else result.got.area_centi,
            whole=result.of.heads if measure is sheets.Measure.HEADS else result.of.area_centi,
            numerator=result.line.numerator,
            denominator=result.line.denominator,
            inclusive=not result.line.strict,
        )
        for title, result in lines
        if result is not None
        for measure in measures
    ]


def certificate_objections(collection: ConsentCollection, *, masked: bool) -> list[sheets.Objection]:
    """The objections to a collection's result, as papers print them."""
    period = notices.publicity_of(collection.subject)
    return [_objection(each, masked=masked) for each in period.objections] if period is not None else []


def _objection(objection: Objection, *, masked: bool) -> sheets.Objection:
    """As everybody may read it, its words stay with the committee."""
    return sheets.Objection(
        by=objection.masked,
        made_at=objection.raised_at,
        text="" if masked else objection.text,
        outcome=objection.state_label,
        reply=objection.answer.reason if objection.answer else "",
    )


def _manager(collection: ConsentCollection) -> sheets.ManagerConsent | None:
    last = queries.manager_answer(collection)
    told: Told | None = queries.manager_entry(collection, last) if last is not None else None
    if last is None or told is None:
        return None
    return sheets.ManagerConsent(
        manager=ROLE_LABELS[Role(last.role)],
        answer=rules.ANSWER_LABELS[rules.Answer.AGREE if last.agrees else rules.Answer.OPPOSE],
        received_at=last.given_at,
        evidence_hash=last.paper.sha256 if last.paper else "",
        log_index=told.index,
    )


# ---- the answer

NO_SEAL = Words(
    _l("现在盖不了电子印章"),
    _l("这份文件要盖电子印章才给出来，印章现在用不了：多半是证书过期了。请打电话给居委会，换好印章再下载。"),
)


def no_seal(trouble: SealTrouble) -> Response:
    """The page instead of a PDF that was promised a seal: without it, it is not handed out."""
    log.error("no_seal", why=str(trouble))
    return error_page(503, NO_SEAL)


def answer(press: Callable[[], bytes], name: str) -> Response:
    """The PDF, or a page that names the characters for which no font has a shape: a name is never printed as a box."""
    try:
        return pdf(press(), name)
    except MissingGlyph as missing:
        log.error("missing_glyph", code_points=[f"U+{ord(character):04X}" for character in missing.characters])
        return error_page(500, _no_glyph(missing.characters))


def _no_glyph(characters: str) -> Words:
    named = "、".join(f"「{character}」(U+{ord(character):04X})" for character in characters)
    return Words(
        _l("有的字印不出来"),
        _l(
            "字库里没有 %(named)s，姓名不能印成方块，所以没有印。"
            "请让管理员把有这个字的字体放进字体文件夹（HEARING_FONT_DIR），再印一次。",
            named=named,
        ),
    )
