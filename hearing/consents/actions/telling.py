"""Telling 通知: households learn that something was recorded or begins; the text never says what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from sqlalchemy import ColumnElement, CompoundSelect, Result, Table, bindparam, insert, literal, select, union_all

from hearing.audit.erasing import batches
from hearing.clock import now
from hearing.consents.models import ConsentCollection, ConsentHolder, ConsentUnit
from hearing.db import connected, db
from hearing.people import outbox
from hearing.people.models import Account, Membership, Message
from hearing.places.models import Holder
from hearing.refusal import N_

RECORDED = N_("您户在一件事上有了新的记录，请登录查看：%(url)s 如果不是您办的，请马上打居委会电话。")
ROLL_SHOWN = N_("有一件事要征询您户，请先核对名册上您家的一行：%(url)s")
OPENED = N_("有一件事请您户表态，请登录查看：%(url)s 用不来可以打居委会电话。")
EXTENDED = N_("您户要表态的一件事延长了时间，请登录查看：%(url)s")
ENDED = N_("您户表态的一件事有了新进展，请登录查看：%(url)s")
ANSWERED = N_("居委会答复了您的问题，请登录查看：%(url)s")


def tell_unit(unit: ConsentUnit, sentence: str, path: str, *, but: str | None = None) -> None:
    """Write to every phone of one household, save the one in the hand of whoever has just acted."""
    tell_household(unit.id, sentence, path, but=but)


def tell_household(consent_unit_id: int, sentence: str, path: str, *, but: str | None = None) -> None:
    """The same by the number of its line on the roll."""
    db.session.flush()
    languages = _languages(connected().execute(_OF_UNIT, {"unit": consent_unit_id}))
    languages.pop(but or "", None)
    _write(languages, sentence, path)


def tell_all(collection: ConsentCollection, sentence: str) -> None:
    """Write to every phone of every household on the roll."""
    languages = _phones(ConsentUnit.collection_id == collection.id)
    _write(languages, sentence, f"/consents/{collection.id}")


def tell_units(units: Iterable[int], sentence: str, path: str) -> None:
    """Write to every phone of these households, by the numbers of their lines; a phone of several gets one message."""
    languages: dict[str, str] = {}
    for batch in batches(units):
        languages |= _phones(ConsentUnit.id.in_(batch))
    _write(languages, sentence, path)


def _phones(of: ColumnElement[bool]) -> dict[str, str]:
    """The register's phones and the members' own, each with its reader's language."""
    db.session.flush()
    return _languages(connected().execute(_phones_of(of)))


def _phones_of(of: ColumnElement[bool]) -> CompoundSelect[Any]:
    """Phones with languages, and whether it is a member who says so: she knows better than the register."""
    of_register = (
        select(Holder.phone, literal("zh").label("language"), literal(False).label("member"))
        .join(ConsentHolder, ConsentHolder.holder_id == Holder.id)
        .join(ConsentHolder.unit)
        .where(of, ConsentHolder.died_on.is_(None))
    )
    of_members = (
        select(Account.phone, Account.language, literal(True))
        .join(Account.memberships)
        .join(ConsentUnit, ConsentUnit.unit_id == Membership.unit_id)
        .where(of, Membership.left_at.is_(None), Account.disabled_at.is_(None))
    )
    return union_all(of_register, of_members)


# An estate's messages are thousands of rows: the mapper would send them one by one.
_ADD = insert(cast(Table, Message.__table__))
# Every answer asks for the phones of one household, so this is built once.
_OF_UNIT = _phones_of(ConsentUnit.id == bindparam("unit"))


def _languages(found: Result[Any]) -> dict[str, str]:
    rows = sorted(found, key=lambda row: bool(row.member))
    return {row.phone: row.language for row in rows if row.phone}


def _write(languages: dict[str, str], sentence: str, path: str) -> None:
    """One message a phone, in its reader's language."""
    if not languages:
        return
    moment, url = now(), outbox.address(path)
    texts = {language: outbox.worded(language, sentence, url=url) for language in set(languages.values())}
    connection = connected()
    for batch in batches(sorted(languages)):
        connection.execute(
            _ADD,
            [
                {
                    "channel": outbox.SMS,
                    "recipient": phone,
                    "text": texts[languages[phone]],
                    "state": outbox.WAITING,
                    "tries": 0,
                    "written_at": moment,
                    "due_at": moment,
                }
                for phone in batch
            ],
        )
