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
    return render_template(f"styleguide/{name}.html", title=PAGES[name], **_filled(name))


def _filled(name: str) -> dict[str, object]:
    if name == "forms":
        return {"form": Samples()}
    if name == "wrong":
        form = Samples(MultiDict({"name": "", "phone": "141 0000", "amount": "很多", "once": "sample"}))
        form.validate()
        return {"form": form}
    if name == "consent":
        return {"form": Answer()}
    if name in {"print", "poster", "states"}:
        return {"head_code": HEAD_CODE, "head_qr": _qr("https://hearing.example/log")}
    return {}


HEAD_CODE = "T5vQ8mKc2wq8"


def _qr(text: str) -> Markup:
    """A QR code as SVG that fills its box, without inline style."""
    out = io.BytesIO()
    segno.make(text, error="m").save(out, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=2)
    return Markup(out.getvalue().decode())  # noqa: S704 - made by segno from our own text
