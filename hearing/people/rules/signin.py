"""Sign-in: codes by text message, how long a session lives, and the household code on the printed letter.

Sources: OWASP ASVS 5.0 6.4.1, 6.5.5, 6.6.3 and 7.3.1–7.3.2; the figures are design decisions (domain.md, section 5).
"""

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from hearing.people.rules.refusals import Refusal
from hearing.people.rules.roles import Role, needs_second_factor
from hearing.refusal import Refused

CODE_LIFE = timedelta(minutes=10)
CODE_TRIES = 5
SEND_GAP = timedelta(minutes=1)
SENDS_A_DAY = 10
DAY = timedelta(days=1)

# Crockford's 32 letters: no I, L, O or U, so that what is read aloud or copied by hand has one spelling.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MISREAD = str.maketrans("ILOU", "110V")
PAYLOAD_LENGTH = 8
CHECK_LENGTH = 2
HOUSEHOLD_CODES = len(ALPHABET) ** PAYLOAD_LENGTH
# The largest prime below 32²: its remainder fits the two check letters.
_MODULUS = 1021


@dataclass(frozen=True)
class IssuedCode:
    """A one-time code that was sent: when, how many wrong tries it has seen, and whether it has opened a session."""

    issued_at: datetime
    wrong_tries: int = 0
    used: bool = False


def may_send_code(sent: Collection[datetime], now: datetime) -> None:
    """One text message a minute and ten in 24 hours for each phone.

    Raises CODE_SENT_JUST_NOW(seconds) or CODES_SPENT_TODAY(n).
    """
    if sent and (wait := max(sent) + SEND_GAP - now) > timedelta():
        raise Refused(Refusal.CODE_SENT_JUST_NOW, seconds=-(-wait // timedelta(seconds=1)))
    if sum(now - at < DAY for at in sent) >= SENDS_A_DAY:
        raise Refused(Refusal.CODES_SPENT_TODAY, n=SENDS_A_DAY)


def may_try_code(code: IssuedCode, now: datetime) -> None:
    """A code opens one session, within ten minutes, at the sixth try no more. A clock set back fails closed.

    Raises CODE_USED, CODE_TRIES_SPENT or CODE_EXPIRED.
    """
    if code.used:
        raise Refused(Refusal.CODE_USED)
    if code.wrong_tries >= CODE_TRIES:
        raise Refused(Refusal.CODE_TRIES_SPENT, n=CODE_TRIES)
    if not code.issued_at <= now < code.issued_at + CODE_LIFE:
        raise Refused(Refusal.CODE_EXPIRED, minutes=CODE_LIFE // timedelta(minutes=1))


def live_codes(codes: Iterable[IssuedCode], now: datetime) -> list[IssuedCode]:
    """The codes a person may still type, newest first.

    A second message does not kill the first: the slower one may arrive last, and both are good for their own time.
    """
    return sorted((code for code in codes if _is_live(code, now)), key=lambda code: code.issued_at, reverse=True)


def _is_live(code: IssuedCode, now: datetime) -> bool:
    try:
        may_try_code(code, now)
    except Refused:
        return False
    return True


@dataclass(frozen=True)
class SessionTerms:
    """How long a session lives without a request, and at most."""

    idle: timedelta
    absolute: timedelta


# A resident keeps the session on her own phone so that nobody has to learn a password; an office computer is shared.
RESIDENT_SESSION = SessionTerms(idle=timedelta(days=30), absolute=timedelta(days=90))
STAFF_SESSION = SessionTerms(idle=timedelta(minutes=30), absolute=timedelta(hours=12))


def session_terms(roles: Iterable[Role]) -> SessionTerms:
    """The terms for a person with these seats: the shorter ones as soon as one seat binds other households."""
    return STAFF_SESSION if any(needs_second_factor(role) for role in roles) else RESIDENT_SESSION


def check_session(terms: SessionTerms, *, opened_at: datetime, seen_at: datetime, now: datetime) -> None:
    """Raises SESSION_OVER when the session has been idle or open for too long, or lies in the future."""
    if not (opened_at <= now < opened_at + terms.absolute and now < seen_at + terms.idle):
        raise Refused(Refusal.SESSION_OVER)


def household_code(number: int) -> str:
    """The code of ten letters for a random `number` below `HOUSEHOLD_CODES` (40 bits): eight of payload, two of check.

    The whole, read in base 32, leaves 1 when divided by 1021 (after ISO 7064's pure systems), so every single wrong
    letter and every swap of two neighbours is found. Raises ValueError when the number is out of range.
    """
    if not 0 <= number < HOUSEHOLD_CODES:
        raise ValueError("a household code holds 40 bits")
    shifted = number * len(ALPHABET) ** CHECK_LENGTH
    return _letters(shifted + (1 - shifted) % _MODULUS)


def _letters(number: int) -> str:
    letters = []
    for _ in range(PAYLOAD_LENGTH + CHECK_LENGTH):
        number, digit = divmod(number, len(ALPHABET))
        letters.append(ALPHABET[digit])
    return "".join(reversed(letters))


def read_household_code(typed: str) -> str:
    """What a person meant to type: full-width, lower case, spaces, dashes, and O for 0 or I for 1 are all understood.

    Raises HOUSEHOLD_CODE_MISTYPED when the length or the check letters are wrong.
    """
    text = unicodedata.normalize("NFKC", typed).upper()
    code = "".join(char for char in text if unicodedata.category(char)[0] in "LN").translate(_MISREAD)
    if len(code) != PAYLOAD_LENGTH + CHECK_LENGTH or any(char not in ALPHABET for char in code):
        raise Refused(Refusal.HOUSEHOLD_CODE_MISTYPED)
    number = 0
    for char in code:
        number = number * len(ALPHABET) + ALPHABET.index(char)
    if number % _MODULUS != 1:
        raise Refused(Refusal.HOUSEHOLD_CODE_MISTYPED)
    return code


def print_household_code(code: str) -> str:
    """The code as it stands on the letter, in groups that the eye can hold: K7MP-3QXD-9F."""
    return "-".join((code[:4], code[4:8], code[8:]))
