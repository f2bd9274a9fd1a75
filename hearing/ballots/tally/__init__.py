"""Tallies: from ballots to an outcome by a published rule, exactly, with one record of all that happened.

Pure: no database, no web, no clock, no chance. A profile and a rule (with its drawn lot) give one record, always.
"""

from hearing.ballots.tally.profile import BadProfile, Ballot, Profile, Project, ballot_of, points_of_ranking
from hearing.ballots.tally.record import (
    FORMAT,
    Reason,
    Record,
    pots_of,
    pots_record,
    preferred,
    reached,
    rule_as_data,
    tally,
    tally_pots,
)
from hearing.ballots.tally.rule import Completion, LotNeeded, Method, Rule, Utility

__all__ = [
    "FORMAT",
    "BadProfile",
    "Ballot",
    "Completion",
    "LotNeeded",
    "Method",
    "Profile",
    "Project",
    "Reason",
    "Record",
    "Rule",
    "Utility",
    "ballot_of",
    "points_of_ranking",
    "pots_of",
    "pots_record",
    "preferred",
    "reached",
    "rule_as_data",
    "tally",
    "tally_pots",
]
