"""Bundle 公开计票包: all that anybody needs to count a poll again without us, in one deterministic zip.

Pure: bytes out of a profile, a rule and the record of the count. Whoever publishes makes the files once and keeps them,
for where rows are shuffled a second making has other bytes.
"""

from hearing.ballots.bundle.about import About, Fixed
from hearing.ballots.bundle.election import MERGED_BELOW, answers_profile, election_file
from hearing.ballots.bundle.files import Published, files, packed
from hearing.ballots.bundle.terms import terms_of

__all__ = [
    "MERGED_BELOW",
    "About",
    "Fixed",
    "Published",
    "answers_profile",
    "election_file",
    "files",
    "packed",
    "terms_of",
]
