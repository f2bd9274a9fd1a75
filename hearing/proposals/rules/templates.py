"""Templates: which consents a kind of plan requires, by which preset of the law, and what else must be there."""

from dataclasses import dataclass
from enum import StrEnum, auto

from hearing.refusal import N_


class Preset(StrEnum):
    """The name of a threshold rule; `consents.rules.RULES` holds its numbers."""

    UNANIMOUS_LESSEES = auto()
    CC278_MAJOR = auto()
    CC278_ORDINARY = auto()


class TemplateName(StrEnum):
    """The kinds of plan that have a template."""

    RAMP_PUBLIC_HOUSING = auto()
    OWNERS_ALTERATION = auto()
    OWNERS_ORDINARY = auto()


@dataclass(frozen=True)
class ConsentTemplate:
    """What a kind of plan requires. `publicity_days` are full days and the least that a notice may set."""

    name: TemplateName
    label: str
    preset: Preset
    publicity_days: int
    needs_manager_consent: bool
    needs_legal_opinion: bool
    no_open_objection: bool
    source: str


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
    )
}
