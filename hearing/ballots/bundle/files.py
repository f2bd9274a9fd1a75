"""The files of a bundle, and the zip that holds them."""

import hashlib
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from random import Random

from hearing.ballots import recount
from hearing.ballots.bundle.about import About
from hearing.ballots.bundle.election import MERGED_BELOW, election_file
from hearing.ballots.bundle.readme import readme
from hearing.ballots.bundle.terms import terms_of
from hearing.ballots.tally import Profile, Record, Rule

SUMS = "SHA256SUMS"
_DATE = (1980, 1, 1, 0, 0, 0)
"""A zip knows no time zones, and the moment of packing is nobody's concern."""


@dataclass(frozen=True)
class Written:
    """What is written once, at the count, and kept: where rows are shuffled a second writing has other bytes, and
    ballots under names are erased in time."""

    election_pb: str
    rule_json: str
    readme: str


@dataclass(frozen=True)
class Published:
    """What the trail gives to a bundle, as it is: the signed head, and for a secret poll the opened ballots and the
    codes of its ballots in the trail, one a line."""

    head: bytes | None = None
    reveal: bytes | None = None
    leaves: bytes | None = None


def written(
    about: About,
    profile: Profile,
    rule: Rule | None,
    record: Record,
    chance: Random,
    *,
    pots: Mapping[str, int] | None = None,
    secret: bool = False,
) -> Written:
    """What the count writes; no rule means a majority of all ballots. `chance` as for election_file()."""
    return Written(
        election_file(about, profile, rule, record, chance, pots).decode(),
        json.dumps(terms_of(about, profile, rule, pots), ensure_ascii=False, indent=1) + "\n",
        readme(about, merged=profile.voters < MERGED_BELOW, secret=secret),
    )


def files(kept: Written, record_text: str, published: Published | None = None) -> dict[str, bytes]:
    """Every file by its name; `record_text` is the record as it was published, of which the trail has the hash."""
    given = published or Published()
    made = {
        "election.pb": kept.election_pb.encode(),
        "rule.json": kept.rule_json.encode(),
        "tally.json": record_text.encode(),
        "recount.py": Path(recount.__file__).read_bytes(),
        "README.txt": kept.readme.encode(),
    }
    from_trail = {"checkpoint": given.head, "reveal.jsonl": given.reveal, "leaves.txt": given.leaves}
    made |= {name: content for name, content in from_trail.items() if content is not None}
    sums = (f"{hashlib.sha256(made[name]).hexdigest()}  {name}\n" for name in sorted(made))
    return made | {SUMS: "".join(sums).encode()}


def packed(made: Mapping[str, bytes]) -> bytes:
    """A zip of these files: the same files give the same bytes."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in sorted(made):
            member = zipfile.ZipInfo(name, _DATE)
            member.external_attr = 0o644 << 16
            member.create_system = 3
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, made[name])
    return content.getvalue()
