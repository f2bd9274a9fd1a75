"""What consents tell the trail: never a household, a door or an answer in the open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from hearing.audit.fact import Band, Fact, private, public
from hearing.refusal import N_


@dataclass(frozen=True, kw_only=True)
class CollectionSetUp(Fact):
    """The terms of a collection were fixed."""

    kind: ClassVar[str] = "consent.drafted"
    sentence: ClassVar[str] = N_("居委会设定了意愿征询的规则：%(rule_label)s")
    rule_label: str = public()
    preset: str = public()
    rule_version: int = public()
    rule_hash: str = public()
    plan_hash: str = public()
    window_days: int = public()
    grace_days: int = public()
    conflict_rule: str = public()
    mandate_cap: int = public()


@dataclass(frozen=True, kw_only=True)
class RollShown(Fact):
    """The roll was built and shown to its own members."""

    kind: ClassVar[str] = "roll.shown"
    sentence: ClassVar[str] = N_("名册开始核对，共 %(units)d 户")
    band: ClassVar[Band] = Band.DURING
    units: int = public()
    until: datetime = public()


@dataclass(frozen=True, kw_only=True)
class CorrectionAsked(Fact):
    """Somebody said that the roll is wrong about her unit."""

    kind: ClassVar[str] = "roll.correction_asked"
    sentence: ClassVar[str] = N_("有住户提出更正名册")
    receipt: ClassVar[str] = N_("您提出的名册更正已收到，居委会会在定名册前答复您")
    unit: str = private()
    text: str = private()


@dataclass(frozen=True, kw_only=True)
class CorrectionDecided(Fact):
    """A correction of the roll was accepted or not."""

    kind: ClassVar[str] = "roll.correction_decided"
    sentence: ClassVar[str] = N_("一条名册更正有了答复")
    accepted: bool = public()
    unit: str = private()
    reply: str = private()


@dataclass(frozen=True, kw_only=True)
class RollFixed(Fact):
    """The roll was frozen and answering began."""

    kind: ClassVar[str] = "roll.fixed"
    sentence: ClassVar[str] = N_("名册定稿，%(units)d 户开始表态")
    band: ClassVar[Band] = Band.DURING
    units: int = public()
    area_centi: int = public()
    roll_hash: str = public()
    plan_hash: str = public()
    closes: datetime = public()
    notice_hash: str = public()


@dataclass(frozen=True, kw_only=True)
class RecordsSeen(Fact):
    """A member of staff opened a household's records, or those of all."""

    kind: ClassVar[str] = "consent.viewed"
    sentence: ClassVar[str] = N_("工作人员查看了表态记录")
    receipt: ClassVar[str] = N_("您查看表态记录的理由已记下：%(purpose)s")
    all_households: bool = public()
    unit: str = private()
    purpose: str = private()


@dataclass(frozen=True, kw_only=True)
class Answered(Fact):
    """A household confirmed in writing."""

    kind: ClassVar[str] = "consent.answered"
    sentence: ClassVar[str] = N_("一户书面表态")
    receipt: ClassVar[str] = N_("您对“%(title)s”方案第 %(version)d 版的表态是：%(answer_label)s")
    plan_hash: str = public()
    method: str = public()
    record: int = public()
    title: str = private()
    version: int = private()
    unit: str = private()
    holders: tuple[str, ...] = private()
    answer: str = private()
    answer_label: str = private()
    signed_on: str = private()
    received_at: datetime = private()
    evidence_hash: str = private()
    identity: str = private()
    assisted: bool = private()
    mandate: int | None = private(default=None)
    guardian: bool = private(default=False)


@dataclass(frozen=True, kw_only=True)
class Withdrawn(Fact):
    """A household took its answer back."""

    kind: ClassVar[str] = "consent.withdrawn"
    sentence: ClassVar[str] = N_("一户撤回表态")
    receipt: ClassVar[str] = N_("您已撤回对“%(title)s”的表态。截止前可以重新表态")
    plan_hash: str = public()
    method: str = public()
    record: int = public()
    title: str = private()
    unit: str = private()
    holders: tuple[str, ...] = private()
    evidence_hash: str = private()


@dataclass(frozen=True, kw_only=True)
class FirstAsked(Fact):
    """A household wants to ask before it answers."""

    kind: ClassVar[str] = "consent.asked"
    sentence: ClassVar[str] = N_("一户想先问一问")
    receipt: ClassVar[str] = N_("您的问题已收到，居委会两个工作日内联系您。您还没有表态，随时可以再来")
    unit: str = private()
    question: str = private()


