"""Outcome 结果: what the record of a count says to people; every number on a page comes from it.

Pure: views of plain numbers and names, from a record and the projects' titles. Sentences stand in the templates.
"""

from hearing.ballots.outcome.answers import Answers, answers
from hearing.ballots.outcome.own import OwnShare, own_share
from hearing.ballots.outcome.presenting import Outcome, outcome, outcomes

__all__ = [
    "Answers",
    "Outcome",
    "OwnShare",
    "answers",
    "outcome",
    "outcomes",
    "own_share",
]
