"""Official results 官方结果: staff put in what another office's system or wet ink decided; a later one corrects it."""

from __future__ import annotations

from hearing.clock import now
from hearing.consents import facts, hooks, official, rules
from hearing.consents.actions.locking import hold, staff
from hearing.consents.models import ConsentCollection, OfficialResult
from hearing.consents.official import DOCUMENT
from hearing.db import db
from hearing.files import actions as files
from hearing.files.models import Evidence
from hearing.notices.rules import beijing_day
from hearing.people.rules import COMMITTEE
from hearing.people.viewer import Viewer
from hearing.refusal import Refused
from hearing.web.pictures import Safe


def record_official(
    by: Viewer,
    collection: ConsentCollection,
    result: rules.OfficialResult,
    document: Safe | None,
    *,
    seen: int,
    reason: str = "",
) -> facts.OfficialRecorded | facts.OfficialCorrected:
    """An official result came, or corrects the one that stands; `seen` is the number of that one, 0 for none.

    Raises OFFICIAL_MEANWHILE when another came while this one was typed, NOT_YOUR_SEAT of people, or what
    `rules.may_record_official` refuses with.
    """
    collection = hold(collection)
    about = staff(by, collection, COMMITTEE)
    before = official.standing(collection)
    number = before.number if before is not None else 0
    if number != seen:
        raise Refused(rules.Refusal.OFFICIAL_MEANWHILE)
    rules.may_record_official(
        collection.stands,
        result,
        before.as_rule() if before is not None else None,
        new_document=document is not None,
        reason=reason,
        today=beijing_day(now()),
    )
    evidence = _kept(by, collection, document) if document is not None else None
    if evidence is None:
        assert before is not None
        evidence = before.document
    figures = result.figures
    db.session.add(
        OfficialResult(
            collection_id=collection.id,
            number=number + 1,
            way=result.way,
            office=result.office,
            reference=result.reference,
            happened_on=result.day,
            passed=result.passed,
            yes_heads=figures.yes_heads,
            all_heads=figures.all_heads,
            yes_area_centi=figures.yes_area_centi,
            all_area_centi=figures.all_area_centi,
            document_id=evidence.id,
            reason=reason if before is not None else "",
            role=about["actor"].role,
            entered_by=by.id,
            entered_at=now(),
        )
    )
    if collection.finished_at is not None:
        for follow in hooks.result_final:
            follow(collection)
    state = rules.CollectionState.PASSED if result.passed else rules.CollectionState.FAILED
    told = {
        **about,
        "office": result.office,
        "reference": result.reference,
        "day": result.day.isoformat(),
        "way": result.way,
        "passed": result.passed,
        "outcome_label": rules.COLLECTION_LABELS[state],
        "yes_heads": figures.yes_heads,
        "all_heads": figures.all_heads,
        "yes_area": figures.yes_area_centi,
        "all_area": figures.all_area_centi,
        "document_hash": evidence.sha256,
    }
    if before is None:
        return facts.OfficialRecorded(**told)
    return facts.OfficialCorrected(**told, reason=reason)


def _kept(by: Viewer, collection: ConsentCollection, document: Safe) -> Evidence:
    matter, place = collection.proposal.matter, collection.neighbourhood_id
    return files.store(by, document.data, document.media_type, DOCUMENT, matter, place)
