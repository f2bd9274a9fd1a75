"""What may be done with polls: the row and the fact, the states, and the refusals. The verifier counts again."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from hearing.audit import rows, verify
from hearing.audit.ledger import entrust, perform, perform_all
from hearing.audit.models import LogEntry
from hearing.audit.note import Note
from hearing.audit.publisher import Publisher
from hearing.ballots import actions, box, queries, rules
from hearing.ballots.models import NamedBallot, Poll, PollMark, PollTally, PollVoter, SealedBallot, SecretBallot
from hearing.ballots.promises import promise
from hearing.ballots.rules import Counting, Kind, Limits, Mode, Per, Refusal, Said
from hearing.clock import now
from hearing.db import db, reading
from hearing.people.rules import Refusal as People
from hearing.places.models import Unit
from hearing.refusal import Refused
from tests import schema
from tests.ballots.stage import Stage, building_of, crowd, new_nonce, question, terms
from tests.cast import Cast
from tests.statements import statements

pytestmark = pytest.mark.usefixtures("at_desk")


@pytest.fixture
def stage(cast: Cast) -> Stage:
    return Stage(cast)


def refused(refusal: object, act: Any, *given: Any, **more: Any) -> None:
    """The act is refused, for this reason, and leaves nothing."""
    with pytest.raises(Refused) as caught:
        act(*given, **more)
    assert caught.value.refusal is refusal, caught.value


def entries(*kinds: str) -> list[dict[str, Any]]:
    """The entries of these kinds, in their order."""
    found = db.session.scalars(select(LogEntry.body).where(LogEntry.kind.in_(kinds)).order_by(LogEntry.idx))
    return [json.loads(body) for body in found]


# ---- Setting up


def test_opening_freezes_rule_projects_and_roll(stage: Stage) -> None:
    stage.open()
    poll = stage.poll
    (said,) = [each["pub"] for each in entries("poll.opened")]
    assert said["rule_hash"] == poll.rule_hash == hashlib.sha256(poll.rule_text.encode()).hexdigest()
    assert said["options"] == ["01", "02", "03", "A-4"] and said["choices"] == 3
    assert said["roll_size"] == 13 == len(queries.commitments(poll.id))
    assert said["roll_root"] == rules.roll_root(queries.commitments(poll.id))
    assert said["lot"] == rules.seed_commitment(poll.lot_seed) and poll.lot_seed not in json.dumps(said)
    voter = db.session.scalars(select(PollVoter).order_by(PollVoter.id)).first()
    assert voter is not None
    assert voter.commitment == rules.voter_commitment(poll.subject, f"unit/{voter.unit_id}", voter.salt)


@pytest.mark.parametrize("who", ["block_officer", "legal_adviser", 1])
def test_only_the_committee_sets_up_polls(stage: Stage, who: str | int) -> None:
    stage.draft()
    poll, by = stage.poll, stage.who(who)
    refused(People.NOT_YOUR_SEAT, perform, actions.draft, by, poll.neighbourhood, terms(now()))
    refused(People.NOT_YOUR_SEAT, perform, actions.open_poll, by, poll, seen=poll.rule_version)


def test_nothing_of_an_open_poll_is_rewritten(stage: Stage) -> None:
    stage.open()
    poll = stage.poll
    refused(Refusal.POLL_ELSEWHERE, perform, actions.change_terms, stage.clerk, poll, terms(now()))
    more = actions.ProjectTerms("05", "晚了", "", 100)
    refused(Refusal.POLL_ELSEWHERE, perform, actions.add_project, stage.clerk, poll, more)
    refused(Refusal.POLL_ELSEWHERE, perform, actions.open_poll, stage.clerk, poll, seen=poll.rule_version)


def test_what_was_read_is_what_is_opened(stage: Stage) -> None:
    stage.draft()
    seen = stage.poll.rule_version
    perform(actions.change_terms, stage.clerk, stage.poll, terms(now(), budget=90_000_00))
    refused(Refusal.POLL_ELSEWHERE, perform, actions.open_poll, stage.clerk, stage.poll, seen=seen)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"closes": timedelta(minutes=10)}, Refusal.CLOSES_TOO_SOON),
        ({"closes": timedelta(days=90)}, Refusal.WINDOW_TOO_LONG),
        ({"limits": Limits(3, 2)}, Refusal.BAD_LIMITS),
        ({"kind": Kind.POINTS}, Refusal.BAD_LIMITS),
        ({"kind": Kind.YES_NO}, Refusal.RULE_DOES_NOT_FIT),
        ({"counting": Counting.MAJORITY}, Refusal.RULE_DOES_NOT_FIT),
        ({"budget": 0}, Refusal.RULE_DOES_NOT_FIT),
        ({"pots": {"安全": 1}}, Refusal.POTS_BEYOND_BUDGET),
    ],
)
def test_terms_that_do_not_fit_are_refused(stage: Stage, changes: dict[str, Any], why: Refusal) -> None:
    moment = now()
    if "closes" in changes:
        changes = {"closes": moment + changes["closes"]}
    stage.draft()
    refused(why, perform, actions.change_terms, stage.clerk, stage.poll, terms(moment, **changes))


def test_what_nothing_could_pay_is_not_put_to_the_vote(stage: Stage) -> None:
    stage.draft()
    dear = actions.ProjectTerms("05", "电梯", "", 100_000_01)
    refused(Refusal.DEARER_THAN_BUDGET, perform, actions.add_project, stage.clerk, stage.poll, dear)
    change = [perform, actions.change_terms, stage.clerk]
    refused(Refusal.DEARER_THAN_BUDGET, *change, stage.poll, terms(now(), budget=59_999_99))
    pots = {"安全": 50_000_00, "邻里": 15_000_00, "绿化": 35_000_00}
    refused(Refusal.DEARER_THAN_POT, *change, stage.poll, terms(now(), pots=pots))
    refused(Refusal.NO_CATEGORY, *change, stage.poll, terms(now(), pots={"安全": 50_000_00, "绿化": 50_000_00}))
    assert stage.poll.budget_fen == 100_000_00 and len(stage.poll.projects) == 4
    perform(actions.add_project, stage.clerk, stage.poll, dear, as_it_was=True)
    refused(Refusal.DEARER_THAN_BUDGET, perform, actions.open_poll, stage.clerk, stage.poll, seen=1)
    perform(actions.open_poll, stage.clerk, stage.poll, seen=1, as_it_was=True)


def test_a_poll_without_projects_or_voters_does_not_open(stage: Stage, cast: Cast) -> None:
    stage.draft()
    for code in ("02", "03", "A-4"):
        perform(actions.withdraw_project, stage.clerk, stage.poll, code, "不做了")
    assert [project.code for project in stage.poll.projects] == ["01"]
    refused(Refusal.TOO_FEW_PROJECTS, perform, actions.open_poll, stage.clerk, stage.poll, seen=1)
    crowd(cast, 0, "空楼")
    empty = Stage(cast).draft(question(now(), building=building_of("空楼")))
    refused(Refusal.NO_VOTERS, perform, actions.open_poll, empty.clerk, empty.poll, seen=1)


def test_a_roll_of_persons_has_each_holder_once(stage: Stage, cast: Cast) -> None:
    stage.open(question(now(), per=Per.PERSON))
    voters = list(db.session.scalars(select(PollVoter)))
    assert len(voters) == 13 and all(voter.unit_id is None for voter in voters)
    stage.cast_by_name(1, "yes")
    assert stage.finish().record["counts"]["yes"] == 1  # type: ignore[index]


def test_a_poll_of_one_building_asks_nobody_else(stage: Stage, cast: Cast) -> None:
    refs = crowd(cast, 3)
    stage.open(question(now(), building=building_of("安和里")))
    assert stage.poll.roll_size == 3
    stage.cast_by_name(refs[0], "no")
    assert queries.lines(stage.who(1), stage.poll) == []


# ---- Secret ballots


def test_a_secret_poll_from_the_first_ballot_to_the_verifier(stage: Stage, tmp_path: Any, app: Any) -> None:
    stage.open()
    known = [stage.cast_secretly(number, "01", "03") for number in range(1, 13)]
    assert entries("ballot") == [], "below twice the least batch nothing comes out"
    refused(Refusal.POLL_ELSEWHERE, perform_all, actions.put_into_trail, stage.poll_id)
    known.append(stage.cast_secretly(13, "A-4", phrase=""))
    closed = stage.close()
    assert len(closed) == 14 and closed[-1].fact.kind == "poll.closed"
    (over,) = entries("poll.closed")
    assert over["pub"]["voted"] == 13, "of a small roll only the number"
    assert db.session.query(SealedBallot).count() == 0
    assert stage.poll.stands is rules.State.CLOSED
    election = stage.finish()
    assert sorted(each["c"] for each in entries("ballot")) == sorted(known)
    for each in entries("ballot"):
        assert each.keys() == {"v", "type", "scope", "poll", "c"}
    record = db.session.get(PollTally, stage.poll_id)
    assert record is not None and election.record == record.record
    assert hashlib.sha256(record.record_text.encode()).hexdigest() == record.record_hash
    (tallied,) = entries("poll.tallied")
    assert tallied["pub"]["tally"] == f"sha256:{record.record_hash}"
    assert tallied["pub"]["counts"] == {"01": 12, "02": 0, "03": 12, "A-4": 1}
    assert rows.check(db.session, lambda _number: [], 0) > 0, "the trail agrees with itself"
    _verified(app, stage, known)


def _verified(app: Any, stage: Stage, known: list[str]) -> None:
    settings = app.extensions["settings"]
    publisher = Publisher.of(settings)
    with reading():
        publisher.publish(db.session)
        reveal = b"".join(queries.reveal(stage.poll))
        db.session.rollback()
    report = verify.check_poll(str(stage.poll_id), str(settings.log_dir), str(publisher.vkey), reveal, known[0])
    assert report.ok, str(report)
    assert "01" in str(report) and "13 张选票张张对得上" in report.zh
    altered = reveal.replace(b'"A-4"', b'"02"')
    assert not verify.check_poll(str(stage.poll_id), str(settings.log_dir), str(publisher.vkey), altered).ok


def test_the_verifier_knows_a_poll_that_is_still_open(stage: Stage, app: Any, cast: Cast) -> None:
    refs = crowd(cast, 21)
    stage.open(terms(now(), building=building_of("安和里")))
    known = {stage.cast_secretly(ref, "01") for ref in refs}
    assert stage.batch() == 11, "ten stay behind"
    assert {each["c"] for each in entries("ballot")} < known
    settings = app.extensions["settings"]
    publisher = Publisher.of(settings)
    with reading():
        publisher.publish(db.session)
        db.session.rollback()
    report = verify.check_poll(str(stage.poll_id), str(settings.log_dir), str(publisher.vkey))
    assert report.ok and "还在投票，日志里有 11 张选票" in report.zh
    election = stage.finish()
    assert len(election.said) == 21
    (over,) = entries("poll.closed")
    assert over["pub"]["voted"] == queries.voted_list(stage.poll), "of a larger roll who voted, as commitments"


def test_a_household_votes_once_in_secret(stage: Stage) -> None:
    stage.open()
    stage.cast_secretly(1, "01")
    refused(Refusal.VOTED_ALREADY, stage.cast_secretly, 1, "02")
    assert db.session.query(PollMark).count() == db.session.query(SealedBallot).count() == 1


def test_who_has_voted_is_counted_for_each_poll_without_its_roll(stage: Stage, app: Any) -> None:
    stage.open()
    stage.cast_secretly(1, "01")
    first = db.session.get_one(Poll, stage.poll_id)
    stage.open(question(now()))
    second = db.session.get_one(Poll, stage.poll_id)
    stage.cast_by_name(1, "yes")
    stage.cast_by_name(2, "no")
    db.session.rollback()
    with statements(app) as said, reading():
        found = queries.turnout(first), queries.turnout(second)
        db.session.rollback()
    assert found == (1, 2)
    assert not any("poll_voter" in sql for sql in said)


def test_the_same_form_gives_the_same_receipt_whatever_became_of_the_poll(stage: Stage) -> None:
    stage.open()
    nonce, voter = new_nonce(), stage.voter(1)

    def again() -> str:
        vote = actions.write_down(stage.poll_id, Said(("01",)), nonce=nonce, phrase="桂花")
        return entrust(actions.cast_secretly, voter, vote)

    first = again()
    assert again() == first, "in the box"
    signed = promise(stage.poll_id, first).encode()
    stage.close()
    assert again() == first, "in the trail"
    stage.finish()
    assert again() == first, "after the result, and without the key of the box"
    assert promise(stage.poll_id, first).encode() == signed
    assert db.session.query(PollMark).count() == db.session.query(SecretBallot).count() == 1


def test_anothers_form_is_not_ones_own(stage: Stage) -> None:
    """The same nonce and choice from a second voter: she has not voted, and is told to begin again."""
    stage.open()
    nonce = new_nonce()
    stage.cast_secretly(1, "01", nonce=nonce)
    refused(Refusal.BALLOT_TAKEN, stage.cast_secretly, 2, "01", nonce=nonce)
    assert not stage.line(2).marked
    stage.cast_secretly(2, "01", nonce=nonce, phrase="别的一句")
    refused(Refusal.BALLOT_TAKEN, stage.cast_secretly, 3, "01", nonce="short")


def test_the_promise_is_signed_by_the_logs_key(stage: Stage, app: Any) -> None:
    stage.open()
    c = stage.cast_secretly(1, "01")
    note = Note.parse(promise(stage.poll_id, c).encode())
    key = Publisher.of(app.extensions["settings"]).vkey
    assert [each.key for each in note.verify([key])] == [key]
    assert note.text == f"hearing/promise/v1\n{key.name}\npoll/{stage.poll_id}\n{c}\n"


def test_without_a_signer_nothing_is_promised(stage: Stage, app: Any) -> None:
    stage.open()
    c = stage.cast_secretly(1, "01")
    (app.extensions["settings"].keys_dir / "log.key").unlink()
    refused(Refusal.NO_PROMISE, promise, stage.poll_id, c)


@pytest.mark.parametrize(
    ("codes", "why"),
    [
        ((), Refusal.NOTHING_CHOSEN),
        (("01", "01"), Refusal.PROJECT_TWICE),
        (("07",), Refusal.UNKNOWN_PROJECT),
        (("01", "02", "03", "A-4"), Refusal.TOO_MANY),
    ],
)
def test_a_bad_ballot_is_refused_and_leaves_no_mark(stage: Stage, codes: tuple[str, ...], why: Refusal) -> None:
    stage.open()
    refused(why, stage.cast_secretly, 1, *codes)
    assert not stage.line(1).marked
    stage.cast_secretly(1, "01")


def test_a_long_phrase_is_refused(stage: Stage) -> None:
    stage.open()
    refused(Refusal.PHRASE_TOO_LONG, stage.cast_secretly, 1, "01", phrase="字" * 31)
    stage.cast_secretly(1, "01", "02", "03", phrase="字" * 30)


def test_a_ballot_for_a_foreign_poll_or_anothers_line_is_refused(stage: Stage, cast: Cast) -> None:
    stage.open()
    other = Stage(cast).open(terms(now(), title="另一次"))
    strange = actions.Voter(stage.who(1), other.line(1).voter_id)
    vote = actions.write_down(stage.poll_id, Said(("01",)), nonce=new_nonce(), phrase="")
    refused(Refusal.NO_VOTER, entrust, actions.cast_secretly, strange, vote)
    thief = actions.Voter(stage.who(2), stage.line(1).voter_id)
    refused(Refusal.NO_VOTER, entrust, actions.cast_secretly, thief, vote)
    nowhere = actions.write_down(987_654, Said(("01",)), nonce=new_nonce(), phrase="")
    refused(Refusal.POLL_ELSEWHERE, entrust, actions.cast_secretly, thief, nowhere)
    refused(Refusal.POLL_ELSEWHERE, perform, actions.cast_by_name, thief, stage.poll_id, Said(("01",)), seen=0)


def test_before_the_opening_and_after_the_close_nothing_is_taken(stage: Stage) -> None:
    moment = now()
    stage.open(terms(moment, opens=moment + timedelta(hours=1)))
    refused(Refusal.POLL_NOT_OPEN, stage.cast_secretly, 1, "01")
    refused(Refusal.POLL_STILL_OPEN, perform_all, actions.close, stage.poll_id)
    with stage.over():
        refused(Refusal.POLL_OVER, stage.cast_secretly, 1, "01")
        assert perform_all(actions.close, stage.poll_id)
        refused(Refusal.POLL_ELSEWHERE, perform_all, actions.close, stage.poll_id)
        refused(Refusal.POLL_OVER, stage.cast_secretly, 1, "01")


def test_the_key_of_the_box_ends_with_the_poll(stage: Stage) -> None:
    stage.open()
    assert box.polls_with_keys() == [stage.poll_id]
    stage.cast_secretly(1, "01")
    stage.finish()
    assert box.polls_with_keys() == []
    assert not box.destroy_key(stage.poll_id)


def test_without_its_key_a_box_takes_nothing_and_a_poll_does_not_close(stage: Stage) -> None:
    """Better no result than one from which ballots are missing."""
    stage.open()
    stage.cast_secretly(1, "01")
    box.destroy_key(stage.poll_id)
    refused(Refusal.NO_BOX_KEY, stage.cast_secretly, 2, "01")
    with stage.over():
        refused(Refusal.NO_BOX_KEY, perform_all, actions.close, stage.poll_id)
    assert stage.poll.stands is rules.State.OPEN


def test_a_sealed_ballot_that_was_altered_is_noticed(stage: Stage) -> None:
    stage.open()
    stage.cast_secretly(1, "01")
    lying = db.session.scalars(select(SealedBallot.sealed)).one()
    found = box.box_of(stage.poll_id, room=0, check="")
    assert found.open(lying).ballot == '{"choices":["01"],"phrase":"我家那棵桂花"}'
    refused(Refusal.NO_BOX_KEY, found.open, lying[:-1] + bytes([lying[-1] ^ 1]))


# ---- Ballots under names


def test_a_ballot_under_a_name_is_changed_and_its_history_kept(stage: Stage) -> None:
    stage.open(question(now()))
    first = stage.cast_by_name(1, "yes")
    assert first.fact.households == (stage.cast.units[0],)
    with pytest.raises(actions.Standing):
        stage.cast_by_name(1, "yes", seen=0)
    refused(Refusal.VOTED_MEANWHILE, stage.cast_by_name, 1, "no", seen=0)
    second = stage.cast_by_name(1, "no", seen=1)
    turns = db.session.execute(select(NamedBallot.turn, NamedBallot.ballot).order_by(NamedBallot.turn)).all()
    assert [tuple(row) for row in turns] == [(1, '{"choices":["yes"]}'), (2, '{"choices":["no"]}')]
    assert queries.receipt_of(stage.who(1), stage.poll_id, stage.who(1).unit_ids) == second.index
    assert queries.receipt_of(stage.who(2), stage.poll_id, stage.who(2).unit_ids) is None
    stage.cast_by_name(2, "yes")
    assert stage.finish().record == {
        "format": "hearing-count/1",
        "voters": 2,
        "counts": {"yes": 1, "no": 1, "abstain": 0},
        "passed": False,
    }
    with stage.over():
        refused(Refusal.POLL_OVER, stage.cast_by_name, 1, "abstain", seen=2)
        with pytest.raises(actions.Standing):
            stage.cast_by_name(1, "no", seen=0)


def test_what_a_named_ballot_says_is_in_no_public_entry(stage: Stage) -> None:
    stage.open(terms(now(), mode=Mode.NAMED))
    stage.cast_by_name(1, "01", "A-4")
    (entry,) = entries("poll.voted")
    assert entry["pub"] == {"turn": 1} and "cm" in entry


def test_the_database_refuses_to_change_what_was_cast(stage: Stage) -> None:
    stage.open(question(now()))
    stage.cast_by_name(1, "yes")
    for statement in (
        "UPDATE named_ballot SET ballot = '{}'",
        "DELETE FROM named_ballot",
        "UPDATE poll_mark SET voter_id = voter_id",
        "DELETE FROM poll_mark",
    ):
        with pytest.raises(DatabaseError, match="only grows"):
            db.session.execute(text(statement))
        db.session.rollback()


# ---- What may change while a poll is open


def test_a_withdrawn_project_gets_no_votes_and_no_money(stage: Stage) -> None:
    stage.open()
    stage.cast_secretly(1, "01", "03")
    perform(actions.withdraw_project, stage.clerk, stage.poll, "03", "场地没有了")
    refused(Refusal.PROJECT_WITHDRAWN, stage.cast_secretly, 2, "03")
    refused(Refusal.PROJECT_WITHDRAWN, perform, actions.withdraw_project, stage.clerk, stage.poll, "03", "再一次")
    refused(Refusal.UNKNOWN_PROJECT, perform, actions.withdraw_project, stage.clerk, stage.poll, "09", "没有")
    stage.cast_secretly(2, "02")
    election = stage.finish()
    assert election.profile.voters == 2 and "03" not in election.record["winners"]  # type: ignore[index]
    assert len(election.ballots) == 2 and election.titles["03"] == "老伙伴周三茶室"
    with stage.over():
        refused(Refusal.POLL_ELSEWHERE, perform, actions.withdraw_project, stage.clerk, stage.poll, "02", "晚了")


def test_after_its_last_moment_nothing_of_a_poll_changes_though_it_waits_for_papers(stage: Stage, cast: Cast) -> None:
    stage.open()
    ask = actions.ask_amendment
    perform(ask, stage.clerk, stage.poll, cast.units[1], adds=False, reason="重复登记")
    (asked,) = queries.amendments(stage.poll)
    with stage.over():
        assert stage.poll.stands is rules.State.OPEN
        refused(Refusal.POLL_OVER, perform, actions.withdraw_project, stage.clerk, stage.poll, "01", "晚了")
        refused(Refusal.POLL_OVER, perform, actions.amend_roll, stage.who("director"), stage.poll, asked.id)
        refused(Refusal.POLL_OVER, perform, ask, stage.clerk, stage.poll, cast.units[2], adds=False, reason="晚了")
    assert stage.poll.roll_size == 13


def test_a_poll_is_extended_for_a_reason_and_stays_open(stage: Stage) -> None:
    stage.open()
    before = stage.poll.closes_at
    later = before + timedelta(days=2)
    refused(Refusal.NOT_LATER, perform, actions.extend, stage.clerk, stage.poll, before, "不变")
    perform(actions.extend, stage.clerk, stage.poll, later, "台风")
    (said,) = entries("poll.amended")
    assert said["pub"]["reason"] == "台风" and said["pub"]["number"] == 1
    assert stage.poll.closes_at == later and stage.poll.extensions[0].before == before
    with stage.over():
        refused(Refusal.POLL_OVER, perform, actions.extend, stage.clerk, stage.poll, later + timedelta(days=1), "晚了")


def test_the_roll_is_amended_by_two_for_a_reason(stage: Stage, cast: Cast) -> None:
    stage.open()
    crowd(cast, 1)
    flat = db.session.scalars(select(Unit.id).order_by(Unit.id.desc())).first()
    assert flat is not None
    root = stage.poll.roll_root
    ask = actions.ask_amendment
    refused(Refusal.ROLL_UNCHANGED, perform, ask, stage.clerk, stage.poll, flat, adds=False, reason="没有")
    perform(ask, stage.clerk, stage.poll, flat, adds=True, reason="一户漏登")
    (asked,) = queries.amendments(stage.poll)
    refused(Refusal.SAME_OFFICER, perform, actions.amend_roll, stage.clerk, stage.poll, asked.id)
    perform(actions.amend_roll, stage.who("director"), stage.poll, asked.id)
    refused(Refusal.AMENDMENT_DONE, perform, actions.amend_roll, stage.who("director"), stage.poll, asked.id)
    (said,) = entries("roll.amended")
    assert said["pub"]["roll_size"] == 14 == stage.poll.roll_size
    assert said["pub"]["roll_root"] == stage.poll.roll_root != root
    assert said["pub"]["officers"] == [cast.ref("clerk"), cast.ref("director")]
    stage.cast_secretly(1, "01")
    refused(Refusal.HAS_VOTED, perform, ask, stage.clerk, stage.poll, cast.units[0], adds=False, reason="搬走")
    perform(ask, stage.clerk, stage.poll, cast.units[1], adds=False, reason="重复登记")
    perform(actions.amend_roll, stage.who("director"), stage.poll, queries.amendments(stage.poll)[1].id)
    assert stage.poll.roll_size == 13 and queries.lines(stage.who(2), stage.poll) == []


def test_one_person_with_two_accounts_does_not_amend_the_roll(stage: Stage, cast: Cast) -> None:
    stage.open()
    perform(actions.ask_amendment, stage.clerk, stage.poll, cast.units[1], adds=False, reason="重复登记")
    (asked,) = queries.amendments(stage.poll)
    with schema.door_open():
        for name in ("clerk", "director"):
            stage.who(name).account.email = "one@example.cn"
        db.session.flush()
    refused(Refusal.SAME_OFFICER, perform, actions.amend_roll, stage.who("director"), stage.poll, asked.id)
    assert stage.poll.roll_size == 13


def test_a_struck_household_cannot_vote_with_the_form_it_had(stage: Stage, cast: Cast) -> None:
    stage.open()
    voter = stage.voter(2)
    perform(actions.ask_amendment, stage.clerk, stage.poll, cast.units[1], adds=False, reason="重复登记")
    perform(actions.amend_roll, stage.who("director"), stage.poll, queries.amendments(stage.poll)[0].id)
    vote = actions.write_down(stage.poll_id, Said(("01",)), nonce=new_nonce(), phrase="")
    refused(Refusal.NO_VOTER, entrust, actions.cast_secretly, voter, vote)


# ---- Counting


@pytest.mark.parametrize("kind", [Kind.APPROVAL, Kind.KNAPSACK, Kind.CHOOSE, Kind.RANKING])
def test_every_kind_of_ballot_is_cast_and_counted(stage: Stage, kind: Kind) -> None:
    stage.open(terms(now(), kind=kind, limits=Limits(1, 2), counting=Counting.GREEDY))
    for number in (1, 2, 3):
        stage.cast_secretly(number, "01", "03")
    stage.cast_secretly(4, "02")
    record = stage.finish().record
    assert record is not None and record["voters"] == 4
    assert set(record["winners"][:2]) == {"01", "03"}


def test_points_are_cast_and_counted(stage: Stage) -> None:
    stage.open(terms(now(), kind=Kind.POINTS, limits=Limits(1, 0, 10), counting=Counting.GREEDY))
    said = Said(("01", "A-4"), (3, 7))
    vote = actions.write_down(stage.poll_id, said, nonce=new_nonce(), phrase="")
    entrust(actions.cast_secretly, stage.voter(1), vote)
    record = stage.finish().record
    assert record is not None and record["winners"][0] == "A-4"


def test_a_poll_in_which_nobody_votes_has_a_result_too(stage: Stage, cast: Cast) -> None:
    assert stage.open().finish().record["voters"] == 0  # type: ignore[index]
    other = Stage(cast).open(question(now(), mode=Mode.SECRET))
    assert other.finish().record["passed"] is False  # type: ignore[index]


def test_a_poll_is_closed_and_counted_once_whoever_comes(stage: Stage) -> None:
    stage.open()
    stage.cast_secretly(1, "01")
    with stage.over():
        assert actions.due_steps() == 2
        assert actions.due_steps() == 0
        assert not actions.close_one(stage.poll_id) and not actions.count_one(stage.poll_id)
    assert len(entries("poll.closed")) == len(entries("poll.tallied")) == 1


def test_the_lots_seed_is_revealed_at_the_close(stage: Stage) -> None:
    stage.open()
    stage.close()
    (opened,), (closed,) = entries("poll.opened"), entries("poll.closed")
    assert rules.seed_commitment(closed["pub"]["lot_seed"]) == opened["pub"]["lot"]


def test_no_election_is_told_before_the_close(stage: Stage) -> None:
    stage.open()
    stage.cast_secretly(1, "01")
    assert queries.election(stage.poll_id) is None
    assert list(queries.reveal(stage.poll)) == []
    assert db.session.get(Poll, 987_654) is None and queries.election(987_654) is None
