"""A policy says which logs and witnesses count and how many are enough; what is no policy is refused by line."""

from __future__ import annotations

import pytest

from hearing.audit.note import SignatureType, SigningKey
from hearing.audit.policy import Policy, PolicyError
from tests.audit.logs import LOG, WITNESS

KEYS = [
    str(SigningKey(f"witness.example/{n}", SignatureType.COSIGNATURE, bytes([n] * 32)).verify_key) for n in range(6)
]
LOG_KEY = str(LOG.verify_key)
TWO_GROUPS = f"""\
# 街道与邻居各出见证人
log {LOG_KEY} https://hearing.example/log

witness X1 {KEYS[0]}
  witness\tX2  {KEYS[1]} https://x2.example/witness/
witness X3 {KEYS[2]}
group X-witnesses 2 X1 X2 X3
witness 邻居 {KEYS[3]}
witness Y2 {KEYS[4]}
group Y any 邻居 Y2
group both all X-witnesses Y
quorum both
"""


def test_the_example_of_the_specification_is_read() -> None:
    policy = Policy.parse(TWO_GROUPS)
    assert [str(log.key) for log in policy.logs] == [LOG_KEY]
    assert [witness.name for witness in policy.witnesses] == ["X1", "X2", "X3", "邻居", "Y2"]
    assert policy.witnesses[1].url == "https://x2.example/witness"


@pytest.mark.parametrize(
    ("cosigned", "enough"),
    [
        ({"X1", "X2", "邻居"}, True),
        ({"X1", "X2", "X3", "Y2"}, True),
        ({"X1", "X2", "X3"}, False),
        ({"X1", "邻居", "Y2"}, False),
        (set(), False),
        ({"both"}, False),
    ],
)
def test_a_quorum_of_groups_counts_each_group(cosigned: set[str], enough: bool) -> None:
    assert Policy.parse(TWO_GROUPS).met(cosigned) is enough


def test_a_quorum_may_be_one_witness_or_none() -> None:
    one = Policy.parse(f"witness w {KEYS[0]}\nquorum w\n")
    assert one.met({"w"}) and not one.met(set())
    assert Policy.parse("quorum none").met(set())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "quorum line is missing"),
        ("quorum none\nquorum none\n", "line 2: there is one quorum line"),
        ("quorum w\n", "not defined above"),
        (f"quorum w\nwitness w {KEYS[0]}\n", "line 1: .*not defined above"),
        (f"witness none {KEYS[0]}\nquorum none\n", "taken"),
        (f"witness w {KEYS[0]}\nwitness w {KEYS[1]}\nquorum none\n", "line 2: .*taken"),
        (f"witness v {KEYS[0]}\nwitness w {KEYS[0]}\nquorum none\n", "there twice"),
        (f"log {LOG_KEY}\nlog {LOG_KEY}\nquorum none\n", "there twice"),
        (f"witness w {LOG_KEY}\nquorum none\n", "not of the kind"),
        (f"log {WITNESS.verify_key}\nquorum none\n", "not of the kind"),
        (f"witness w {KEYS[0][:-2]}AA\nquorum none\n", "line 1"),
        ("witness w\nquorum none\n", "too few or too many words"),
        (f"witness w {KEYS[0]} https://x.example more\nquorum none\n", "too few or too many words"),
        (f"witness w {KEYS[0]} ftp://x.example\nquorum none\n", "no http"),
        (f"witness w {KEYS[0]} file:///etc/passwd\nquorum none\n", "no http"),
        (f"witness w {KEYS[0]}\ngroup g 2 w\nquorum g\n", "cannot be"),
        (f"witness w {KEYS[0]}\ngroup g 0 w\nquorum g\n", "cannot be"),
        (f"witness w {KEYS[0]}\ngroup g some w\nquorum g\n", "cannot be"),
        ("group g any\nquorum g\n", "a member"),
        (f"witness w {KEYS[0]}\ngroup g any w w\nquorum g\n", "in a group already"),
        (f"witness w {KEYS[0]}\ngroup g any w\ngroup h any w\nquorum g\n", "in a group already"),
        ("group g any g\nquorum g\n", "not defined above"),
        ("quorum none\r\n", "control characters"),
        ("quorum none\n\x00", "control characters"),
        ("witnesses 3\nquorum none\n", "none of log, witness"),
        ("#\n" * 1001 + "quorum none\n", "at most"),
    ],
)
def test_what_is_no_policy_is_refused(text: str, why: str) -> None:
    with pytest.raises(PolicyError, match=why):
        Policy.parse(text)
