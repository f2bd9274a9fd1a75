"""Styleguide 样张: every component in every state, on pages that screenshots are taken of.

For demo and development only.
"""

from __future__ import annotations

import io

import segno
from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    FileField,
    Form,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from hearing.ballots.outcome import answers, outcomes, own_share
from hearing.ballots.tally import Ballot, Completion, Method, Profile, Project, Rule, tally
from hearing.web.guards import open_to_all

bp = Blueprint("styleguide", __name__, url_prefix="/styleguide")

PAGES = {
    "forms": "表单：各种填法",
    "wrong": "表单：有错的时候",
    "states": "标签、提示、按钮、空页",
    "case": "一件事的公开页",
    "consent": "表态与签名",
    "check": "提交前核对",
    "receipt": "回执",
    "outcome": "投票结果",
    "answers": "表决结果",
    "tasks": "居民首页",
    "desk": "工作台",
    "print": "公告（A4）",
    "poster": "公告（A3）",
    "hall": "会场大屏",
    "plain": "出错页",
}


class Samples(Form):
    """One field of each kind."""

    once = HiddenField(default="sample")
    name = StringField(
        "您的姓名",
        [InputRequired("请写您的姓名。")],
        render_kw={"autocomplete": "name", "spellcheck": "false"},
    )
    phone = StringField(
        "手机号",
        [InputRequired("请写 11 位手机号。")],
        description="中间有空格也可以。",
        render_kw={"autocomplete": "tel", "inputmode": "tel"},
    )
    code = StringField(
        "短信里的 6 位数字",
        [InputRequired("验证码是 6 位数字，请再看一看短信。")],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )
    wish = TextAreaField("您想怎么改？", [Optional()], description="想到哪里写到哪里，几句话就行。")
    building = SelectField(
        "哪一幢",
        [InputRequired("请选一幢。")],
        choices={"": "—", "426": "天津路426弄", "12": "安和里12号"},
    )
    topics = SelectMultipleField(
        "和哪些有关",
        [Optional()],
        choices={"passage": "出行安全", "light": "采光", "money": "出多少钱"},
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    amount = StringField("大约要多少钱", [InputRequired("请写成像 1200 或 1200.50 这样的金额。")])
    since = StringField("从哪天开始的", [InputRequired("请写成像 2026-11-30 这样的日期。")])
    photo = FileField("现场照片", [InputRequired("照片没有传上来，请再选一次。")])
    honest = BooleanField("我是这一户的承租人", [InputRequired("请勾选后再继续。")])


class Answer(Form):
    """The answer and signature of one household."""

    once = HiddenField(default="sample")
    answer = RadioField(
        "您同意这个方案吗？",
        [InputRequired("请选一项。")],
        choices={"agree": "同意", "oppose": "不同意", "abstain": "弃权", "ask": "想先问一问"},
    )
    strokes = StringField()
    signature = StringField(validators=[InputRequired("还没有签名。写在屏幕上，或者打名字，都可以。")])
    typed_name = StringField("打您的名字", [Optional()], render_kw={"autocomplete": "name"})
    paper = FileField("纸上签名的照片", [Optional()])


@bp.get("/")
@open_to_all
def index() -> ResponseReturnValue:
    """The list of sample pages."""
    return render_template("styleguide/index.html", pages=PAGES)


@bp.get("/<name>")
@open_to_all
def sample(name: str) -> ResponseReturnValue:
    """One sample page."""
    if name not in PAGES:
        abort(404)
    return render_template(f"styleguide/{name}.html", **({"title": PAGES[name]} | _filled(name)))


def _filled(name: str) -> dict[str, object]:
    if name == "forms":
        return {"form": Samples()}
    if name == "wrong":
        form = Samples(MultiDict({"name": "", "phone": "141 0000", "amount": "很多", "once": "sample"}))
        form.validate()
        return {"form": form}
    if name == "consent":
        return {"form": Answer()}
    if name == "outcome":
        return _outcome()
    if name == "answers":
        record = {"voters": 61, "counts": {"yes": 30, "no": 22, "abstain": 9}, "passed": False}
        return _page("底楼装不装自行车棚") | {"answers": answers(record)}
    if name in {"print", "poster", "states"}:
        return {"head_code": HEAD_CODE, "head_qr": _qr("https://hearing.example/log")}
    return {}


class ByCode(Form):
    """The code of a secret ballot."""

    once = HiddenField(default="sample")
    word = StringField("选票编号", description="在回执上，43 个字母和数字。", render_kw={"autocomplete": "off"})


def _page(title: str) -> dict[str, object]:
    return {
        "title": title,
        "turnout": "名册上 80 户，投票 61 户。",
        "back_url": "/styleguide/",
        "back_words": None,
        "pots": [],
        "code_url": "",
    }


def _outcome() -> dict[str, object]:
    """A lane's pot of 50,000 yuan, counted as it would be: ties, a lot, money spent elsewhere and money left."""
    titles = {
        "p-1": "底楼坡道加扶手",
        "p-2": "弄堂口的路灯",
        "p-3": "晾衣架",
        "p-4": "花坛改长凳",
        "p-5": "雨棚",
        "p-6": "公告栏翻新",
        "p-7": "电动车充电桩",
    }
    costs = (2_400_000, 900_000, 600_000, 600_000, 1_500_000, 200_000, 2_000_000)
    projects = tuple(Project(id_, cost) for id_, cost in zip(titles, costs, strict=True))
    cast = {(0, 1): 9, (0, 4): 14, (0, 4, 5): 4, (0,): 6, (1, 2): 4, (2,): 5, (3,): 9, (1, 5): 4, (1, 6): 3, (6,): 3}
    ballots = {Ballot(places): number for places, number in cast.items()}
    rule = Rule(Method.SHARES, Completion.ADD1U, lot=tuple(reversed(titles)))
    record = tally(Profile(projects, ballots, 5_000_000), rule)
    return _page("弄堂里的 5 万元，怎么用") | {
        "pots": outcomes(record, titles),
        "own": own_share(record, titles, {"p-1": 1, "p-2": 1, "p-6": 1}),
        "secret": False,
        "code_form": ByCode(),
        "bundle": [("计票包", "#", "ZIP · 21 KB"), ("计票记录", "#", "JSON · 9 KB")],
    }


HEAD_CODE = "T5vQ8mKc2wq8"


def _qr(text: str) -> Markup:
    """A QR code as SVG that fills its box, without inline style."""
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=2)
    return Markup(out.getvalue().decode())  # noqa: S704 - made by segno from our own text
