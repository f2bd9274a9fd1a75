"""Reads of official results: everybody reads what there is and whether it differs from ours; the paper is staff's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from hearing.consents import queries, rules
from hearing.consents.models import ConsentCollection, OfficialResult
from hearing.db import db
from hearing.files import queries as files
from hearing.files.models import Evidence
from hearing.people.viewer import Anyone

DOCUMENT = "official_result"
"""The kind of evidence: what the other office issued may name households, so it is for those who work on it."""


@dataclass(frozen=True)
class Beside:
    """The official result that stands, beside our own."""

    result: OfficialResult
    earlier: Sequence[OfficialResult]
    differs: tuple[rules.Difference, ...]

    @property
    def words(self) -> list[str]:
        """In what it differs, in the interface's source language."""
        return [rules.DIFFERENCE_LABELS[each] for each in self.differs]


def all_of(collection: ConsentCollection) -> Sequence[OfficialResult]:
    """Every official result of a collection, in the order in which they were recorded."""
    query = (
        select(OfficialResult)
        .where(OfficialResult.collection_id == collection.id)
        .options(joinedload(OfficialResult.document))
        .order_by(OfficialResult.number)
    )
    return db.session.scalars(query).all()


def standing(collection: ConsentCollection) -> OfficialResult | None:
    """The official result that stands."""
    found = all_of(collection)
    return found[-1] if found else None


def beside(collection: ConsentCollection, count: rules.Tally | None) -> Beside | None:
    """The official result and in what it differs; `count` is ours, None where there is none. None without a result."""
    if collection.stands not in rules.RECORDED_IN:
        return None
    found = all_of(collection)
    return compare(collection, found, count) if found else None


def compare(collection: ConsentCollection, found: Sequence[OfficialResult], count: rules.Tally | None) -> Beside:
    """The last of these results beside our count."""
    ours = (
        rules.Figures(count.yes.heads, count.all.heads, count.yes.area_centi, count.all.area_centi)
        if count is not None and collection.stands is not rules.CollectionState.VOID
        else rules.Figures()
    )
    final = {rules.CollectionState.PASSED: True, rules.CollectionState.FAILED: False}.get(collection.stands)
    differs = rules.differing(
        found[-1].as_rule(), ours, passed=final, counts_area=collection.rule.counts_area if count is not None else False
    )
    return Beside(found[-1], found[:-1], differs)


def _of_document(viewer: Anyone, evidence: Evidence) -> bool:
    return viewer.holds(*queries.WATCHERS, neighbourhood_id=evidence.neighbourhood_id)


files.may_see[DOCUMENT] = _of_document
