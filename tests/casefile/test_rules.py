"""Who may ask for a case file, and take one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hearing.casefile import rules
from hearing.casefile.rules import Edition, Refusal
from hearing.people.rules import Role
from hearing.refusal import Refused

NOW = datetime(2026, 11, 26, 2, tzinfo=UTC)


@pytest.mark.parametrize("role", [Role.COMMITTEE_CLERK, Role.COMMITTEE_DIRECTOR, Role.SCRUTINEER])
def test_committee_and_scrutineer_may_have_both(role: Role) -> None:
    for edition in Edition:
        rules.may_ask(edition, {role}, "备案", has_plan=True)


def test_the_auditor_reads_names_masked_and_so_the_public_edition() -> None:
    rules.may_ask(Edition.PUBLIC, {Role.AUDITOR}, "审计", has_plan=True)
    with pytest.raises(Refused) as refused:
        rules.may_ask(Edition.FULL, {Role.AUDITOR}, "审计", has_plan=True)
    assert refused.value.refusal is Refusal.CASEFILE_NOT_YOURS


@pytest.mark.parametrize("role", [Role.RESIDENT, Role.BLOCK_OFFICER, Role.COUNCIL_MEMBER, Role.PROPERTY_MANAGER])
def test_nobody_else_may_ask(role: Role) -> None:
    with pytest.raises(Refused) as refused:
        rules.may_ask(Edition.PUBLIC, {role}, "看看", has_plan=True)
    assert refused.value.refusal is Refusal.CASEFILE_NOT_YOURS


@pytest.mark.parametrize(
    ("purpose", "has_plan", "refusal"),
    [
        ("", True, Refusal.CASEFILE_PURPOSE_MISSING),
        (" \n", True, Refusal.CASEFILE_PURPOSE_MISSING),
        ("备案", False, Refusal.CASEFILE_NOTHING_YET),
    ],
)
def test_a_purpose_and_a_plan_are_needed(purpose: str, has_plan: bool, refusal: Refusal) -> None:
    with pytest.raises(Refused) as refused:
        rules.may_ask(Edition.FULL, {Role.COMMITTEE_CLERK}, purpose, has_plan=has_plan)
    assert refused.value.refusal is refusal


@pytest.mark.parametrize(
    ("role", "gone", "asked", "refusal"),
    [
        (Role.AUDITOR, False, NOW, Refusal.CASEFILE_NOT_YOURS),
        (Role.COMMITTEE_CLERK, True, NOW, Refusal.CASEFILE_GONE),
        (Role.COMMITTEE_CLERK, False, None, Refusal.CASEFILE_NOT_ASKED),
        (Role.COMMITTEE_CLERK, False, NOW - rules.FULL_KEPT, Refusal.CASEFILE_NOT_ASKED),
    ],
)
def test_a_full_copy_is_for_who_said_what_for(role: Role, gone: bool, asked: datetime | None, refusal: Refusal) -> None:
    with pytest.raises(Refused) as refused:
        rules.may_fetch({role}, gone=gone, asked_at=asked, now=NOW)
    assert refused.value.refusal is refusal


def test_who_asked_may_take_it_until_it_goes() -> None:
    last = NOW - rules.FULL_KEPT + timedelta(seconds=1)
    rules.may_fetch({Role.SCRUTINEER}, gone=False, asked_at=last, now=NOW)
    assert rules.expires_at(NOW) == NOW + timedelta(days=14)
