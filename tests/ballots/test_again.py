"""A poll prepared once more from one that is over or void: the same rule and projects, a roll and a lot of its own."""

from __future__ import annotations

import pytest
from flask import Flask

from hearing.audit.ledger import perform, perform_all
from hearing.ballots import actions, queries, rules
from hearing.ballots.models import Poll
from hearing.ballots.rules import Refusal
from hearing.clock import now
from hearing.db import db
from hearing.people.rules import Refusal as People
from tests.ballots.stage import Stage, terms
from tests.ballots.test_actions import refused
from tests.ballots.test_voiding import void
from tests.browser import Browser
from tests.cast import Cast


@pytest.fixture
def stage(app: Flask, cast: Cast) -> Stage:
    return Stage(cast)


def newest(stage: Stage) -> Poll:
    """The poll that was drafted last."""
    number = max(each.id for each in queries.desk_polls(stage.clerk))
    found = queries.desk_poll(stage.clerk, number)
    assert found is not None
    return found


@pytest.mark.usefixtures("at_desk")
class TestActs:
    """The act and what it copies."""

    def test_a_void_poll_is_prepared_once_more(self, stage: Stage) -> None:
        stage.open(terms(now(), floor=1))
        before = stage.poll
        perform(actions.withdraw_project, stage.clerk, before, "02", "主办方撤回")
        stage.cast_secretly(2, "01")
        with stage.over():
            void(stage)
            done = perform_all(actions.draft_again, stage.clerk, stage.poll)
        again = newest(stage)
        assert again.id != before.id
        assert [each.fact.kind for each in done] == ["poll.drafted"] + ["poll.project_added"] * len(again.projects)
        assert {each.fact.subject for each in done} == {f"poll/{again.id}"}
        assert again.stands is rules.State.DRAFT and again.rule_version == 1
        kept = ("title", "words", "mode", "per", "kind", "least", "most", "budget_fen", "counting", "floor")
        assert [getattr(again, name) for name in kept] == [getattr(before, name) for name in kept]
        assert again.closes_at - again.opens_at == before.closes_at - before.opens_at
        left = [project.code for project in before.projects if project.code != "02"]
        assert [project.code for project in again.projects] == left
        assert (again.lot_seed, again.order_seed) != (before.lot_seed, before.order_seed)
        perform(actions.open_poll, stage.clerk, again, seen=again.rule_version)
        stage.poll_id = again.id
        assert not stage.line(2).marked, "who voted in the void one votes anew"

    @pytest.mark.parametrize("opened", [False, True])
    def test_not_from_one_that_goes_on(self, stage: Stage, opened: bool) -> None:
        (stage.open if opened else stage.draft)()
        refused(Refusal.POLL_ELSEWHERE, perform_all, actions.draft_again, stage.clerk, stage.poll)

    def test_only_the_committee_prepares(self, stage: Stage) -> None:
        stage.open()
        stage.finish()
        refused(People.NOT_YOUR_SEAT, perform_all, actions.draft_again, stage.who(1), stage.poll)


def test_the_desk_offers_it_when_a_poll_is_over(app: Flask, cast: Cast, client: Browser) -> None:
    with app.app_context():
        stage = Stage(cast)
        stage.open()
        number = stage.poll_id
    client.enter(cast.ref("clerk"))
    assert "照这次再准备一次" not in client.get(f"/desk/polls/{number}").text
    with app.app_context():
        stage.finish()
        db.session.rollback()
    page = client.press(f"/desk/polls/{number}", f"/desk/polls/{number}/again", follow=True)
    assert "照着上一次准备好了" in page.text and "准备中" in page.text
    assert page.request.path != f"/desk/polls/{number}"
