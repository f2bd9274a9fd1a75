"""Which acts a household may deny."""

import pytest

from hearing.denials.rules import Act, Sort, deniable


@pytest.mark.parametrize(
    ("kind", "own", "pub", "sort"),
    [
        ("consent.answered", True, {}, Sort.CONSENT),
        ("consent.answered", False, {}, Sort.CONSENT),
        ("proposal.submitted", False, {"assisted": True}, Sort.APPLICATION),
        ("proposal.letter", False, {"assisted": True}, Sort.APPLICATION),
        ("proposal.submitted", True, {"assisted": False}, None),
        ("proposal.submitted", False, {"assisted": False}, None),
        ("objection.raised", False, {"assisted": True}, Sort.OBJECTION),
        ("objection.raised", True, {"assisted": False}, None),
        ("meeting.signed_in_on_paper", False, {}, Sort.SIGN_IN),
        ("meeting.signed_in", False, {}, Sort.SIGN_IN),
        ("meeting.signed_in", True, {}, None),
        ("consent.withdrawn", False, {}, None),
        ("household.joined", False, {}, None),
    ],
)
def test_what_may_be_denied(kind: str, own: bool, pub: dict[str, object], sort: Sort | None) -> None:
    assert deniable(Act(kind, "resident", own, pub)) is sort
