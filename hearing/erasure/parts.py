"""Parts 明细: what an erasure takes away, gathered before anything is changed, so that it can be shown first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hearing.ballots.models import NamedBallot
from hearing.casefile.models import CaseFileRequest
from hearing.clock import database_now
from hearing.concerns.models import Concern, ConcernAnswer, ConcernTelling, ConcernWord
from hearing.consents.models import (
    AskFirst,
    ConsentDraft,
    ConsentRecord,
    Guardianship,
    Mandate,
    MandateEvent,
    OfficialResult,
    PaperSlip,
    RecordMark,
    RollCorrection,
    SignatureCheck,
    SlipPhoto,
    UnitEvent,
)
from hearing.db import Base
from hearing.denials.models import Denial
from hearing.meetings.models import Satisfaction, SettlementSignature, SignUp, Wording
from hearing.notices.models import Objection
from hearing.people.models import (
    Account,
    Arrival,
    LoginSession,
    Membership,
    MembershipRefusal,
    Message,
    OneTimeCode,
)
from hearing.people.rules import GONE
from hearing.places.models import Holder
from hearing.proposals.models import Application, Draft, DraftPhoto, PermitAnswer, Proposal, SecondLook
from hearing.refusal import N_
from hearing.register.models import RegisterChange, RollImport
from hearing.visits.models import Visit, VisitCorrection
from hearing.works.models import GroupSeat, WorksEvent

BLANKS: dict[type[Base], Mapping[str, object]] = {
    ConsentRecord: dict.fromkeys(ConsentRecord.erasable, ""),
    RecordMark: dict.fromkeys(RecordMark.erasable, ""),
    SignatureCheck: dict.fromkeys(SignatureCheck.erasable, ""),
    SlipPhoto: {"because": ""},
    PaperSlip: {"void_because": ""},
    UnitEvent: dict.fromkeys(UnitEvent.erasable, ""),
    Mandate: dict.fromkeys(Mandate.erasable, ""),
    MandateEvent: dict.fromkeys(MandateEvent.erasable, ""),
    Guardianship: dict.fromkeys(Guardianship.erasable, ""),
    OfficialResult: dict.fromkeys(OfficialResult.erasable, ""),
    PermitAnswer: dict.fromkeys(PermitAnswer.erasable, ""),
    Visit: dict.fromkeys(Visit.erasable, ""),
    VisitCorrection: dict.fromkeys(VisitCorrection.erasable, ""),
    RollCorrection: {"text": "", "reply": ""},
    AskFirst: {"question": "", "answer": ""},
    Denial: {"reason": ""},
    Application: dict.fromkeys(Application.erasable, ""),
    Proposal: {"proposer_name": GONE},
    SecondLook: {"reason": "", "answer": ""},
    Objection: {"name": GONE, "door": "", "contact": "", "text": "", "assisted_why": ""},
    Concern: dict.fromkeys(Concern.erasable, ""),
    ConcernAnswer: dict.fromkeys(ConcernAnswer.erasable, ""),
    ConcernWord: dict.fromkeys(ConcernWord.erasable, ""),
    ConcernTelling: dict.fromkeys(ConcernTelling.erasable, ""),
    SignUp: {"topic": ""},
    Satisfaction: dict.fromkeys(Satisfaction.erasable, ""),
    Wording: dict.fromkeys(Wording.erasable, ""),
    SettlementSignature: dict.fromkeys(SettlementSignature.erasable, ""),
    WorksEvent: dict.fromkeys(WorksEvent.erasable, ""),
    GroupSeat: {"ended_note": ""},
    CaseFileRequest: dict.fromkeys(CaseFileRequest.erasable, ""),
    RegisterChange: {"note": ""},
    RollImport: {"filename": "", "reading": None, "findings_json": "[]", "undo": None},
    MembershipRefusal: {"reason": ""},
    NamedBallot: dict.fromkeys(NamedBallot.erasable, ""),
    Holder: {"name": GONE, "phone": ""},
    Account: {
        "name": GONE,
        "phone": None,
        "email": "",
        "password_hash": None,
        "totp_secret": None,
        "invitation": None,
        "disabled_at": database_now(),
    },
    Membership: {"left_at": database_now()},
}
"""What stands in a row once what is somebody's own has been erased. Rows of other tables are deleted."""

