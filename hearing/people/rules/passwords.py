"""Passwords of staff: long enough, not everybody's, not the person's own data. No rules of composition.

Sources: OWASP ASVS 5.0 6.2.1, 6.2.4, 6.2.5, 6.2.8 and 6.2.9.
"""

import re
import unicodedata
from collections.abc import Collection

from hearing.people.rules.refusals import Refusal
from hearing.refusal import Refused

SHORTEST = 8
ADVISED = 15
LONGEST = 128

_RUNS = (
    "0123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
)
_SHORTEST_NAME = 2


def normal(password: str) -> str:
    """A password in composed form (NFC), so that every keyboard types the same one; nothing is cut or stripped."""
    return unicodedata.normalize("NFC", password)


def check_password(password: str, common: Collection[str], *, phone: str, name: str) -> None:
    """Whether a person may take this password; `common` holds the known ones in lower case.

    Raises PASSWORD_TOO_SHORT(n), PASSWORD_TOO_LONG(n), PASSWORD_TOO_COMMON or PASSWORD_NAMES_YOU.
    """
    if len(password) < SHORTEST:
        raise Refused(Refusal.PASSWORD_TOO_SHORT, n=SHORTEST)
    if len(password) > LONGEST:
        raise Refused(Refusal.PASSWORD_TOO_LONG, n=LONGEST)
    plain = password.casefold()
    if plain in common or _is_pattern(plain):
        raise Refused(Refusal.PASSWORD_TOO_COMMON)
    if (phone and phone in plain) or (len(name) >= _SHORTEST_NAME and name.casefold() in plain):
        raise Refused(Refusal.PASSWORD_NAMES_YOU)


def _is_pattern(plain: str) -> bool:
    """Whether it is a birthday, one short piece again and again, or a walk along digits, alphabet or keyboard."""
    if re.fullmatch(r"(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])", plain, re.ASCII):
        return True
    if re.fullmatch(r"(.{1,4}?)\1+.{0,3}", plain) and len(set(plain)) <= 4:
        return True
    return any(plain in run * 2 or plain in run[::-1] * 2 for run in _RUNS)
