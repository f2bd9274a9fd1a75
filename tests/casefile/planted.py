"""What must not get out: rows with somebody's own in every table that a case file reads."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from hearing.clock import now
from hearing.concerns.models import Concern, ConcernAnswer, ConcernAnswerFile, ConcernTelling
from hearing.consents.models import (
    AskFirst,
    ConsentUnit,
    Guardianship,
    Mandate,
    MandatePrincipal,
    PaperSlip,
    RollCorrection,
    UnitEvent,
)
from hearing.db import db
from hearing.files import storage
from hearing.files.models import Evidence
from hearing.notices.models import Notice, Objection, PublicityPeriod
from hearing.people.models import Account
from hearing.places.models import Holder, Unit
from hearing.proposals.models import Application, Proposal
from hearing.visits.models import Visit
from hearing.web.filters import door
from tests import schema
from tests.consents.course import png

AGENT, AGENT_PHONE, GUARDIAN, OBJECTOR, TELLER = "秦代理", "13911112222", "严监护", "吴异议", "尤转告"
WORDS = (
    "油烟进到我家卧室",
    "我家老人的病",
    "反对的人是楼上",
    "=1+1我有疑问",
    "名册上我家的人不对",
    "交接班登记的事由",
    "挂号信XA12345678",
    "十一号早上送来的条子",
)


def plant(proposal_id: int) -> None:
    """Put them in."""
    with schema.door_open():
        proposal = db.session.get_one(Proposal, proposal_id)
        proposal.proposer_name = "谭云"
        unit = db.session.scalars(select(ConsentUnit).order_by(ConsentUnit.id)).first()
        clerk = db.session.scalars(select(Account).where(Account.ref == "p-clerk")).one()
        assert unit is not None
        moment, holder = now(), unit.holders[0].holder_id
        kinds = [
            *("proposal_letter", "consent_unit_paper", "visit_photo", "consent_slip", "consent_mandate"),
            *("concern_photo", "concern_answer_file", "objection_paper"),
        ]
        papers = {kind: _paper(proposal, clerk, kind) for kind in kinds}
        db.session.add_all(
            [
                Application(
                    proposal_id=proposal.id,
                    number=1,
                    problem=WORDS[1],
                    place="进弄口",
                    wish="改坡道",
                    upkeep="大家",
                    digest="a" * 64,
                    letter_photo_id=papers["proposal_letter"].id,
                    written_by=clerk.id,
                    written_at=moment,
                ),
                UnitEvent(
                    consent_unit_id=unit.id,
                    kind="blocked",
                    reason=WORDS[5],
                    evidence_id=papers["consent_unit_paper"].id,
                    entered_by=clerk.id,
                    entered_at=moment,
                ),
                RollCorrection(
                    collection_id=unit.collection_id,
                    consent_unit_id=unit.id,
                    text=WORDS[4],
                    asked_by=clerk.id,
                    asked_at=moment,
                ),
                AskFirst(consent_unit_id=unit.id, question=WORDS[3], asked_by=clerk.id, asked_at=moment, due_at=moment),
                Guardianship(
                    holder_id=holder,
                    relation="spouse",
                    basis="court",
                    guardian_name=GUARDIAN,
                    guardian_phone="13933334444",
                    since=date(2026, 11, 1),
                    evidence_id=papers["consent_unit_paper"].id,
                    entered_by=clerk.id,
                    entered_at=moment,
                ),
                Visit(
                    consent_unit_id=unit.id,
                    outcome="mail",
                    happened_on=date(2026, 11, 7),
                    mail_number="XA12345678",
                    photo_id=papers["visit_photo"].id,
                    no_more=False,
                    made_by=clerk.id,
                    entered_by=clerk.id,
                    entered_at=moment,
                ),
                PaperSlip(
                    collection_id=unit.collection_id,
                    consent_unit_id=unit.id,
                    code="ABCD1234EF",
                    state="void",
                    issued_by=clerk.id,
                    issued_at=moment,
                    void_because="写坏了",
                    photo_id=papers["consent_slip"].id,
                ),
            ]
        )
        _mandate(unit, clerk, papers["consent_mandate"])
        _concern(proposal, unit, clerk, papers["concern_photo"], papers["concern_answer_file"])
        _objection(proposal, clerk, papers["objection_paper"])


def _paper(proposal: Proposal, clerk: Account, kind: str) -> Evidence:
    found = Evidence(
        neighbourhood_id=proposal.neighbourhood_id,
        matter=proposal.matter,
        kind=kind,
        sha256=storage.write(png()),
        media_type="image/png",
        size=len(png()),
        uploaded_by=clerk.id,
        uploaded_at=now(),
    )
    db.session.add(found)
    db.session.flush()
    return found


def _mandate(unit: ConsentUnit, clerk: Account, paper: Evidence) -> None:
    mandate = Mandate(
        collection_id=unit.collection_id,
        consent_unit_id=unit.id,
        agent_name=AGENT,
        agent_phone=AGENT_PHONE,
        instruction="agree",
        plan_hash="b" * 64,
        valid_from=date(2026, 11, 1),
        valid_until=date(2026, 12, 1),
        method="paper",
        signature_id=paper.id,
        given_by=clerk.id,
        given_at=now(),
    )
    mandate.principals = [MandatePrincipal(holder_id=unit.holders[0].holder_id)]
    db.session.add(mandate)


def _concern(proposal: Proposal, unit: ConsentUnit, clerk: Account, photo: Evidence, sketch: Evidence) -> None:
    concern = Concern(
        proposal_id=proposal.id,
        neighbourhood_id=proposal.neighbourhood_id,
        number=1,
        kind="light",
        text=WORDS[0],
        photo_id=photo.id,
        unit_id=unit.unit_id,
        raised_by=clerk.id,
        raised_at=now(),
    )
    answer = ConcernAnswer(
        text="量过了",
        measures_json='[["冬至日照", "118", "分钟"]]',
        compensation_fen=50_000,
        role="committee_clerk",
        answered_by=clerk.id,
        answered_at=now(),
    )
    answer.files = [ConcernAnswerFile(evidence_id=sketch.id)]
    concern.answers = [answer]
    db.session.add(concern)
    db.session.flush()
    db.session.add(
        ConcernTelling(
            concern_id=concern.id,
            way="paper",
            told_by=TELLER,
            told_on=date(2026, 11, 7),
            note=WORDS[7],
            paper_id=photo.id,
            entered_by=clerk.id,
            entered_at=now(),
        )
    )


def _objection(proposal: Proposal, clerk: Account, paper: Evidence) -> None:
    period = db.session.scalars(select(PublicityPeriod).where(PublicityPeriod.matter == proposal.matter)).first()
    assert period is not None
    assert db.session.scalars(select(Notice)).first() is not None
    db.session.add(
        Objection(
            publicity_id=period.id,
            number=99,
            name=OBJECTOR,
            door="天津路426弄 三层后楼",
            contact="13955556666",
            relation="",
            text=WORDS[2],
            state="withdrawn",
            raised_at=now(),
            assisted_by=clerk.id,
            assisted_why="本人要求",
            paper_id=paper.id,
        )
    )


def hidden() -> set[str]:
    """Every name, telephone number and door of the register, and what households wrote."""
    found = {
        AGENT,
        AGENT_PHONE,
        GUARDIAN,
        OBJECTOR,
        TELLER,
        *WORDS,
        "XA12345678",
        "ABCD1234EF",
        "13933334444",
        "13955556666",
    }
    for holder in db.session.scalars(select(Holder)):
        found |= {holder.name, holder.phone}
    for unit in db.session.scalars(select(Unit)):
        house = unit.stairwell.building.name
        found |= {door(house, unit.name), door(house, f"{unit.floor}{unit.name}")}
    found |= {account.phone for account in db.session.scalars(select(Account)) if account.phone}
    return {each for each in found if len(each) > 1}
