"""Wording: how a plan's parts read in a comparison of two versions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flask_babel import gettext

from hearing.proposals.routes.blueprint import bp
from hearing.proposals.rules import FIELD_LABELS, TEMPLATES, BudgetLine, Change, Share, TemplateName
from hearing.web.filters import yuan, yuan_words

_DIGEST = re.compile(r"[0-9a-f]{64}")


@bp.app_template_global()
def change_label(change: Change) -> str:
    """The changed part's name."""
    return FIELD_LABELS[change.field]


@bp.app_template_global()
def part_label(field: str) -> str:
    """The name of a part of the plan."""
    return FIELD_LABELS[field]


@bp.app_template_global()
def change_value(value: object) -> str | None:
    """A part's content in words, or None where there is none. Shares are given in all: each household sees its own."""
    if isinstance(value, str):
        return str(gettext("编号 %(code)s", code=value[:8])) if _DIGEST.fullmatch(value) else value or None
    if not isinstance(value, Sequence) or not value:
        return None
    match value[0]:
        case BudgetLine():
            return str(gettext("、").join(f"{line.label} {yuan(line.fen)}" for line in value))
        case Share():
            return str(gettext("%(n)d 户分摊，共 %(money)s", n=len(value), money=yuan_words(sum(s.fen for s in value))))
        case TemplateName():
            return str(gettext("、").join(gettext(TEMPLATES[name].label) for name in value))
        case _:
            return str(
                gettext("%(n)d 份：%(codes)s", n=len(value), codes=gettext("、").join(code[:8] for code in value))
            )