@dataclass(frozen=True, kw_only=True)
class FirstAnswered(Fact):
    """The committee answered a question."""

    kind: ClassVar[str] = "consent.asked_answered"
    sentence: ClassVar[str] = N_("居委会答复了一户的问题")
    unit: str = private()
    answer: str = private()


@dataclass(frozen=True, kw_only=True)
class UnitBlocked(Fact):
    """A unit cannot answer for now, or can again."""

    kind: ClassVar[str] = "consent.unit_checked"
    sentence: ClassVar[str] = N_("一户的资料有变动，居委会作了登记")
    blocked: bool = public()
    after_death: int = public(default=0)
    """How many signatures are dated after the death that is registered: each is looked into."""
    unit: str = private()
    why: str = private()
    happened_on: str = private(default="")
    reason: str = private()


@dataclass(frozen=True, kw_only=True)
class HolderChanged(Fact):
    """The lessor named a new lessee, or a flat changed hands: somebody else answers for the unit."""

    kind: ClassVar[str] = "consent.holder_changed"
    sentence: ClassVar[str] = N_("一户办好过户或更户，由新的表态人表态")
    unit: str = private()
    holders: tuple[str, ...] = private()
    since: str = private()
    reason: str = private()


@dataclass(frozen=True, kw_only=True)
class SignatureDenied(Fact):
    """A household says that a signature in its name is not its own."""

    kind: ClassVar[str] = "consent.disputed"
    sentence: ClassVar[str] = N_("一份签名有人提出不是本人签的，先不计入，由两位没有经手的人核实")
    receipt: ClassVar[str] = N_("已登记“这不是我签的”。这份表态先不计入，三个工作日内由两位没有经手的人核实")
    band: ClassVar[Band] = Band.DURING
    record: int = public()
    unit: str = private()
    reason: str = private()


@dataclass(frozen=True, kw_only=True)
class SignatureChecked(Fact):
    """One of those who check a disputed signature said what she found; `verdict` is awaited until two agree."""

    kind: ClassVar[str] = "consent.dispute_checked"
    sentence: ClassVar[str] = N_("核实了一份存疑的签名")
    record: int = public()
    verdict: str = public()
    unit: str = private()
    genuine: bool = private()
    finding: str = private()


@dataclass(frozen=True, kw_only=True)
class SlipsIssued(Fact):
    """Paper slips were printed."""

    kind: ClassVar[str] = "consent.slips_issued"
    sentence: ClassVar[str] = N_("打印了 %(count)d 张纸质征询单")
    count: int = public()
    codes: tuple[str, ...] = private()


@dataclass(frozen=True, kw_only=True)
class SlipVoided(Fact):
    """A printed slip is good no more."""

    kind: ClassVar[str] = "consent.slip_voided"
    sentence: ClassVar[str] = N_("一张纸质征询单作废")
    code: str = private()
    reason: str = private()


@dataclass(frozen=True, kw_only=True)
class SlipReprinted(Fact):
    """A slip that is still out was printed anew, and the old one is good no more."""

    kind: ClassVar[str] = "consent.slip_reprinted"
    sentence: ClassVar[str] = N_("补打了一张纸质征询单，原来的一张作废")
    receipt: ClassVar[str] = N_("已补打征询单 %(code)s，原来的 %(old_code)s 作废")
    code: str = private()
    old_code: str = private()
    reason: str = private()


@dataclass(frozen=True, kw_only=True)
class SlipBatchOpened(Fact):
    """A pile of slips came in, with one receipt stamp."""

    kind: ClassVar[str] = "consent.slips_received"
    sentence: ClassVar[str] = N_("登记了第 %(batch)d 批收到的纸质征询单")
    batch: int = public()
    came_by: str = public()
    received_at: datetime = private()


@dataclass(frozen=True, kw_only=True)
class SlipsPhotographed(Fact):
    """Slips were photographed: which code, which picture, what became of each, in their order.

    The codes say whose slip came back, and a picture is somebody's hand: both are committed to, and erased with it.
    """

    kind: ClassVar[str] = "consent.slips_photographed"
    sentence: ClassVar[str] = N_(
        "第 %(batch)d 批纸质征询单拍照存档：对上 %(matched)d 张，待认 %(waiting)d 张，没有收 %(refused)d 张"
    )
    batch: int = public()
    matched: int = public()
    waiting: int = public()
    refused: int = public()
    codes: tuple[str, ...] = private()
    pictures: tuple[str, ...] = private()
    states: tuple[str, ...] = private()


