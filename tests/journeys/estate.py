"""新桥苑: a whole estate of 1,008 units is asked, on the phone, on paper and by mandate; a function for each part.

What each household said is also written down here, line by line of the roll: the certificate is compared with that.
"""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

import openpyxl
from flask import url_for
from flask.testing import FlaskClient
from PIL import Image, ImageDraw
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from hearing import clock
from hearing.consents import papers
from hearing.consents.models import ConsentCollection, ConsentHolder, ConsentUnit, Mandate, PaperSlip
from hearing.db import db
from hearing.demo import lane
from hearing.notices.rules import BEIJING
from hearing.people.models import Account
from hearing.places.models import Holder, Neighbourhood, Unit
from hearing.printing import press
from hearing.proposals.models import PlanVersion, Proposal
from hearing.proposals.rules import ScopeKind, State, TemplateName
from tests import schema
from tests.cast import LONG_AGO
from tests.consents.course import write_version
from tests.journeys.neighbour import Street
from tests.journeys.ramp_consent import STROKES, drawing
from tests.places import rolls

ROLL = rolls.both("xinqiao-estate.xlsx", rolls.estate())[-1]
"""The estate's own roll where it is at hand, otherwise one of its shape."""
TITLE = "新桥苑加装电梯占用小区绿地"
BY_PHONE, BY_MANDATE, ON_PAPER = 480, 24, 200
"""How many households answer in which way; the others stay silent."""
AGENT_SPEAKS_FOR = 3
PILE = 10
DPI = 96


class Line(NamedTuple):
    """One line of the roll, as the spreadsheet has it."""

    building: str
    door: str
    area_centi: int
    names: tuple[str, ...]
    phone: str
    form: str

    @property
    def alone(self) -> bool:
        """Whether one person holds it."""
        return len(self.names) == 1


def read_roll(data: bytes) -> list[Line]:
    """The lines of the spreadsheet, read without the application."""
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    rows = [row for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int)]
    return [
        Line(
            str(row[1]),
            str(row[3]),
            round(float(str(row[4])) * 100),
            tuple(str(row[6]).split("、")),
            str(row[7] or ""),
            str(row[8] or ""),
        )
        for row in rows
    ]


@dataclass
class Estate:
    """The street, its roll, and the book in which the test itself writes what everybody said."""

    street: Street
    lines: list[Line]
    units: dict[tuple[str, str], int] = field(default_factory=dict)
    """The register's numbers by building and door."""
    said: dict[int, str] = field(default_factory=dict)
    """What each line said last, by its place on the roll."""
    ways: dict[int, str] = field(default_factory=dict)
    codes: dict[int, str] = field(default_factory=dict)
    slips: dict[int, int] = field(default_factory=dict)
    printed: Counter[str] = field(default_factory=Counter)
    desk: str = ""

    def unit(self, place: int) -> int:
        """The register's number of a line."""
        line = self.lines[place]
        return self.units[line.building, line.door]

    @cached_property
    def holders(self) -> dict[int, list[str]]:
        """The people who answer for each unit of the register, as forms name them."""
        with self.street.live.app.app_context():
            query = select(ConsentUnit.unit_id, ConsentHolder.holder_id).join(ConsentHolder.unit)
            found: dict[int, list[str]] = {}
            for unit, holder in db.session.execute(query.order_by(ConsentHolder.id)):
                found.setdefault(unit, []).append(str(holder))
        return found


class Hand:
    """A quick browser: opens a form, fills it in, sends it. It does not look at what it is not asked to look at."""

    _HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*>')
    _FORM = re.compile(r"<form[^>]*>.*?</form>", re.DOTALL)
    _SWITCH = re.compile(r'action="[^"]*/(elder|language|sign-out)"')

    def __init__(self, street: Street, ref: str) -> None:
        self.client: FlaskClient = street.live.app.test_client()
        self.client.environ_base["REMOTE_ADDR"] = "203.0.113.7"
        assert self.client.get(f"/demo/enter/{ref}").status_code == 303

    def send(self, url: str, data: dict[str, Any], field: str = "") -> TestResponse:
        """Open the page, keep its form's hidden fields, send it with the data."""
        page = self.client.get(url)
        assert page.status_code == 200, (url, page.status_code, page.headers.get("Location"))
        return self.post(page, url, data, field)

    def post(self, page: TestResponse, url: str, data: dict[str, Any], field: str = "") -> TestResponse:
        """Send the form of a page that is open."""
        wanted = field or next(iter(data), "once")
        own = (each for each in self._FORM.findall(page.text) if not self._SWITCH.search(each))
        form = next(each for each in own if f'name="{wanted}"' in each)
        hidden: dict[str, Any] = {}
        for tag in self._HIDDEN.findall(form):
            name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
            if name:
                hidden[name[1]] = value[1] if value else ""
        # In memory: the client's own way leaves the file of a large body to the garbage collector.
        boundary, body = encode_multipart({**hidden, **{name: _parts(value) for name, value in data.items()}})
        return self.client.post(url, data=body, content_type=f"multipart/form-data; boundary={boundary}")

    def must(self, url: str, data: dict[str, Any], field: str = "") -> str:
        """The same; where the application goes on."""
        answer = self.send(url, data, field)
        assert answer.status_code == 303, (url, answer.status_code, _words(answer))
        return str(answer.location)