LABELS: dict[type[Base], str] = {
    ConsentRecord: N_("书面表态的签名、笔迹、理由"),
    RecordMark: N_("对签名的异议理由"),
    SignatureCheck: N_("签名核实的说明"),
    SlipPhoto: N_("征询单照片去掉、重拍的理由"),
    PaperSlip: N_("征询单作废的理由"),
    UnitEvent: N_("户内变动的说明"),
    Mandate: N_("委托书上的代理人和笔迹"),
    MandateEvent: N_("委托终止的说明"),
    Guardianship: N_("监护人姓名和手机号"),
    OfficialResult: N_("更正官方结果的理由"),
    PermitAnswer: N_("书面许可的说明"),
    NamedBallot: N_("实名选票选了什么"),
    Visit: N_("送达的单号"),
    VisitCorrection: N_("上门登记的更正"),
    RollCorrection: N_("名册更正"),
    AskFirst: N_("先问一问"),
    Denial: N_("“这不是我签的”的理由"),
    Application: N_("书面申请的文字"),
    Proposal: N_("提案人姓名"),
    SecondLook: N_("复议的理由"),
    Objection: N_("异议人姓名、门牌、内容"),
    Concern: N_("顾虑的文字"),
    ConcernAnswer: N_("对顾虑的答复"),
    ConcernWord: N_("解决没解决的说明"),
    ConcernTelling: N_("代记顾虑时写的谁说的、怎么说的"),
    SignUp: N_("会议报名想说的话"),
    Satisfaction: N_("满意度回访写的话"),
    Wording: N_("录音转成的文字"),
    SettlementSignature: N_("没有在协调结果上签字的原因"),
    WorksEvent: N_("电梯办理记录的说明"),
    GroupSeat: N_("小组成员卸任的说明"),
    CaseFileRequest: N_("要案卷的用途"),
    RegisterChange: N_("户册变更的依据"),
    RollImport: N_("户册导入的明细"),
    MembershipRefusal: N_("没有核对上的原因"),
    Holder: N_("户册上的姓名和手机号"),
    Account: N_("账号：姓名、手机号、邮箱、密码"),
    Membership: N_("所属户"),
    LoginSession: N_("登录的设备"),
    OneTimeCode: N_("验证码"),
    Arrival: N_("登录过程"),
    Message: N_("短信和邮件"),
    ConsentDraft: N_("没有交的表态"),
    Draft: N_("没有交的建议"),
    DraftPhoto: N_("没有交的照片"),
}
PAYLOADS = N_("存证里的非公开内容和随机数")
PICTURES = N_("签名图像、纸质原件照片")

# Codes belong to an arrival, checks to a mark: what points to a row goes before it.
_ORDER = {model: place for place, model in enumerate((OneTimeCode, *LABELS))}


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that stays for now: what it is, why, and the last day on which it is kept, if that is known."""

    label: str
    because: str
    until: date | None = None


@dataclass
class Going:
    """What goes: payloads by index, rows by table, files by the row that names them; and what of it stays."""

    payloads: set[int] = field(default_factory=set)
    rows: dict[type[Base], set[int]] = field(default_factory=dict)
    pictures: set[int] = field(default_factory=set)
    kept: list[Kept] = field(default_factory=list)

    def add(self, model: type[Base], ids: Iterable[Any]) -> None:
        """These rows of a table go, or are blanked."""
        if found := set(ids):
            self.rows.setdefault(model, set()).update(found)

    def stays(self, label: str, because: str, until: date | None = None) -> None:
        """Something stays; of several reasons for the same thing the latest day counts."""
        for place, known in enumerate(self.kept):
            if (known.label, known.because) == (label, because):
                if until is not None and (known.until is None or until > known.until):
                    self.kept[place] = Kept(label, because, until)
                return
        self.kept.append(Kept(label, because, until))

    def ordered(self) -> list[tuple[type[Base], Collection[int]]]:
        """The tables with their rows, those first that point to others."""
        return sorted(self.rows.items(), key=lambda pair: _ORDER[pair[0]])

    def __bool__(self) -> bool:
        return bool(self.payloads or self.rows or self.pictures)
