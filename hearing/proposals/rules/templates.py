"""Templates: which consents a kind of plan requires, by which preset of the law, and what else must be there."""

from dataclasses import dataclass
from enum import StrEnum, auto

from hearing.refusal import N_


class Preset(StrEnum):
    """The name of a threshold rule; `consents.rules.RULES` holds its numbers."""

    UNANIMOUS_LESSEES = auto()
    CC278_MAJOR = auto()
    CC278_ORDINARY = auto()
    CC279_INTERESTED = auto()
    SH_RENEWAL_95 = auto()
    SH_LIFT_2018_ARCHIVE = auto()
    CUSTOM = auto()


class PermitKind(StrEnum):
    """Whose single written yes a plan may need beside its collections."""

    PROPERTY_MANAGER = auto()
    LESSOR = auto()
    PART_OWNER = auto()


class TemplateName(StrEnum):
    """The kinds of plan that have a template."""

    RAMP_PUBLIC_HOUSING = auto()
    OWNERS_ALTERATION = auto()
    OWNERS_ORDINARY = auto()
    LIFT_BUILDING = auto()
    LIFT_ESTATE = auto()
    LIFT_BUILDING_ALONE = auto()
    LIFT_2018_ARCHIVE = auto()
    FLAT_TO_BUSINESS = auto()
    RENEWAL_PUBLIC_HOUSING = auto()
    CUSTOM = auto()


@dataclass(frozen=True)
class ConsentTemplate:
    """What a kind of plan requires. `publicity_days` are full days and the least that a notice may set.

    `permits` are those that are needed beside the collection, PART_OWNER of each unit that the plan names; `beside` are
    the templates that must be asked for in the same plan: 本幢 and 小区 are two rolls.
    """

    name: TemplateName
    label: str
    preset: Preset
    publicity_days: int
    needs_manager_consent: bool
    needs_legal_opinion: bool
    no_open_objection: bool
    source: str
    permits: tuple[PermitKind, ...] = ()
    beside: tuple[TemplateName, ...] = ()


TEMPLATES: dict[TemplateName, ConsentTemplate] = {
    template.name: template
    for template in (
        ConsentTemplate(
            name=TemplateName.RAMP_PUBLIC_HOUSING,
            label=N_("公房公用部位改造"),
            preset=Preset.UNANIMOUS_LESSEES,
            publicity_days=7,
            needs_manager_consent=True,
            needs_legal_opinion=True,
            no_open_objection=True,
            source="上海市房屋租赁条例第二十一条、第二十二条",
        ),
        ConsentTemplate(
            name=TemplateName.OWNERS_ALTERATION,
            label=N_("改建、重建建筑物及其附属设施"),
            preset=Preset.CC278_MAJOR,
            publicity_days=15,
            needs_manager_consent=False,
            needs_legal_opinion=True,
            no_open_objection=False,
            source="民法典第二百七十八条第一款第六项至第八项",
        ),
        ConsentTemplate(
            name=TemplateName.OWNERS_ORDINARY,
            label=N_("业主共同决定的其他事项"),
            preset=Preset.CC278_ORDINARY,
            publicity_days=7,
            needs_manager_consent=False,
            needs_legal_opinion=False,
            no_open_objection=False,
            source="民法典第二百七十八条第一款第一项至第五项、第九项",
        ),
        ConsentTemplate(
            name=TemplateName.LIFT_BUILDING,
            label=N_("加装电梯：本幢业主（另需小区业主）"),
            preset=Preset.CC278_MAJOR,
            publicity_days=10,
            needs_manager_consent=False,
            needs_legal_opinion=True,
            no_open_objection=True,
            source="民法典第二百七十八条第一款第七项；上海市城市更新条例第三十三条",
            permits=(PermitKind.PROPERTY_MANAGER, PermitKind.PART_OWNER),
            beside=(TemplateName.LIFT_ESTATE,),
        ),
        ConsentTemplate(
            name=TemplateName.LIFT_ESTATE,
            label=N_("加装电梯：小区业主（占用小区道路、绿地）"),
            preset=Preset.CC278_MAJOR,
            publicity_days=10,
            needs_manager_consent=False,
            needs_legal_opinion=True,
            no_open_objection=False,
            source="民法典第二百七十八条第一款第七项、第八项",
        ),
        ConsentTemplate(
            name=TemplateName.LIFT_BUILDING_ALONE,
            label=N_("加装电梯：只涉及本幢共有部分"),
            preset=Preset.CC278_MAJOR,
            publicity_days=10,
            needs_manager_consent=False,
            needs_legal_opinion=True,
            no_open_objection=True,
            source="民法典第二百七十八条第一款第七项；上海市住宅物业管理规定第三十五条",
            permits=(PermitKind.PROPERTY_MANAGER, PermitKind.PART_OWNER),
        ),
        ConsentTemplate(
            name=TemplateName.LIFT_2018_ARCHIVE,
            label=N_("加装电梯2018年口径（只用于核对旧案卷）"),
            preset=Preset.SH_LIFT_2018_ARCHIVE,
            publicity_days=10,
            needs_manager_consent=False,
            needs_legal_opinion=True,
            no_open_objection=True,
            source="上海市2014年至2018年加装电梯口径，已由民法典第二百七十八条代替",
            permits=(PermitKind.PROPERTY_MANAGER,),
        ),
        ConsentTemplate(
            name=TemplateName.FLAT_TO_BUSINESS,
            label=N_("住宅改为经营性用房"),
            preset=Preset.CC279_INTERESTED,
            publicity_days=7,
            needs_manager_consent=False,
            needs_legal_opinion=True,
            no_open_objection=False,
            source="民法典第二百七十九条",
        ),
        ConsentTemplate(
            name=TemplateName.RENEWAL_PUBLIC_HOUSING,
            label=N_("公房拆除重建、成套改造"),
            preset=Preset.SH_RENEWAL_95,
            publicity_days=7,
            needs_manager_consent=False,
            needs_legal_opinion=True,
            no_open_objection=False,
            source="上海市城市更新条例第三十二条",
            permits=(PermitKind.LESSOR,),
        ),
        ConsentTemplate(
            name=TemplateName.CUSTOM,
            label=N_("自行约定规则的征询（须写明法律依据）"),
            preset=Preset.CUSTOM,
            publicity_days=7,
            needs_manager_consent=False,
            needs_legal_opinion=True,
            no_open_objection=False,
            source="管理规约或业主大会决定；依据写在征询的规则里",
        ),
    )
}