@dataclass(frozen=True, kw_only=True)
class SlipPhotoSettled(Fact):
    """A person said of a photo whose slip it shows, that it shows none, or that it must be taken anew."""

    kind: ClassVar[str] = "consent.slip_photo_settled"
    sentence: ClassVar[str] = N_("第 %(batch)d 批里有一张照片由工作人员作了处理")
    batch: int = public()
    state: str = public()
    picture: str = private()
    code: str = private()
    reason: str = private()


@dataclass(frozen=True, kw_only=True)
class SlipRead(Fact):
    """A member of staff entered a slip; nobody else sees the reading yet."""

    kind: ClassVar[str] = "consent.slip_read"
    sentence: ClassVar[str] = N_("录入了一张纸质征询单（第 %(time)d 次）")
    receipt: ClassVar[str] = N_("已录入征询单 %(code)s，等另一位同事复核")
    time: int = public()
    differs: bool = public()
    code: str = private()
    picture: str = private(default="")
    """SHA-256 of the photo, where it came with the reading."""


@dataclass(frozen=True, kw_only=True)
class Extended(Fact):
    """The window was made longer, once."""

    kind: ClassVar[str] = "consent.extended"
    sentence: ClassVar[str] = N_("征询延长到 %(last_day)s：%(reason)s")
    band: ClassVar[Band] = Band.DURING
    last_day: str = public()
    closes: datetime = public()
    reason: str = public()
    notice_hash: str = public()


@dataclass(frozen=True, kw_only=True)
class Closed(Fact):
    """Answering ended."""

    kind: ClassVar[str] = "consent.closed"
    sentence: ClassVar[str] = N_("征询截止，%(answered)d 户已表态")
    band: ClassVar[Band] = Band.DURING
    answered: int = public()


@dataclass(frozen=True, kw_only=True)
class ProvisionalPublished(Fact):
    """The provisional result hangs for objections."""

    kind: ClassVar[str] = "consent.provisional"
    sentence: ClassVar[str] = N_("公布初步结果：应征询 %(all_heads)d 户，参与 %(part_heads)d 户，同意 %(yes_heads)d 户")
    band: ClassVar[Band] = Band.DURING
    all_heads: int = public()
    all_area: int = public()
    part_heads: int = public()
    part_area: int = public()
    yes_heads: int = public()
    yes_area: int = public()
    no_heads: int = public()
    abstain_heads: int = public()
    passed: bool = public()
    until: datetime = public()
    notice_hash: str = public()
    slips_issued: int = public(default=0)
    slips_used: int = public(default=0)
    slips_void: int = public(default=0)
    slips_unreturned: int = public(default=0)


@dataclass(frozen=True, kw_only=True)
class ResultConfirmed(Fact):
    """One of the two persons confirmed the result."""

    kind: ClassVar[str] = "consent.confirmed"
    sentence: ClassVar[str] = N_("结果由%(role_label)s确认")
    role_label: str = public()
    count_hash: str = public()


@dataclass(frozen=True, kw_only=True)
class Finished(Fact):
    """The result is final."""

    kind: ClassVar[str] = "consent.finished"
    sentence: ClassVar[str] = N_("征询结果生效：%(reason_label)s")
    band: ClassVar[Band] = Band.DURING
    passed: bool = public()
    reason: str = public()
    reason_label: str = public()
    all_heads: int = public()
    all_area: int = public()
    part_heads: int = public()
    part_area: int = public()
    yes_heads: int = public()
    yes_area: int = public()
    no_heads: int = public()
    abstain_heads: int = public()
    plan_hash: str = public()
    roll_hash: str = public()
    notice_hash: str = public()


@dataclass(frozen=True, kw_only=True)
class Official(Fact):
    """What an official result tells: whose it is, how it ended, its figures, and the fingerprint of its paper."""

    band: ClassVar[Band] = Band.DURING
    office: str = public()
    reference: str = public()
    day: str = public()
    """YYYY-MM-DD in Beijing."""
    way: str = public()
    passed: bool = public()
    outcome_label: str = public()
    yes_heads: int | None = public()
    all_heads: int | None = public()
    yes_area: int | None = public()
    all_area: int | None = public()
    document_hash: str = public()