def _parts(value: Any) -> Any:
    """Files as a form sends them; what was typed as it is."""
    if isinstance(value, tuple):
        return FileStorage(value[0], value[1])
    return [_parts(each) for each in value] if isinstance(value, list) else value


def _words(answer: TestResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))[:1500]


# ---- before


def the_roll_comes_in(estate: Estate) -> None:
    """One clerk uploads it, a second one lets it in."""
    clerk = Hand(estate.street, estate.street.refs["clerk"])
    upload = clerk.must("/desk/register/estates/new", {"name": "新桥苑"})
    roll = clerk.must(upload, {"sheet": (io.BytesIO(ROLL), "xinqiao-estate.xlsx")}, "sheet")
    second = Hand(estate.street, estate.street.refs["second_clerk"])
    second.must(f"{roll}/approve", {"compared": "y"})
    with estate.street.live.app.app_context():
        units = list(db.session.scalars(select(Unit)))
        estate.units = {(unit.stairwell.building.name, unit.name): unit.id for unit in units}
    assert len(estate.lines) == len(set(estate.units) & {(line.building, line.door) for line in estate.lines})


def people_have_accounts(estate: Estate) -> None:
    """Behind the scenes: everybody who alone holds a flat and left a phone has come in with the letter before."""
    with estate.street.live.app.app_context(), schema.door_open():
        known = {(holder.name, holder.phone): holder for holder in db.session.scalars(select(Holder))}
        for place, line in enumerate(estate.lines):
            holder = known.get((line.names[0], line.phone))
            if line.alone and line.phone and holder is not None:
                unit = db.session.get_one(Unit, estate.unit(place))
                estate.street.refs[place + 1] = lane.new_resident(db.session, f"p-x{place:05}", unit, holder, LONG_AGO)


def the_plan_is_fixed(estate: Estate) -> None:
    """Behind the scenes: what the ramp's walk goes through page by page."""
    with estate.street.live.app.app_context(), schema.door_open():
        home = db.session.scalars(select(Neighbourhood)).one()
        by = db.session.scalars(select(Account).where(Account.ref == estate.street.refs["clerk"])).one()
        proposal = Proposal(
            neighbourhood_id=home.id,
            title=TITLE,
            summary="九个门洞加装电梯，要占用一部分绿地。",
            state=State.PLAN_FIXED,
            since=LONG_AGO,
            proposer=by,
            proposer_name="谭云",
            proposer_role="council_member",
            submitted_at=LONG_AGO,
            screening_due=LONG_AGO,
            accepted_at=LONG_AGO,
        )
        db.session.add(proposal)
        db.session.flush()
        building = db.session.get_one(Unit, estate.unit(0)).stairwell.building
        version: PlanVersion = write_version(proposal, 1, TemplateName.LIFT_ESTATE, building.id)
        required = version.required[0]
        required.scope_kind, required.scope_id = ScopeKind.ESTATE, building.estate_id
        estate.street.case = str(proposal.id)
        estate.desk = f"/desk/consents/new/{required.id}"


def it_opens(estate: Estate) -> None:
    """Terms, roll, three full days, and the roll is frozen with all of its units."""
    street = estate.street
    clerk = Hand(street, street.refs["clerk"])
    with street.live.app.app_context():
        scrutineer = db.session.scalars(select(Account.id).where(Account.ref == street.refs["scrutineer"])).one()
        required = int(estate.desk.rpartition("/")[2])
    terms = {"answer_set": "plain", "roll_days": "3", "window_days": "10", "grace_days": "3", "provisional_days": "3"}
    terms |= {"conflict_rule": "latest_signed", "mandate_cap": "3", "scrutineer": str(scrutineer)}
    with street.live.app.test_request_context():
        address = url_for("consents.set_up", required_id=required)
    street.collection = clerk.must(address, terms).rpartition("/")[2]
    estate.desk = f"/desk/consents/{street.collection}"
    clerk.must(f"{estate.desk}/show-roll", {}, "once")
    street.later(days=4)
    Hand(street, street.refs["clerk"]).must(f"{estate.desk}/freeze", {}, "once")
    morning(estate)


