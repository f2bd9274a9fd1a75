"""Styleguide 样张: every component in every state, on pages that screenshots are taken of.

For demo and development only.
"""

from __future__ import annotations

import io

import segno
from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
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
    "forms": _l("表单:各种填法"),
    "wrong": _l("表单:有错的时候"),
    "states": _l("标签、提示、按钮、空页"),
    "case": _l("一件事的公开页"),
    "consent": _l("表态与签名"),
    "check": _l("提交前核对"),
    "receipt": _l("回执"),
    "tasks": _l("居民首页"),
    "desk": _l("工作台"),
    "print": _l("公告(A4)"),
    "poster": _l("公告(A3)"),
    "hall": _l("会场大屏"),
    "plain": _l("出错页"),
}


class Samples(Form):
    """One field of each kind."""

    once = HiddenField(default="sample")
    name = StringField(
        _l("您的姓名"),
        [InputRequired(_l("请写您的姓名。"))],
        render_kw={"autocomplete": "name", "spellcheck": "false"},
    )
    phone = StringField(
        _l("手机号"),
        [InputRequired(_l("请写 11 位手机号。"))],
        description=_l("中间有空格也可以。"),
        render_kw={"autocomplete": "tel", "inputmode": "tel"},
    )
    code = StringField(
        _l("短信里的 6 位数字"),
        [InputRequired(_l("验证码是 6 位数字,请再看一看短信。"))],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )
    wish = TextAreaField(_l("您想怎么改?"), [Optional()], description=_l("想到哪里写到哪里,几句话就行。"))
    building = SelectField(
        _l("哪一幢"),
        [InputRequired(_l("请选一幢。"))],
        choices=[("", "—"), ("426", "天津路426弄"), ("12", "安和里12号")],
    )
    topics = SelectMultipleField(
        _l("和哪些有关"),
        [Optional()],
        choices=[("passage", _l("出行安全")), ("light", _l("采光")), ("money", _l("出多少钱"))],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    amount = StringField(_l("大约要多少钱"), [InputRequired(_l("请写成像 1200 或 1200.50 这样的金额。"))])
    since = StringField(_l("从哪天开始的"), [InputRequired(_l("请写成像 2026-11-30 这样的日期。"))])
    photo = FileField(_l("现场照片"), [InputRequired(_l("照片没有传上来,请再选一次。"))])
    honest = BooleanField(_l("我是这一户的承租人"), [InputRequired(_l("请勾选后再继续。"))])


class Answer(Form):
    """The answer and signature of one household."""

    once = HiddenField(default="sample")
    answer = RadioField(
        _l("您同意这个方案吗?"),
        [InputRequired(_l("请选一项。"))],
        choices=[
            ("agree", _l("同意")),
            ("oppose", _l("不同意")),
            ("abstain", _l("弃权")),
            ("ask", _l("想先问一问")),
        ],
    )
    strokes = StringField()
    signature = StringField(validators=[InputRequired(_l("还没有签名。写在屏幕上,或者打名字,都可以。"))])
    typed_name = StringField(_l("打您的名字"), [Optional()], render_kw={"autocomplete": "name"})
    paper = FileField(_l("纸上签名的照片"), [Optional()])


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
