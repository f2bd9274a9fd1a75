"""Register: what an import would change, who may let it, and what may be changed by hand."""

from hearing.register.rules.changing import ChangeKind, NewHolder, NewTenure, check_tenure, happened_by, tidy_note
from hearing.register.rules.differences import (
    FIELD_LABELS,
    Difference,
    Standing,
    changes_hands,
    difference,
    vacant_after,
)
from hearing.register.rules.imports import (
    STATE_LABELS,
    Channel,
    RollState,
    check_slug,
    may_approve,
    may_ask_undo,
    may_decide,
    may_keep,
    may_undo,
    may_upload,
)
from hearing.register.rules.readings import Reading, findings_from, findings_text, read_back, written_down
from hearing.register.rules.refusals import SENTENCES, Refusal

__all__ = [
    "FIELD_LABELS",
    "SENTENCES",
    "STATE_LABELS",
    "ChangeKind",
    "Channel",
    "Difference",
    "NewHolder",
    "NewTenure",
    "Reading",
    "Refusal",
    "RollState",
    "Standing",
    "changes_hands",
    "check_slug",
    "check_tenure",
    "difference",
    "findings_from",
    "findings_text",
    "happened_by",
    "may_approve",
    "may_ask_undo",
    "may_decide",
    "may_keep",
    "may_undo",
    "may_upload",
    "read_back",
    "tidy_note",
    "vacant_after",
    "written_down",
]
