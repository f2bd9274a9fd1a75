"""Hooks: what packages above proposals do when a plan changes. They enter themselves at import."""

from __future__ import annotations

from collections.abc import Callable

from hearing.proposals.models import PlanVersion

plan_replaced: list[Callable[[PlanVersion, PlanVersion], None]] = []
"""Called inside the act that makes a material change stand: with the version that was to be signed until now, and the
one that is from now on. Each marks what it keeps on the old version as superseded; none commits."""