@dataclass(frozen=True, kw_only=True)
class OfficialRecorded(Official):
    """An official result was recorded beside our own."""

    kind: ClassVar[str] = "consent.official_recorded"
    sentence: ClassVar[str] = N_("登记官方结果：%(office)s，%(reference)s，%(outcome_label)s（%(day)s）")


@dataclass(frozen=True, kw_only=True)
class OfficialCorrected(Official):
    """The official result that was recorded before was corrected by this one."""

    kind: ClassVar[str] = "consent.official_corrected"
    sentence: ClassVar[str] = N_("更正官方结果：%(office)s，%(reference)s，%(outcome_label)s（%(day)s）")
    reason: str = private()


@dataclass(frozen=True, kw_only=True)
class Voided(Fact):
    """The collection was declared void."""

    kind: ClassVar[str] = "consent.void"
    sentence: ClassVar[str] = N_("本次征询无效：%(reason)s")
    band: ClassVar[Band] = Band.DURING
    reason: str = public()


@dataclass(frozen=True, kw_only=True)
class HeirsShown(Fact):
    """Heirs, or an administrator of the estate, stand in the place of a holder who has died."""

    kind: ClassVar[str] = "consent.heirs_shown"
    sentence: ClassVar[str] = N_("一户的继承人或遗产管理人已确认，由新的表态人表态")
    unit: str = private()
    dead: str = private()
    holders: tuple[str, ...] = private()
    administrator: bool = private()
    since: str = private()
    reason: str = private()


@dataclass(frozen=True, kw_only=True)
class GuardianNamed(Fact):
    """Somebody acts for a holder by law, or does so no more; why is nobody's business."""

    kind: ClassVar[str] = "consent.guardian"
    sentence: ClassVar[str] = N_("一户登记了监护关系的变动")
    receipt: ClassVar[str] = N_("监护关系已登记")
    standing: bool = public()
    unit: str = private()
    holder: str = private()
    relation: str = private()
    basis: str = private()
    since: str = private()


@dataclass(frozen=True, kw_only=True)
class _AboutMandate(Fact):
    """What every fact of a mandate shares: its number and its unit, and never the two sides in the open."""

    mandate: int = public()
    unit: str = private()


@dataclass(frozen=True, kw_only=True)
class MandateGiven(_AboutMandate):
    """A holder gave a mandate with an instruction; it says nothing until the agent has accepted it."""

    kind: ClassVar[str] = "mandate.given"
    sentence: ClassVar[str] = N_("一户写了委托书，等代理人接受")
    receipt: ClassVar[str] = N_(
        "您已委托 %(agent)s：对“%(title)s”方案第 %(version)d 版%(answer_label)s。等代理人接受后生效"
    )
    plan_hash: str = public()
    on_paper: bool = public()
    agent: str = private()
    title: str = private()
    version: int = private()
    holders: tuple[str, ...] = private()
    answer: str = private()
    answer_label: str = private()
    valid_until: str = private()


@dataclass(frozen=True, kw_only=True)
class MandateEntered(MandateGiven):
    """A member of staff entered a paper mandate; a second one compares it with the photo."""

    kind: ClassVar[str] = "mandate.entered"
    sentence: ClassVar[str] = N_("录入了一份纸质委托书，等第二人复核")
    receipt: ClassVar[str] = N_("纸质委托书已录入，等另一位工作人员对照原件复核")


@dataclass(frozen=True, kw_only=True)
class MandateChecked(_AboutMandate):
    """A second member of staff compared a paper mandate with its photo."""

    kind: ClassVar[str] = "mandate.checked"
    sentence: ClassVar[str] = N_("一份纸质委托书经第二人复核")
    receipt: ClassVar[str] = N_("您复核了一份纸质委托书")


@dataclass(frozen=True, kw_only=True)
class MandateAnswered(_AboutMandate):
    """The agent accepted or declined."""

    kind: ClassVar[str] = "mandate.answered"
    sentence: ClassVar[str] = N_("代理人答复了一份委托")
    receipt: ClassVar[str] = N_("您对这份委托的答复已记下：%(answer_label)s")
    accepted: bool = public()
    answer_label: str = private()


@dataclass(frozen=True, kw_only=True)
class MandateEnded(_AboutMandate):
    """A mandate was taken back, or ended by a death."""

    kind: ClassVar[str] = "mandate.ended"
    sentence: ClassVar[str] = N_("一份委托终止")
    receipt: ClassVar[str] = N_("这份委托已终止；终止以前代理人表的态还算数，您可以自己更改或撤回")
    because: str = public()
    happened_on: str = private()
    reason: str = private()
