"""Bundle 公开计票包: all that anybody needs to count a poll again without us, in one deterministic zip.

Pure: text out of a profile, a rule and the record of the count. What depends on ballots is written once, at the count;
a download puts beside it what the trail has by then.
"""

from hearing.ballots.bundle.about import About, Fixed
from hearing.ballots.bundle.election import MERGED_BELOW, answers_profile, election_file
from hearing.ballots.bundle.files import Published, Written, files, packed, written
from hearing.ballots.bundle.terms import terms_of

__all__ = [
    "MERGED_BELOW",
    "About",
    "Fixed",
    "Published",
    "Written",
    "answers_profile",
    "election_file",
    "files",
    "packed",
    "terms_of",
    "written",
]
