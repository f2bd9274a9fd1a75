"""Elections to count: made ones of a few lines, and the real ones beside the repository when they are there."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from hearing.ballots.tally import Ballot, Profile, Project, ballot_of

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "pabulib"

ASSEN = "Netherlands_Assen_2024.pb"
GDANSK = "Poland_Gdansk_2020_Stogi.pb"
LODZ = "Poland_Lodz_2022.pb.gz"
SWIECIE = "Poland_Swiecie_2023.pb"
WAWER = "Poland_Warszawa_2020_Wawer.pb"
WIELICZKA = "Poland_Wieliczka_2023_Green_Budget.pb"
WINTERTHUR = "Switzerland_Winterthur_KK24_pre_voting.pb"
ZABRZE = "Poland_Zabrze_2020_Biskupice.pb"
ZURICH_POINTS = "Switzerland_Zurich_D10.pb"
ZURICH_RANKS = "Switzerland_Zurich_S5R.pb"
MERCED = "US_Stanford_Dataset_Merced_Peoples_Budget_Ballot_2019_vote_rankings.pb"
CAMBRIDGE = "US_Stanford_Dataset_PB_Cambridge_2015_vote_knapsacks.pb"


def real(*names: str) -> list[Path]:
    """Those of these files that are there."""
    return [path for name in names if (path := REAL / name).exists()]


def approvals(costs: dict[str, int], ballots: Iterable[tuple[str, int]], budget: int, unit: int = 1) -> Profile:
    """An election by approval: “a,b” cast so many times."""
    places = {id_: place for place, id_ in enumerate(costs)}
    cast: Counter[Ballot] = Counter()
    for said, number in ballots:
        cast[ballot_of([(places[id_], 1) for id_ in said.split(",") if id_], scored=False)] += number
    return Profile(tuple(Project(id_, cost) for id_, cost in costs.items()), cast, budget, unit)


def scored(costs: dict[str, int], ballots: Sequence[tuple[dict[str, int], int]], budget: int, unit: int = 1) -> Profile:
    """An election by points."""
    places = {id_: place for place, id_ in enumerate(costs)}
    cast: Counter[Ballot] = Counter()
    for said, number in ballots:
        cast[ballot_of([(places[id_], points) for id_, points in said.items()], scored=True)] += number
    return Profile(tuple(Project(id_, cost) for id_, cost in costs.items()), cast, budget, unit, scored=True)


def ids(profile: Profile, places: Iterable[int]) -> list[str]:
    return [profile.projects[place].id for place in places]
