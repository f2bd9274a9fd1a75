"""Hooks: what packages above consents do when a result is final. They enter themselves at import."""

from __future__ import annotations

from collections.abc import Callable

from hearing.consents.models import ConsentCollection

result_final: list[Callable[[ConsentCollection], None]] = []
"""Called inside the act that makes a result final or corrects what stands beside it; none commits."""
