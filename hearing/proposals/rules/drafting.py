"""Drafting 拟定方案: the plan on the desk, with its drawings and required consents, as text that can be kept."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from hearing.proposals.rules.permits import Permit, permits_of
from hearing.proposals.rules.plans import BudgetLine, Plan, Share
from hearing.proposals.rules.refusals import Refusal
from hearing.proposals.rules.requirements import Requirement, ScopeKind
from hearing.proposals.rules.templates import TemplateName
from hearing.refusal import Refused

TEXTS = tuple(part.name for part in fields(Plan) if isinstance(part.default, str) and part.name != "cost_plan")
"""The plan's plain texts, in the order of the form."""


@dataclass(frozen=True)
class Drawing:
    """A drawing or photo that has been uploaded: its row, and its SHA-256 in hex."""

    evidence_id: int
    sha256: str


@dataclass(frozen=True)
class DraftPlan:
    """A plan in the making. `texts` leaves drawings and templates out; `plan` puts them in."""

    texts: Plan = field(default_factory=Plan)
    drawings: tuple[Drawing, ...] = ()
    requirements: tuple[Requirement, ...] = ()
    own_parts: tuple[int, ...] = ()
    """The units whose own part the works use, by their numbers in the register."""

    @property
    def permits(self) -> tuple[Permit, ...]:
        """The permits that it would need, fixed now."""
        return permits_of((requirement.template for requirement in self.requirements), self.own_parts)

    @property
    def plan(self) -> Plan:
        """The plan as it would be fixed now."""
        return replace(
            self.texts,
            drawings=tuple(drawing.sha256 for drawing in self.drawings),
            templates=tuple(requirement.template for requirement in self.requirements),
        )

    def rewritten(self, texts: Mapping[str, str]) -> "DraftPlan":
        """The same draft with other texts, by the names in TEXTS."""
        changed: dict[str, Any] = {name: texts[name] for name in TEXTS if name in texts}
        return replace(self, texts=replace(self.texts, **changed))

    def dump(self) -> str:
        """The draft as JSON."""
        return json.dumps(
            {
                "texts": {name: getattr(self.texts, name) for name in TEXTS},
                "budget": [asdict(line) for line in self.texts.budget],
                "shares": [asdict(share) for share in self.texts.household_shares],
                "cost_plan": self.texts.cost_plan,
                "drawings": [asdict(drawing) for drawing in self.drawings],
                "requirements": [asdict(requirement) for requirement in self.requirements],
                "own_parts": list(self.own_parts),
            },
            ensure_ascii=False,
        )

    @classmethod
    def load(cls, text: str) -> "DraftPlan":
        """The draft out of what `dump` wrote."""
        kept = json.loads(text)
        return cls(
            texts=Plan(
                **kept["texts"],
                budget=tuple(BudgetLine(**line) for line in kept["budget"]),
                household_shares=tuple(Share(**share) for share in kept["shares"]),
                cost_plan=kept.get("cost_plan", ""),
            ),
            drawings=tuple(Drawing(**drawing) for drawing in kept["drawings"]),
            requirements=tuple(
                Requirement(TemplateName(row["template"]), ScopeKind(row["scope_kind"]), row["scope_id"])
                for row in kept["requirements"]
            ),
            own_parts=tuple(kept.get("own_parts", ())),
        )


def check_shares(plan: Plan) -> None:
    """What the households pay together is not more than the works cost. Raises SHARES_EXCEED_BUDGET."""
    if sum(share.fen for share in plan.household_shares) > sum(line.fen for line in plan.budget):
        raise Refused(Refusal.SHARES_EXCEED_BUDGET)
