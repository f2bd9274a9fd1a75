"""Acts on proposals: the row, the fact, and what is refused, on both databases."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError

from hearing import clock
from hearing.audit import queries as audit
from hearing.audit.ledger import OutsideTheDoor, keep, perform
from hearing.db import db
from hearing.notices.rules import Refusal as NoticeRefusal
from hearing.people.models import Message
from hearing.people.rules import Refusal as PeopleRefusal
from hearing.people.rules import Role
from hearing.people.viewer import Viewer
from hearing.proposals import actions, hooks, queries
from hearing.proposals.actions import Answers, Letter
from hearing.proposals.models import (
    Application,
    Draft,
    DraftPhoto,
    PlanVersion,
    Proposal,
    SeatOpinion,
    SecondLook,
)
from hearing.proposals.rules import (
    Assistance,
    BudgetLine,
    ChangeClass,
    DraftPlan,
    Presence,
    Recommendation,
    Refusal,
    Rejection,
    RequiredState,
    ScopeKind,
    Share,
    State,
    TemplateName,
    plan_hash,
)
from hearing.refusal import Refused
from tests.cast import Cast
from tests.proposals import scene

Desk = Callable[[str], Viewer]


@pytest.fixture(autouse=True)
def _inside(at_desk: Desk) -> None:
    """Every test here runs inside an application context."""


@pytest.fixture
def person(at_desk: Desk, cast: Cast) -> Callable[[str | int], Viewer]:
    return lambda who: at_desk(cast.ref(who))


@pytest.fixture
def replaced() -> Iterator[list[tuple[int, int]]]:
    """What the packages above were told of changed plans."""
    told: list[tuple[int, int]] = []

    def hear(old: PlanVersion, new: PlanVersion) -> None:
        told.append((old.number, new.number))

    hooks.plan_replaced.append(hear)
    yield told
    hooks.plan_replaced.remove(hear)


Person = Callable[[str | int], Viewer]


def refused(refusal: object, action: Callable[..., Any], *args: object, **kwargs: object) -> Refused:
    with pytest.raises(Refused) as caught:
        perform(action, *args, **kwargs)
    assert caught.value.refusal is refusal
    return caught.value


def last_entry() -> audit.Told:
    size = db.session.scalar(text("SELECT size FROM log_head"))
    told = audit.entry(db.session, (size or 0) - 1)
    assert told is not None
    return told


# Applying.


def test_a_household_applies(cast: Cast) -> None:
    proposal = scene.submitted(cast)
    assert (proposal.stands, proposal.unit_id, proposal.masked) == (State.SUBMITTED, cast.units[0], "李**")
    (application,) = proposal.applications
    assert (application.problem, application.assisted_by) == (scene.ANSWERS.problem, None)
    told = last_entry()
    assert (told.kind, told.role, told.pub) == ("proposal.submitted", "resident", {"number": 1, "assisted": False})
    assert told.payload is not None
    assert told.payload["digest"] == application.digest


def test_the_trail_shows_neither_name_nor_words(cast: Cast) -> None:
    scene.deliberating(cast)
    for told in audit.story(db.session, "proposal/1"):
        body = (audit.entry_bytes(db.session, told.index) or b"").decode()
        assert not any(word in body for word in ("李伯年", "轮椅", "坡道", "前客堂"))


def test_the_digest_binds_every_word_and_photo(cast: Cast, person: Person) -> None:
    def digest(answers: Answers, colour: str | None) -> str:
        photos = [scene.picture(colour)] if colour else []
        subject = perform(
            actions.submit,
            person(1),
            answers,
            neighbourhood_id=cast.neighbourhood,
            unit_id=cast.units[0],
            photos=photos,
        ).fact.subject
        return scene.proposal_of(subject).applications[-1].digest

    plain = digest(scene.ANSWERS, None)
    assert digest(scene.ANSWERS, None) == plain
    assert len({plain, digest(replace(scene.ANSWERS, upkeep="我"), None), digest(scene.ANSWERS, "red")}) == 3


def test_an_answer_left_out_is_refused(cast: Cast, person: Person) -> None:
    empty = replace(scene.ANSWERS, upkeep=" \n")
    where = {"neighbourhood_id": cast.neighbourhood, "unit_id": cast.units[0]}
    refused(Refusal.APPLICATION_EMPTY, actions.submit, person(1), empty, **where)
    assert db.session.scalar(select(func.count()).select_from(Proposal)) == 0


def test_nobody_applies_for_another_household(cast: Cast, person: Person) -> None:
    where = {"neighbourhood_id": cast.neighbourhood, "unit_id": cast.units[1]}
    refused(Refusal.NOT_THE_PROPOSER, actions.submit, person(1), scene.ANSWERS, **where)


def test_a_block_officer_writes_for_a_household_and_it_shows(cast: Cast, person: Person) -> None:
    done = perform(
        actions.submit,
        person("block_officer"),
        scene.ANSWERS,
        neighbourhood_id=cast.neighbourhood,
        unit_id=cast.units[0],
        letter=Letter("申请书：请把台阶改成坡道。", scene.picture("white")),
        assistance=Assistance("走访时提出，本人不会用手机", Presence.VISIT),
        proposer_name="李伯年",
    )
    proposal = scene.proposal_of(done.fact.subject)
    (application,) = proposal.applications
    assert (proposal.proposer_id, proposal.masked) == (None, "李**")
    assert (application.assisted_by, application.presence) == (person("block_officer").id, "visit")
    assert application.letter_photo is not None
    assert (last_entry().role, last_entry().pub["assisted"]) == ("block_officer", True)
    assert queries.is_proposer(person(1), proposal), "the household finds it and may withdraw it"
    assert not queries.is_proposer(person("block_officer"), proposal)


@pytest.mark.parametrize(
    ("who", "why", "refusal"),
    [("contractor", "走访", PeopleRefusal.NOT_YOUR_SEAT), ("block_officer", " ", Refusal.REASON_MISSING)],
)
def test_who_may_write_for_a_household(cast: Cast, person: Person, who: str, why: str, refusal: object) -> None:
    refused(
        refusal,
        actions.submit,
        person(who),
        scene.ANSWERS,
        neighbourhood_id=cast.neighbourhood,
        unit_id=cast.units[0],
        assistance=Assistance(why, Presence.PHONE),
        proposer_name="李伯年",
    )


def test_a_council_seat_proposes_without_a_household(cast: Cast, person: Person) -> None:
    done = perform(
        actions.submit, person("council_member"), scene.ANSWERS, neighbourhood_id=cast.neighbourhood, unit_id=None
    )
    proposal = scene.proposal_of(done.fact.subject)
    assert (proposal.proposer_role, proposal.unit_id) == ("council_member", None)
    assert last_entry().role == "council_member"


def test_an_office_that_is_no_neighbour_does_not_propose(cast: Cast, person: Person) -> None:
    where = {"neighbourhood_id": cast.neighbourhood, "unit_id": None}
    refused(PeopleRefusal.NOT_YOUR_SEAT, actions.submit, person("police_liaison"), scene.ANSWERS, **where)


def test_a_handwritten_letter_comes_with_its_words(cast: Cast, person: Person) -> None:
    proposal = scene.deliberating(cast)
    refused(Refusal.LETTER_NEEDS_WORDS, actions.hand_in_letter, person(1), proposal, Letter("", scene.picture()))
    perform(actions.hand_in_letter, person(1), proposal, Letter("我申请改坡道。李伯年", scene.picture()))
    first, second = proposal.applications
    assert (second.number, second.letter, second.problem) == (2, "我申请改坡道。李伯年", first.problem)
    assert second.digest != first.digest
    assert last_entry().pub == {"number": 2, "assisted": False, "handwritten": True}
    refused(Refusal.NOT_THE_PROPOSER, actions.hand_in_letter, person(2), proposal, Letter("不是我"))


def test_an_application_is_never_rewritten(cast: Cast) -> None:
    proposal = scene.submitted(cast)
    with pytest.raises(DBAPIError, match="only grows"):
        db.session.execute(text("UPDATE application SET problem = 'x'"))
    db.session.rollback()
    assert proposal.applications[0].problem == scene.ANSWERS.problem


# Drafts.


def test_a_draft_is_kept_per_step_and_used_up(cast: Cast, person: Person) -> None:
    me = person(1)
    for words in ("第一稿", "第二稿"):
        keep(actions.keep_draft, me, "proposal/new", "problem", {"problem": words})
    keep(actions.keep_draft, me, "proposal/new", "place", {"place": "门口"})
    keep(actions.keep_photos, me, "proposal/new", [scene.picture()])
    assert queries.drafts(me, "proposal/new")["problem"] == '{"problem": "第二稿"}'
    assert queries.drafts(person(2), "proposal/new") == {}
    perform(
        actions.submit,
        me,
        scene.ANSWERS,
        neighbourhood_id=cast.neighbourhood,
        unit_id=cast.units[0],
        form="proposal/new",
    )
    assert db.session.scalar(select(func.count()).select_from(Draft)) == 0
    assert db.session.scalar(select(func.count()).select_from(DraftPhoto)) == 0


def test_a_draft_holds_four_photos(person: Person) -> None:
    me, five = person(1), [scene.picture(colour) for colour in ("red", "green", "blue", "white", "black")]
    assert keep(actions.keep_photos, me, "proposal/new", five[:3]) == 0
    assert keep(actions.keep_photos, me, "proposal/new", five[3:]) == 1
    assert len(queries.draft_photos(me, "proposal/new")) == 4
    assert queries.draft_photo(person(2), queries.draft_photos(me, "proposal/new")[0].id) is None


# Screening.


def test_screening_lets_a_proposal_pass_under_its_public_name(cast: Cast) -> None:
    proposal = scene.deliberating(cast)
    assert (proposal.stands, proposal.title, proposal.is_public) == (State.DELIBERATING, "门口台阶改坡道", True)
    assert [told.kind for told in audit.story(db.session, proposal.matter)] == [
        "proposal.submitted",
        "proposal.screening",
        "proposal.accepted",
    ]
    assert db.session.scalar(select(Message.text)) is not None, "the proposer is told that there is news"


def test_a_returned_application_comes_back_completed(cast: Cast, person: Person) -> None:
    proposal, clerk = scene.submitted(cast), person("clerk")
    perform(actions.take_up, clerk, proposal)
    first_due = proposal.screening_due
    perform(actions.send_back, clerk, proposal, "请写清楚台阶的位置")
    assert proposal.state == "returned"
    assert not proposal.is_public
    clock.shift(timedelta(days=3))
    perform(actions.resubmit, person(1), proposal, replace(scene.ANSWERS, place="426弄大门内"))
    assert proposal.state == "submitted"
    assert proposal.screening_due > first_due
    assert [application.number for application in proposal.applications] == [1, 2]
    refused(Refusal.PROPOSAL_ELSEWHERE, actions.resubmit, person(1), proposal, scene.ANSWERS)


def test_a_rejection_has_a_listed_reason_and_words(cast: Cast, person: Person) -> None:
    proposal, clerk = scene.submitted(cast), person("clerk")
    refused(Refusal.PROPOSAL_ELSEWHERE, actions.reject, clerk, proposal, Rejection.PRIVATE_COST, "自家的事")
    perform(actions.take_up, clerk, proposal)
    refused(Refusal.REASON_MISSING, actions.reject, clerk, proposal, Rejection.PRIVATE_COST, " ")
    perform(actions.reject, clerk, proposal, Rejection.PRIVATE_COST, "属于自家装修")
    assert proposal.state == "rejected"
    assert last_entry().pub["rejection"] == "private_cost"
    (screening,) = queries.screenings(proposal)
    assert (screening.rejection, screening.reason) == ("private_cost", "属于自家装修")


def rejected(cast: Cast, person: Person) -> Proposal:
    proposal = scene.submitted(cast)
    perform(actions.take_up, person("clerk"), proposal)
    perform(actions.reject, person("clerk"), proposal, Rejection.DUPLICATE, "和去年那件重复")
    return proposal


def test_the_council_looks_again_once(cast: Cast, person: Person) -> None:
    proposal = rejected(cast, person)
    refused(Refusal.NOT_THE_PROPOSER, actions.ask_second_look, person(2), proposal, "不重复")
    perform(actions.ask_second_look, person(1), proposal, "去年那件是楼道灯")
    refused(Refusal.LOOKED_AGAIN_ALREADY, actions.ask_second_look, person(1), proposal, "再来一次")
    refused(PeopleRefusal.NOT_YOUR_SEAT, actions.answer_second_look, person("clerk"), proposal, True, "好")
    refused(Refusal.REASON_MISSING, actions.answer_second_look, person("council_member"), proposal, True, "")
    perform(actions.answer_second_look, person("council_member"), proposal, True, "确实不重复，请再审")
    assert proposal.state == "screening"
    look = db.session.scalars(select(SecondLook)).one()
    assert (look.reopened, look.answer) == (True, "确实不重复，请再审")
    refused(Refusal.SECOND_LOOK_ANSWERED, actions.answer_second_look, person("council_member"), proposal, False, "不")


def test_the_council_may_let_a_rejection_stand(cast: Cast, person: Person) -> None:
    proposal = rejected(cast, person)
    perform(actions.ask_second_look, person(1), proposal, "请再看")
    perform(actions.answer_second_look, person("party_secretary"), proposal, False, "确实重复")
    assert proposal.state == "rejected"
    refused(Refusal.LOOKED_AGAIN_ALREADY, actions.ask_second_look, person(1), proposal, "还要再看")


def test_two_second_looks_at_once_leave_one(cast: Cast, person: Person) -> None:
    proposal = rejected(cast, person)
    perform(actions.ask_second_look, person(1), proposal, "请再看")

    def again() -> object:
        db.session.add(SecondLook(proposal_id=proposal.id, reason="同时", asked_by=person(1).id, asked_at=clock.now()))
        db.session.flush()
        raise AssertionError("the database let a second one in")

    refused(Refusal.LOOKED_AGAIN_ALREADY, again)


def test_a_proposal_is_merged_into_an_open_one_of_its_own_neighbourhood(cast: Cast, person: Person) -> None:
    target, other = scene.deliberating(cast), scene.submitted(cast, 2)
    perform(actions.take_up, person("clerk"), other)
    for wrong in (other.id, 99):
        refused(Refusal.MERGE_TARGET_MISSING, actions.merge, person("clerk"), other, wrong, "是同一件事")
    perform(actions.merge, person("clerk"), other, target.id, "是同一件事")
    assert (other.stands, other.merged_into_id) == (State.MERGED, target.id)
    assert last_entry().pub["into"] == target.id


def test_a_proposal_is_handed_to_whom_it_concerns(cast: Cast, person: Person) -> None:
    proposal = scene.submitted(cast)
    perform(actions.take_up, person("clerk"), proposal)
    perform(actions.route, person("clerk"), proposal, "区绿化市容局", "行道树归他们管")
    assert (proposal.stands, proposal.routed_to) == (State.ROUTED_ELSEWHERE, "区绿化市容局")


def test_only_the_committee_screens(cast: Cast, person: Person, at_desk: Desk) -> None:
    proposal = scene.submitted(cast)
    for who in (person(1), person("block_officer"), person("council_member"), at_desk(cast.foreign_clerk)):
        refused(PeopleRefusal.NOT_YOUR_SEAT, actions.take_up, who, proposal)
    perform(actions.take_up, person("clerk"), proposal)
    refused(Refusal.PROPOSAL_ELSEWHERE, actions.take_up, person("director"), proposal)


# Opinions.


def test_seats_are_asked_and_answer_once(cast: Cast, person: Person) -> None:
    proposal = scene.deliberating(cast)
    opinion = scene.asked(cast, proposal, Role.POLICE_LIAISON)
    clerk, police = person("clerk"), person("police_liaison")
    refused(Refusal.OPINION_ASKED_ALREADY, actions.request_opinion, clerk, proposal, Role.POLICE_LIAISON, "再问一次")
    refused(
        PeopleRefusal.NOT_YOUR_SEAT, actions.give_opinion, person("contractor"), opinion, Recommendation.SUPPORT, "好"
    )
    refused(Refusal.REASON_MISSING, actions.give_opinion, police, opinion, Recommendation.SUPPORT, "  ")
    perform(actions.give_opinion, police, opinion, Recommendation.CONDITIONS, "确保安全和牢固")
    assert (last_entry().kind, last_entry().pub["seat"]) == ("proposal.opinion", "police_liaison")
    refused(Refusal.OPINION_GIVEN, actions.give_opinion, police, opinion, Recommendation.SUPPORT, "改主意")
    perform(actions.request_opinion, clerk, proposal, Role.POLICE_LIAISON, "方案改了，请再看")
    assert db.session.scalar(select(func.count()).select_from(SeatOpinion)) == 2


def test_a_seat_that_gives_no_opinions_is_not_asked(cast: Cast, person: Person) -> None:
    proposal = scene.deliberating(cast)
    refused(Refusal.SEAT_GIVES_NO_OPINION, actions.request_opinion, person("clerk"), proposal, Role.CONTRACTOR, "?")


def test_the_legal_opinion_orders_the_steps_of_the_plan(cast: Cast) -> None:
    proposal = scene.advised(cast, scene.deliberating(cast))
    draft, edition = queries.plan_draft(proposal)
    assert edition == 0
    assert draft.texts.steps.startswith("书面申请\n现场协调会")
    assert draft.texts.place == scene.ANSWERS.place


# The plan.


def test_what_is_missing_is_named_before_a_plan_is_fixed(cast: Cast, person: Person) -> None:
    proposal = scene.deliberating(cast)
    keep(actions.save_plan, person("clerk"), proposal, DraftPlan(replace(scene.RAMP, safety_note="")), 0)
    error = refused(Refusal.PLAN_INCOMPLETE, actions.fix_plan, person("clerk"), proposal)
    assert error.details["parts"] == ("drawings", "safety_note", "templates")
    scene.drafted(cast, proposal)
    error = refused(Refusal.PLAN_INCOMPLETE, actions.fix_plan, person("clerk"), proposal)
    assert error.details["parts"] == ("legal_opinion",)


def test_a_fixed_plan_is_the_text_that_its_hash_is_of(cast: Cast) -> None:
    version = scene.fixed(cast)
    assert hashlib.sha256(version.content.encode()).hexdigest() == version.plan_hash
    assert plan_hash(version.plan, proposal=version.proposal.matter, version=1) == version.plan_hash
    assert version.plan == replace(
        scene.RAMP,
        drawings=(version.drawings[0].evidence.sha256,),
        templates=(TemplateName.RAMP_PUBLIC_HOUSING,),
    )
    assert last_entry().pub == {"number": 1, "hash8": version.hash8, "plan_hash": version.plan_hash}
    assert version.proposal.stands is State.PLAN_FIXED


def test_a_fixed_plan_asks_for_what_its_template_says(cast: Cast) -> None:
    (required,) = scene.fixed(cast).required
    assert (required.preset, required.capacity, required.state) == ("unanimous_lessees", "lessee", "waiting")
    assert (required.scope_kind, required.scope_id) == ("building", cast.building)
    assert (required.needs_manager_consent, required.no_open_objection, required.publicity_days) == (True, True, 7)


@pytest.mark.parametrize("table", ["plan_version", "plan_drawing", "screening"])
def test_what_was_fixed_stays(cast: Cast, table: str) -> None:
    scene.fixed(cast)
    with pytest.raises(DBAPIError, match="only grows"):
        db.session.execute(text(f"DELETE FROM {table}"))
    db.session.rollback()


def test_two_colleagues_do_not_overwrite_each_other(cast: Cast, person: Person) -> None:
    proposal = scene.deliberating(cast)
    draft, edition = queries.plan_draft(proposal)
    mine, hers = draft.rewritten({"size": "1.2 米"}), draft.rewritten({"size": "1.5 米"})
    assert keep(actions.save_plan, person("clerk"), proposal, mine, edition) == 1
    with pytest.raises(Refused) as caught:
        keep(actions.save_plan, person("second_clerk"), proposal, hers, edition)
    assert caught.value.refusal is Refusal.PLAN_DRAFT_CHANGED
    assert queries.plan_draft(proposal)[0].texts.size == "1.2 米"


def test_households_do_not_pay_more_than_the_works_cost(cast: Cast, person: Person) -> None:
    proposal = scene.deliberating(cast)
    dear = replace(scene.RAMP, budget=(BudgetLine("扶手", 100),), household_shares=(Share("1", 60), Share("2", 41)))
    with pytest.raises(Refused) as caught:
        keep(actions.save_plan, person("clerk"), proposal, DraftPlan(dear), 0)
    assert caught.value.refusal is Refusal.SHARES_EXCEED_BUDGET


def test_each_household_finds_its_share(cast: Cast, person: Person) -> None:
    proposal = scene.advised(cast, scene.deliberating(cast))
    shares = tuple(Share(str(unit), 1000 * n) for n, unit in enumerate(cast.units[:3], 1))
    scene.drafted(cast, proposal, replace(scene.RAMP, household_shares=shares))
    perform(actions.fix_plan, person("clerk"), proposal)
    assert proposal.plan is not None
    assert [proposal.plan.share_of(unit) for unit in cast.units[:4]] == [1000, 2000, 3000, 0]


def test_the_manager_answers_the_fixed_version(cast: Cast, person: Person) -> None:
    version = scene.fixed(cast)
    refused(PeopleRefusal.NOT_YOUR_SEAT, actions.answer_as_manager, person("clerk"), version, True)
    refused(Refusal.REASON_MISSING, actions.answer_as_manager, person("property_manager"), version, False, "")
    perform(actions.answer_as_manager, person("property_manager"), version, False, "要先看防滑材料")
    said = [version.manager_agrees]
    perform(actions.answer_as_manager, person("housing_liaison"), version, True, "", scene.picture("white"))
    assert [*said, version.manager_agrees] == [False, True]
    assert (last_entry().pub["agrees"], last_entry().pub["seat"]) == (True, "housing_liaison")


# Changing the plan.


def reworked(cast: Cast, person: Person, **texts: object) -> PlanVersion:
    """The first version, with a change that has been put to the two seats."""
    version = scene.consenting(cast)
    proposal = version.proposal
    perform(actions.reopen_plan, person("clerk"), proposal, "施工前想改一处")
    scene.drafted(cast, proposal, replace(scene.RAMP, **texts))  # type: ignore[arg-type]
    perform(actions.put_change, person("clerk"), proposal, "邻居提了意见")
    return version


def judged(person: Person, council: ChangeClass, adviser: ChangeClass) -> None:
    change = queries.pending_change(scene.proposal_of("proposal/1"))
    assert change is not None
    perform(actions.judge_change, person("council_member"), change, "council", council)
    perform(actions.judge_change, person("legal_adviser"), change, "adviser", adviser)


def test_a_material_change_asks_everybody_again(cast: Cast, person: Person, replaced: list[tuple[int, int]]) -> None:
    first = reworked(cast, person, size="净宽 1.5 米")
    proposal = first.proposal
    refused(Refusal.CHANGE_UNDECIDED, actions.fix_plan, person("clerk"), proposal)
    judged(person, ChangeClass.EDITORIAL, ChangeClass.MATERIAL)
    assert replaced == []
    done = perform(actions.fix_plan, person("clerk"), proposal)
    second = proposal.versions[-1]
    assert replaced == [(1, 2)]
    assert (done.fact.kind, proposal.stands, proposal.signed_plan) == ("plan.replaced", State.PLAN_FIXED, second)
    assert [required.state for required in first.required] == [RequiredState.SUPERSEDED]
    assert [required.state for required in second.required] == [RequiredState.WAITING]
    assert [change.field for change in queries.diff(second)] == ["size"]
    assert last_entry().pub["change"] == "material"
    assert len(str(last_entry().pub["notice_hash"])) == 64, "a notice tells the neighbours to confirm again"


def test_a_change_of_wording_asks_nobody_again(cast: Cast, person: Person, replaced: list[tuple[int, int]]) -> None:
    first = reworked(cast, person, description="三级台阶改为两段缓坡，一米上、一米下。")
    proposal = first.proposal
    judged(person, ChangeClass.EDITORIAL, ChangeClass.EDITORIAL)
    perform(actions.fix_plan, person("clerk"), proposal)
    assert replaced == []
    assert (proposal.stands, proposal.signed_plan, len(proposal.versions)) == (State.CONSENT, first, 2)
    assert [required.state for required in first.required] == [RequiredState.OPEN]
    assert proposal.versions[-1].required == []


def test_other_households_always_make_a_change_material(
    cast: Cast, person: Person, replaced: list[tuple[int, int]]
) -> None:
    first = scene.consenting(cast)
    proposal = first.proposal
    perform(actions.reopen_plan, person("clerk"), proposal, "要问的人不一样")
    draft, edition = queries.plan_draft(proposal)
    estate = replace(scene.requirement(cast), scope_kind=ScopeKind.ESTATE, scope_id=1)
    keep(actions.save_plan, person("clerk"), proposal, replace(draft, requirements=(estate,)), edition)
    perform(actions.put_change, person("clerk"), proposal, "整个小区都受影响")
    judged(person, ChangeClass.EDITORIAL, ChangeClass.EDITORIAL)
    perform(actions.fix_plan, person("clerk"), proposal)
    assert replaced == [(1, 2)]
    assert proposal.signed_plan is proposal.versions[-1]


def test_a_change_is_judged_by_two_persons_and_once(cast: Cast, person: Person) -> None:
    reworked(cast, person, size="净宽 1.5 米")
    change = queries.pending_change(scene.proposal_of("proposal/1"))
    assert change is not None
    material = ChangeClass.MATERIAL
    refused(PeopleRefusal.NOT_YOUR_SEAT, actions.judge_change, person("clerk"), change, "council", material)
    refused(PeopleRefusal.NOT_YOUR_SEAT, actions.judge_change, person(1), change, "council", material)
    perform(actions.judge_change, person("council_member"), change, "council", material)
    refused(Refusal.SEAT_SPOKE_ALREADY, actions.judge_change, person("party_secretary"), change, "council", material)
    assert (change.opinion_of("council") is not None, change.opinion_of("adviser")) == (True, None)


def test_the_plan_that_is_fixed_is_the_one_that_was_judged(cast: Cast, person: Person) -> None:
    proposal = reworked(cast, person, size="净宽 1.5 米").proposal
    judged(person, ChangeClass.MATERIAL, ChangeClass.MATERIAL)
    scene.drafted(cast, proposal, replace(scene.RAMP, size="净宽 2 米"))
    refused(Refusal.CHANGE_UNDECIDED, actions.fix_plan, person("clerk"), proposal)


def test_a_plan_without_a_change_is_not_put(cast: Cast, person: Person) -> None:
    version = scene.consenting(cast)
    perform(actions.reopen_plan, person("clerk"), version.proposal, "看看")
    refused(Refusal.PLAN_UNCHANGED, actions.put_change, person("clerk"), version.proposal, "没改")
    scene.drafted(cast, version.proposal, replace(scene.RAMP, size="净宽 1.5 米"))
    perform(actions.put_change, person("clerk"), version.proposal, "改了")
    refused(Refusal.CHANGE_PUT_ALREADY, actions.put_change, person("clerk"), version.proposal, "又送一次")


def editorial(cast: Cast, person: Person) -> PlanVersion:
    first = reworked(cast, person, description="只是改了说法。")
    judged(person, ChangeClass.EDITORIAL, ChangeClass.EDITORIAL)
    perform(actions.fix_plan, person("clerk"), first.proposal)
    return first.proposal.versions[-1]


def test_the_proposer_contests_and_everybody_is_asked_again(
    cast: Cast, person: Person, replaced: list[tuple[int, int]]
) -> None:
    version = editorial(cast, person)
    refused(Refusal.NOT_THE_PROPOSER, actions.contest_change, person(2), version, "不对")
    perform(actions.contest_change, person(1), version, "说法变了，意思也变了")
    refused(Refusal.CONTESTED_ALREADY, actions.contest_change, person(1), version, "再说一次")
    contest = queries.contest(version)
    assert contest is not None
    refused(PeopleRefusal.NOT_YOUR_SEAT, actions.answer_contest, person("clerk"), contest, True, "好")
    perform(actions.answer_contest, person("council_member"), contest, True, "有道理")
    assert replaced == [(1, 2)]
    assert (version.is_material, version.proposal.stands) == (True, State.PLAN_FIXED)
    assert [required.state for required in version.required] == [RequiredState.WAITING]
    refused(Refusal.CONTESTED_ALREADY, actions.answer_contest, person("council_member"), contest, False, "反悔")


def test_a_contest_may_be_turned_down(cast: Cast, person: Person, replaced: list[tuple[int, int]]) -> None:
    version = editorial(cast, person)
    perform(actions.contest_change, person(1), version, "说法变了")
    contest = queries.contest(version)
    assert contest is not None
    perform(actions.answer_contest, person("council_member"), contest, False, "只是错字")
    assert (replaced, version.is_material, version.proposal.stands) == ([], False, State.CONSENT)


def test_what_is_material_already_is_not_contested(cast: Cast, person: Person) -> None:
    version = scene.consenting(cast)
    refused(Refusal.CONTEST_WORDING_ONLY, actions.contest_change, person(1), version, "多此一举")


# From consents to approval.


def outcome(cast: Cast, version: PlanVersion, passed: bool) -> None:
    scene.inside(cast, version, lambda _by: actions.record_consent_outcome(version.required[0], passed))


def test_consents_move_the_proposal_and_its_requirement(cast: Cast) -> None:
    version = scene.consenting(cast)
    assert (version.proposal.stands, version.required[0].state) == (State.CONSENT, RequiredState.OPEN)
    outcome(cast, version, passed=False)
    assert version.required[0].state == RequiredState.FAILED
    scene.inside(cast, version, lambda by: actions.consent_opened(by, version.required[0]))
    outcome(cast, version, passed=True)
    assert version.required[0].state == RequiredState.PASSED
    with pytest.raises(Refused) as caught:
        outcome(cast, version, passed=False)
    assert caught.value.refusal is Refusal.CONSENT_DECIDED


def test_a_collection_given_up_before_it_opened_leaves_the_consent_waiting(cast: Cast) -> None:
    version = scene.fixed(cast)
    outcome(cast, version, passed=False)
    assert (version.proposal.stands, version.required[0].state) == (State.PLAN_FIXED, RequiredState.WAITING)


def passed(cast: Cast) -> PlanVersion:
    version = scene.consenting(cast)
    outcome(cast, version, passed=True)
    return version


def test_publicity_waits_for_every_consent_and_hangs_long_enough(cast: Cast, person: Person) -> None:
    version = scene.consenting(cast)
    proposal = version.proposal
    refused(Refusal.CONSENTS_NOT_PASSED, actions.begin_publicity, person("clerk"), proposal, 7)
    outcome(cast, version, passed=True)
    refused(NoticeRefusal.PUBLICITY_TOO_SHORT, actions.begin_publicity, person("clerk"), proposal, 6)
    perform(actions.begin_publicity, person("clerk"), proposal, 7)
    assert proposal.state == "publicity"
    assert last_entry().pub["days"] == 7


def test_a_plan_is_approved_after_its_days(cast: Cast, person: Person) -> None:
    proposal = passed(cast).proposal
    refused(Refusal.PROPOSAL_ELSEWHERE, actions.approve, person("clerk"), proposal)
    perform(actions.begin_publicity, person("clerk"), proposal, 7)
    clock.shift(timedelta(days=6))
    refused(NoticeRefusal.PUBLICITY_RUNNING, actions.approve, person("clerk"), proposal)
    clock.shift(timedelta(days=8, minutes=1))
    perform(actions.approve, person("clerk"), proposal)
    assert proposal.state == "approved"
    assert last_entry().kind == "proposal.approved"


def test_a_suspended_proposal_goes_on_where_it_rested(cast: Cast, person: Person) -> None:
    proposal = scene.deliberating(cast)
    refused(Refusal.REASON_MISSING, actions.suspend, person("clerk"), proposal, "")
    perform(actions.suspend, person("clerk"), proposal, "等大修排期")
    assert (proposal.stands, proposal.suspended_from) == (State.SUSPENDED, "deliberating")
    perform(actions.resume, person("clerk"), proposal, "排期定了")
    assert (proposal.stands, proposal.suspended_from) == (State.DELIBERATING, None)


def test_publicity_that_was_stopped_begins_anew(cast: Cast, person: Person) -> None:
    proposal = passed(cast).proposal
    perform(actions.begin_publicity, person("clerk"), proposal, 7)
    perform(actions.suspend, person("clerk"), proposal, "有人要查账")
    perform(actions.resume, person("clerk"), proposal, "查清了")
    assert proposal.state == "consent"
    perform(actions.begin_publicity, person("clerk"), proposal, 7)
    assert proposal.state == "publicity"


def test_the_proposer_withdraws_and_nobody_else(cast: Cast, person: Person) -> None:
    proposal = scene.deliberating(cast)
    refused(Refusal.NOT_THE_PROPOSER, actions.withdraw, person("clerk"), proposal, "不办了")
    perform(actions.withdraw, person(1), proposal, "邻居已经自己修好了")
    assert proposal.state == "withdrawn"
    refused(Refusal.PROPOSAL_ELSEWHERE, actions.withdraw, person(1), proposal, "再撤一次")


def test_rows_change_only_through_acts(cast: Cast) -> None:
    scene.submitted(cast)
    with pytest.raises(OutsideTheDoor):
        db.session.execute(update(Proposal).values(state="approved"))
    assert db.session.scalar(select(func.count()).select_from(Application)) == 1
