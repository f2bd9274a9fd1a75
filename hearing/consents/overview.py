"""Overview 全貌: what a page says of a collection as a whole, counted once from its ballot."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from flask_babel import gettext

from hearing.consents import rules
from hearing.consents.ballots import Ballot
from hearing.consents.models import ConsentCollection
from hearing.printing import words
from hearing.web.filters import area

_HAS_ROLL = frozenset(rules.CollectionState) - {rules.CollectionState.DRAFT}
_COUNTED = frozenset({rules.CollectionState.PROVISIONAL, rules.CollectionState.PASSED, rules.CollectionState.FAILED})


@dataclass(frozen=True)
class LineWords:
    """One line of a rule in words: what was reached of what, and what is lacking."""

    title: str
    heads: str
    area: str
    reached: bool


def rule_words(rule: rules.ThresholdRule, heads: int) -> str:
    """A rule in plain words, with the number of heads; a rule of the committee's own is put together of its parts."""
    if rule.preset is not rules.Preset.CUSTOM:
        return str(gettext(rule.words, n=heads))
    parts = [gettext("全体 %(n)d 户", n=heads)]
    if rule.turnout is not None:
        parts.append(gettext("%(part)s参与", part=_part(rule.turnout)))
    of_all = rule.agreement_of is rules.Base.ALL
    words = gettext("全体的%(part)s同意") if of_all else gettext("参与的%(part)s同意")
    parts.append(words % {"part": _part(rule.agreement)})
    if rule.counts_area:
        parts.append(gettext("人数和面积都要达到"))
    if rule.no_open_objection:
        parts.append(gettext("没有未解决的异议"))
    return str(gettext("，").join(parts))


def _part(line: rules.Line) -> str:
    part = f"{line.numerator}/{line.denominator}"
    return str(gettext("超过%(part)s", part=part) if line.strict else gettext("%(part)s以上", part=part))


