"""The ramp step by step, as the people of the lane took it; every function is one evening or one office hour."""

from __future__ import annotations

import io
import re
import tempfile
from pathlib import Path
from typing import NamedTuple

import openpyxl
from PIL import Image, ImageDraw

from tests.journeys.neighbour import Neighbour, Street
from tests.people import steps as door
from tests.places import rolls
from tests.printing import reading

LANE = "天津路426弄"
ROLL = rolls.both("tianjinlu-426.xlsx", rolls.lane())[-1]
"""The lane's own roll where it is at hand, otherwise one just like it."""


class Home(NamedTuple):
    """A household of the roll."""

    name: str
    phone: str
    floor: str
    door: str

    @property
    def where(self) -> str:
        """The door as neighbours say it."""
        return f"{LANE} {self.floor}{self.door}"


def households() -> list[Home]:
    """The lessees in the order of the roll."""
    sheet = openpyxl.load_workbook(io.BytesIO(ROLL)).active
    assert sheet is not None
    rows = [row for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int)]
    return [Home(str(row[6]), str(row[7]), str(row[2]), str(row[3])) for row in rows]


HOMES = households()
WALKING = (1, 2, 4, 9, 12)
"""The households that walk through their browsers: who asked, who helps, who changes her mind, who died, who is abroad."""


def picture(*words: str) -> Path:
    """A photo that a phone has taken: of a drawing, of a paper, of a signature."""
    image = Image.new("RGB", (800, 600), (250, 247, 240))
    draw = ImageDraw.Draw(image)
    for number, word in enumerate(words or ("纸",)):
        for stroke, letter in enumerate(word):
            x, y = 60 + stroke * 50, 80 + number * 90
            draw.arc([x, y, x + 20 + ord(letter) % 25, y + 50], 30, 300, fill=(40, 40, 60), width=3)
    path = Path(tempfile.mkdtemp()) / "照片.jpg"
    image.save(path, "JPEG")
    return path


# 0. An empty lane


def the_roll_comes_in(street: Street) -> None:
    """One clerk uploads the roll, a second one approves it: nothing is imported by one person alone."""
    clerk = street.of("clerk").tap("户册").tap("导入", within=LANE)
    file = Path(tempfile.mkdtemp()) / "tianjinlu-426.xlsx"
    file.write_bytes(ROLL)
    clerk.attach("户册表格", file).tap("上传,看对照表").see("新增 13 户", "还没有导入", HOMES[0].name)
    second = street.of("second_clerk").tap("户册").tap("复核户册导入").see("等您复核").tap("去复核")
    second.choose("我已经把这张对照表").tap("复核无误,导入").see("13")


def letters_are_printed(street: Street) -> None:
    """Each household gets a letter with a code of its own."""
    clerk = street.of("clerk").open("/desk").tap("打印").choose(LANE)
    pages = reading.reader(clerk.download("印这些信(PDF)")).pages
    assert len(pages) == len(HOMES) == 13
    for page in pages:
        text = "".join(page.extract_text().split())
        number = next(n for n, home in enumerate(HOMES, 1) if f"{home.floor}{home.door}" in text)
        code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}", text)
        assert code, text
        street.letters[number] = code[0]


def households_come_in(street: Street) -> None:
    """Some with the letter on their own phone, the others likewise; everyone answers for her own home alone."""
    for number, home in enumerate(HOMES, 1):
        if number in WALKING:
            comes_in(street, number, home)
        else:
            comes_in_quickly(street, number, home)
        street.knows(number, home.phone)


def comes_in(street: Street, number: int, home: Home) -> None:
    """Household code, phone, code from the message, who one is: four questions, one on each page."""
    phone = street.phone(number)
    phone.open("/").tap("登录,为我家表态").tap("我有信,第一次登录")
    phone.fill("信上的户码", street.letters[number]).tap("继续")
    phone.fill("手机号", home.phone).tap("发验证码")
    phone.fill("短信里的 6 位数字", door.code_for(street.live.app, home.phone)).tap("继续")
    phone.fill("您的姓名", home.name).choose("承租人").tap("完成").see("可以代表本户表态")


def comes_in_quickly(street: Street, number: int, home: Home) -> None:
    """The same forms without a screen."""
    browser = street.quickly(number)
    browser.submit("/sign-in/letter", {"code": street.letters[number]})
    browser.submit("/sign-in", {"phone": home.phone})
    browser.submit("/sign-in/code", {"code": door.code_for(street.live.app, home.phone)})
    answer = browser.submit("/sign-in/who", {"name": home.name, "relation": "lessee"}, follow=True)
    assert "可以代表本户表态" in answer.text


STEPS = (the_roll_comes_in, letters_are_printed, households_come_in)
