"""Devices: what a person recognises her phone or computer by, in the list of where she is signed in."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _l

# The first that is found wins: every browser claims to be several others.
_MACHINES = (
    ("iPad", "tablet"),
    ("Mobile", "phone"),
    ("iPhone", "phone"),
    ("Android", "tablet"),
    ("Mozilla", "computer"),
)
_PROGRAMS = (
    ("MicroMessenger", "wechat"),
    ("AlipayClient", "alipay"),
    ("QQBrowser", "qq"),
    ("Edg", "edge"),
    ("Firefox", "firefox"),
    ("Chrome", "chrome"),
    ("Safari", "safari"),
)
_WORDS = {
    "phone": _l("手机"),
    "tablet": _l("平板"),
    "computer": _l("电脑"),
    "wechat": _l("微信"),
    "alipay": _l("支付宝"),
    "qq": _l("QQ浏览器"),
    "edge": "Edge",
    "firefox": "Firefox",
    "chrome": "Chrome",
    "safari": "Safari",
}


def device_of(user_agent: str) -> str:
    """Kind and program of a browser, like phone/wechat; empty when it does not say."""
    found = (next((name for sign, name in signs if sign in user_agent), "") for signs in (_MACHINES, _PROGRAMS))
    return "/".join(part for part in found if part)


def words(device: str) -> str:
    """手机·微信."""
    known = [str(_WORDS[part]) for part in device.split("/") if part in _WORDS]
    return "·".join(known) or str(gettext("其他设备"))