def morning(estate: Estate) -> None:
    """Ten o'clock of the next day in Beijing, so that stamps and signatures have a day of their own."""
    with estate.street.live.app.app_context():
        now = clock.now().astimezone(BEIJING)
    estate.street.until(now.replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=1))


def today(estate: Estate) -> datetime:
    """Now, in Beijing."""
    with estate.street.live.app.app_context():
        return clock.now().astimezone(BEIJING)


# ---- on paper: printing


def slips_are_printed(estate: Estate) -> None:
    """All buildings at once: 1,008 sheets, in files of a hundred; a lost one is printed anew."""
    street = estate.street
    clerk = Hand(street, street.refs["clerk"])
    page = clerk.client.get(f"{estate.desk}/slips/print")
    buildings = re.findall(r'name="places"[^>]*value="(b\d+)"|value="(b\d+)"[^>]*name="places"', page.text)
    places = [first or second for first, second in buildings]
    clerk.must(f"{estate.desk}/slips/print", {"places": places, "silent_only": "y"})
    overview = clerk.client.get(f"{estate.desk}/slips").text
    files = re.findall(r"slips\.pdf\?run=1&amp;part=\d+", overview)
    assert len(files) == -(-len(estate.lines) // 100)
    with street.live.app.app_context():
        slips = db.session.scalars(select(PaperSlip).join(PaperSlip.unit).order_by(ConsentUnit.position)).all()
        by_unit = {slip.unit.unit_id: slip for slip in slips}
        for place in range(len(estate.lines)):
            slip = by_unit[estate.unit(place)]
            estate.codes[place], estate.slips[place] = slip.code, slip.id
    estate.printed["issued"] = len(estate.lines)


def last_file(estate: Estate) -> bytes:
    """The last of the files, as the printer gets it."""
    clerk = Hand(estate.street, estate.street.refs["clerk"])
    part = -(-len(estate.lines) // 100) - 1
    answer = clerk.client.get(f"{estate.desk}/slips.pdf?run=1&part={part}")
    assert answer.mimetype == "application/pdf"
    return bytes(answer.data)


def sheets(estate: Estate, places: list[int]) -> list[bytes]:
    """The very pages of these slips, laid out as they are printed, as pixels."""
    with estate.street.live.app.test_request_context():
        found = db.session.get_one(ConsentCollection, int(estate.street.collection))
        ids = [estate.slips[place] for place in places]
        wanted = {slip.id: slip for slip in db.session.scalars(select(PaperSlip).where(PaperSlip.id.in_(ids)))}
        data = papers.slips(found, [wanted[number] for number in ids]).to_json()
        db.session.rollback()
    return pixels(data)


def pixels(data: Any) -> list[bytes]:
    """Slips as PNG pages, by the printer's own template."""
    house = press._house_press()
    made = house._compiler.compile(
        input=press._TEMPLATES / "slip.typ",
        format="png",
        ppi=DPI,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False), "fonts": house._further},
    )
    assert made is not None
    return [made] if isinstance(made, bytes) else list(made)


def ticked(sheet: bytes, answer: str, *, without_square: bool = False, seed: int = 0) -> bytes:
    """A photo of a sheet on which somebody has ticked and signed."""
    row = {"agree": 0, "oppose": 1, "abstain": 2}[answer]
    with Image.open(io.BytesIO(sheet)) as opened:
        photo = opened.convert("RGB")
    draw = ImageDraw.Draw(photo)
    x, y = 140, 415 + 52 * row
    draw.line([(x - 10, y), (x, y + 12), (x + 22, y - 18)], fill=(20, 20, 120), width=4)
    draw.line([(220, 770), (300 + seed % 50, 740 + seed % 31), (380, 775)], fill=(20, 20, 120), width=4)
    if without_square:
        draw.rectangle([(60, 890), (230, 1060)], fill=(250, 250, 250))
    out = io.BytesIO()
    photo.save(out, "JPEG", quality=80)
    return out.getvalue()


# ---- answering


def phones_answer(estate: Estate, places: Iterable[int], answer: str = "") -> None:
    """Each on her own phone, page by page: the draft, the check, the receipt."""
    picture = drawing(7)
    url = f"/consents/{estate.street.collection}/answer"
    for place in places:
        said = answer or _opinion(place)
        hand = Hand(estate.street, estate.street.refs[place + 1])
        hand.must(url, {"answer": said, "strokes": STROKES, "signature": picture}, "answer")
        hand.must(f"{url}/check", {}, "draft")
        estate.said[place], estate.ways[place] = said, "phone"


