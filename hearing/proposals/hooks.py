"""Hooks: what packages above proposals do when a plan changes. They enter themselves at import."""

from __future__ import annotations

from collections.abc import Callable

from hearing.proposals.models import PlanVersion, Proposal
from hearing.proposals.rules import DraftPlan

plan_replaced: list[Callable[[PlanVersion, PlanVersion], None]] = []
"""Called inside the act that makes a material change stand: with the version that was to be signed until now, and the
one that is from now on. Each marks what it keeps for the consents that are superseded; none commits."""

plan_checked: list[Callable[[Proposal, DraftPlan], None]] = []
"""Called before a plan is put before the seats or fixed: each refuses a plan that contradicts what it keeps of it."""

withdrawal_checked: list[Callable[[Proposal], None]] = []
"""Called inside the act that takes a proposal back, under the case's lock: each refuses where it has gone too far."""

approval_checked: list[Callable[[Proposal], None]] = []
"""Called inside the act that approves a plan, under the case's lock: each refuses what must not be approved yet."""