@dataclass(frozen=True)
class Overview:
    """A collection at a moment. The split into 反对 and 弃权 is told once answering is over, never while it runs."""

    collection: ConsentCollection
    now: datetime

    @property
    def ballot(self) -> Ballot:
        """The roll and the records as the law weighs them."""
        return self.collection.shown

    @property
    def standings(self) -> dict[str, rules.Standing]:
        """What stands for every unit."""
        return self.ballot.standings

    @property
    def roll(self) -> rules.Roll:
        """The roll."""
        return self.ballot.roll

    @property
    def count(self) -> rules.Tally:
        """The count by the collection's rule."""
        return self.ballot.tally

    @property
    def is_open(self) -> bool:
        """Whether some household may answer now."""
        return self.collection.takes_answers(self.now)

    @property
    def is_closing(self) -> bool:
        """Whether the hour has come and the system has not written it down yet."""
        return self.collection.stands is rules.CollectionState.OPEN and not self.is_open

    @property
    def has_roll(self) -> bool:
        """Whether the roll has been shown."""
        return self.collection.stands in _HAS_ROLL and bool(self.roll.units)

    @property
    def has_result(self) -> bool:
        """Whether the count is published, provisional or final."""
        return self.collection.stands in _COUNTED

    @property
    def is_unanimous(self) -> bool:
        """Whether the rule asks all of the roll to agree."""
        return self.collection.rule.agreement_of is rules.Base.ALL

    @property
    def label(self) -> str:
        """Where the collection stands, in the reader's language."""
        return str(gettext("已截止") if self.is_closing else gettext(self.collection.state_label))

    @property
    def tone(self) -> str:
        """The tag's tone for that word."""
        match self.collection.stands:
            case rules.CollectionState.PASSED:
                return "jade"
            case rules.CollectionState.VOID | rules.CollectionState.SUPERSEDED | rules.CollectionState.FAILED:
                return "plain"
            case rules.CollectionState.DRAFT:
                return "slate"
            case _:
                return "amber"

    @property
    def rule_words(self) -> str:
        """The rule in plain words, with the number of heads."""
        return rule_words(self.collection.rule, len(self.roll.heads))

    @property
    def silent(self) -> int:
        """How many heads have not answered."""
        return self.count.silent.heads

    @cached_property
    def reconfirm(self) -> int:
        """How many units had answered an earlier plan and not this one."""
        waiting = (self.standings[ref] for ref in self.ballot.reconfirm if ref in self.standings)
        return sum(standing.answer.answer is None for standing in waiting)

    @property
    def progress_words(self) -> str:
        """What lacks, in a sentence: 须全部同意，还差 2 户."""
        lacking = self.count.short_by.heads
        if self.is_unanimous:
            return str(
                gettext("须全部同意，还差 %(n)d 户", n=lacking) if lacking else gettext("须全部同意，已全部同意")
            )
        if self.count.turnout is not None and not self.count.turnout.reached:
            return self._short(gettext("参与"), self.count.turnout)
        if not self.count.agreement.reached:
            return self._short(gettext("同意"), self.count.agreement)
        return str(gettext("参与和同意现在都达到通过线"))

    def _short(self, what: str, line: rules.LineResult) -> str:
        parts = []
        if not line.heads_reached:
            parts.append(gettext("%(n)d 户", n=line.short_by.heads))
        if not line.area_reached:
            parts.append(area(line.short_by.area_centi))
        return str(gettext("%(what)s还差 %(much)s", what=what, much=gettext("、").join(parts)))

    @cached_property
    def lines(self) -> list[LineWords]:
        """Both lines of the rule, where it has a turnout line; a single one for unanimity."""
        lines = [(gettext("参与线"), self.count.turnout), (gettext("同意线"), self.count.agreement)]
        return [self._line(title, line) for title, line in lines if line is not None]

    def _line(self, title: str, result: rules.LineResult) -> LineWords:
        line = result.line
        part = gettext("过半数") if line.strict else gettext(words.part(line.numerator, line.denominator))
        sizes = gettext(
            "%(got)d / %(of)d 户，要 %(needed)d 户",
            got=result.got.heads,
            of=result.of.heads,
            needed=result.needed.heads,
        )
        by_area = ""
        if self.count.rule.counts_area:
            got, of, needed = (area(c.area_centi) for c in (result.got, result.of, result.needed))
            by_area = str(gettext("%(got)s / %(of)s，要 %(needed)s", got=got, of=of, needed=needed))
        name = gettext("%(title)s（%(part)s）", title=title, part=part)
        return LineWords(str(name), str(sizes), by_area, result.reached)

    @property
    def abstained_words(self) -> list[str]:
        """Why those who abstain make a difference, with both figures; nothing where nobody did or the rule asks all.

        Where only the second figure reaches the line, it says so: there the abstentions decide.
        """
        without = self.count.without_abstentions
        if without is None:
            return []
        with_them = self.count.agreement
        said = [
            gettext(
                "弃权也算参与，所以同意按 %(of)d 户算是 %(got)d / %(of)d；"
                "如果不算弃权的 %(n)d 户，会是 %(got)d / %(rest)d。"
                "结果以前一个为准（民法典第二百七十八条）。",
                got=with_them.got.heads,
                of=with_them.of.heads,
                n=self.count.abstain.heads,
                rest=without.of.heads,
            )
        ]
        if self.count.rule.counts_area:
            said.append(
                gettext(
                    "按面积，是 %(got)s / %(of)s；不算弃权的，会是 %(got)s / %(rest)s。",
                    got=area(with_them.got.area_centi),
                    of=area(with_them.of.area_centi),
                    rest=area(without.of.area_centi),
                )
            )
        if without.reached != with_them.reached:
            said.append(gettext("这次差在弃权：如果不算弃权，同意线就达到了（参与线另算）。"))
        return said

    @cached_property
    def floors(self) -> list[tuple[str, list[tuple[str, int]]]]:
        """Turnout by floor, top floor first, small floors merged: never who."""
        answers = {ref: standing.answer for ref, standing in self.standings.items()}
        return [
            (
                "、".join(group.floors) if len(group.floors) < 4 else f"{group.floors[0]}–{group.floors[-1]}",
                [
                    (state, count)
                    for state, count in (("answered", group.answered), ("waiting", group.units - group.answered))
                    if count
                ],
            )
            for group in reversed(rules.public_floors(self.roll, answers))
        ]

    @cached_property
    def late(self) -> int:
        """How many records came after the close and do not count."""
        return len({record.number for standing in self.standings.values() for record in standing.late})

    @property
    def late_words(self) -> str:
        """What the late records would have changed."""
        with_late = self.ballot.tally_with_late()
        if with_late.passed == self.count.passed:
            return str(gettext("另有 %(n)d 份逾期未计；即使计入，结果也一样。", n=self.late))
        return str(gettext("另有 %(n)d 份逾期未计；如果计入，结果会不同。逾期的不能计入。", n=self.late))

    @cached_property
    def methods(self) -> list[tuple[str, int]]:
        """How those who took part answered: 手机, 纸质表 …, by heads as in the count above it, most first."""
        ways: Counter[rules.Method] = Counter()
        for flats in self.roll.heads.values():
            standing = [self.standings[flat.ref] for flat in flats if flat.blocked is None]
            given = [each for each in standing if each.answer.answer is not None]
            if len({each.answer.answer for each in given}) == 1:
                ways[given[0].counted[-1].method] += 1
        ordered = sorted(ways.items(), key=lambda way: (-way[1], way[0]))
        return [(str(gettext(rules.METHOD_LABELS[way])), number) for way, number in ordered]

    @property
    def after_death(self) -> int:
        """How many signatures are dated after their signer's death: incidents that the committee looks into."""
        reasons = [why for standing in self.standings.values() for _, why in standing.invalid]
        return reasons.count(rules.Invalid.SIGNED_AFTER_DEATH)

    @property
    def blocked(self) -> int:
        """How many heads cannot answer for now."""
        return self.count.blocked.heads

    @property
    def result_rows(self) -> list[tuple[str, str]]:
        """The published count: 应征询, 参与, 同意, 反对, 弃权, 未表态."""
        count = self.count
        rows = [
            (gettext("应征询"), count.all),
            (gettext("参与"), count.part),
            (gettext("同意"), count.yes),
            (gettext("反对"), count.no),
            (gettext("弃权"), count.abstain),
            (gettext("未表态"), count.silent),
        ]
        return [(str(title), self._size(part)) for title, part in rows]

    def _size(self, part: rules.Count) -> str:
        heads = gettext("%(n)d 户", n=part.heads)
        return f"{heads} · {area(part.area_centi)}" if self.count.rule.counts_area else str(heads)