def _opinion(place: int) -> str:
    return "oppose" if place % 11 == 3 else "abstain" if place % 13 == 5 else "agree"


def mandates_answer(estate: Estate, principals: list[int], agents: list[int]) -> None:
    """Three households each ask a neighbour to say it for them; a fourth is told that she has too many already."""
    street = estate.street
    last = (today(estate) + timedelta(days=8)).date().isoformat()
    for number, place in enumerate(principals):
        agent = agents[number // AGENT_SPEAKS_FOR]
        said = _opinion(place)
        given = _give(estate, place, agent, said, last)
        assert given.status_code == 303, _words(given)
        with street.live.app.app_context():
            mandate = db.session.scalars(select(Mandate.id).order_by(Mandate.id.desc())).first()
        hand = Hand(street, street.refs[agent + 1])
        hand.must(f"/consents/mandates/{mandate}", {"accepts": "yes"})
        hand.must(f"/consents/mandates/{mandate}/answer", {"strokes": STROKES, "signature": drawing(9)}, "signature")
        estate.said[place], estate.ways[place] = said, "mandate"


def a_fourth_mandate_is_too_many(estate: Estate, place: int, agent: int) -> None:
    """The cap is three."""
    last = (today(estate) + timedelta(days=8)).date().isoformat()
    refused = _give(estate, place, agent, "agree", last)
    assert refused.status_code == 422
    assert "最多代3户" in _words(refused) or "已经满了" in refused.text


def _give(estate: Estate, place: int, agent: int, said: str, last: str) -> TestResponse:
    line = estate.lines[agent]
    hand = Hand(estate.street, estate.street.refs[place + 1])
    data = {"agent_name": line.names[0], "agent_phone": line.phone, "instruction": said, "valid_until": last}
    data |= {"strokes": STROKES, "signature": drawing(5)}
    return hand.send(f"/consents/{estate.street.collection}/mandate", data, "agent_phone")


# ---- on paper: coming back


def piles_come_in(estate: Estate, photos: list[bytes]) -> str:
    """One stamp, and ten photos a form; the address of the batch."""
    now = today(estate)
    clerk = Hand(estate.street, estate.street.refs["clerk"])
    stamp = {"received_on": now.date().isoformat(), "received_hour": "9:30", "came_by": "paper"}
    batch = clerk.must(f"{estate.desk}/slips/receive", stamp)
    for start in range(0, len(photos), PILE):
        pile = [(io.BytesIO(photo), f"IMG_{start + n}.jpg") for n, photo in enumerate(photos[start : start + PILE])]
        clerk.must(batch, {"photos": pile}, "photos")
    return batch


def a_queue_is_read(estate: Estate, who: str, queue: str, read: dict[int, str]) -> int:
    """A member of staff works through a queue, from slip to slip; how many she read."""
    hand, number = Hand(estate.street, estate.street.refs[who]), 0
    by_slip = {estate.slips[place]: place for place in read}
    answer = hand.client.get(f"{estate.desk}/slips/queue/{queue}")
    while "/desk/slips/" in answer.location:
        place = by_slip[int(re.findall(r"/desk/slips/(\d+)", answer.location)[0])]
        data: dict[str, Any] = {"signers": estate.holders[estate.unit(place)], "answer": read[place]}
        data["signed_on"] = today(estate).date().isoformat()
        answer = hand.send(answer.location, data, "signers")
        assert answer.status_code == 303, _words(answer)
        number += 1
    return number


# ---- the count, once more


def counted(estate: Estate) -> dict[str, tuple[int, int]]:
    """Heads and area of all, of who took part, and of each answer: from the spreadsheet and the test's own book."""
    result = {"all": (len(estate.lines), sum(line.area_centi for line in estate.lines))}
    for answer in ("agree", "oppose", "abstain"):
        mine = [place for place, said in estate.said.items() if said == answer]
        result[answer] = (len(mine), sum(estate.lines[place].area_centi for place in mine))
    result["part"] = (len(estate.said), sum(estate.lines[place].area_centi for place in estate.said))
    return result


def passed(count: dict[str, tuple[int, int]]) -> bool:
    """民法典第二百七十八条: two thirds take part, three quarters of these agree, by heads and by area."""
    return all(
        3 * count["part"][measure] >= 2 * count["all"][measure]
        and 4 * count["agree"][measure] >= 3 * count["part"][measure]
        for measure in (0, 1)
    )
