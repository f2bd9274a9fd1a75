"""Erasing and forgetting 删除: two acts at the machine, of which the trail tells without saying whose."""

from __future__ import annotations

from contextlib import closing
from datetime import date

from sqlalchemy import delete, text, update

from hearing.audit import erasing
from hearing.audit.erasing import ErasureDone
from hearing.audit.fact import SYSTEM
from hearing.casefile import actions as case_files
from hearing.casefile import queries as case_file_queries
from hearing.casefile import shelf
from hearing.clock import now
from hearing.db import db
from hearing.erasure import classes, person, rules
from hearing.erasure.gathering import named_files, unneeded_files
from hearing.erasure.parts import BLANKS, Going
from hearing.erasure.rules import KEEPING, PERSON, PERSON_LABEL, Class
from hearing.files import storage
from hearing.files.models import EvidenceErasure
from hearing.places.models import Neighbourhood
from hearing.web.filters import BEIJING


def erase(which: Class, neighbourhood_id: int, before: date) -> ErasureDone:
    """Erase everything of a class from before a day in Beijing, in one neighbourhood. Raises KEPT_LONGER."""
    rules.check_before(which, before, today())
    home = db.session.get_one(Neighbourhood, neighbourhood_id)
    going = classes.of_class(which, home, before)
    _carry_out(going, neighbourhood_id)
    return _fact(home, which, KEEPING[which].label, going)


def forget(known_by: str) -> ErasureDone:
    """Erase what there is about one person, named by phone or pseudonym, as far as no legal period runs.

    Raises NOBODY, SEVERAL_PEOPLE, FORGOTTEN_ALREADY, or a STILL_… refusal when something that runs needs her.
    """
    who = person.person(known_by)
    person.check_may_go(who)
    home, going = person.home_of(who), person.of_person(who)
    _carry_out(going, None)
    return _fact(home, PERSON, PERSON_LABEL, going)


def may_erase() -> bool:
    """Whether this process came to the database as somebody who may delete payloads: on PostgreSQL its owner."""
    if db.engine.dialect.name == "sqlite":
        return True
    allowed: bool = db.session.execute(text("SELECT has_table_privilege('log_payload', 'DELETE')")).scalar_one()
    return allowed


def today() -> date:
    """The day in Beijing."""
    return now().astimezone(BEIJING).date()


def remove_files() -> int:
    """After the act: take files off the disk that no row needs any more; how many. What a crash left goes next time."""
    unneeded = unneeded_files()
    copies = sum(shelf.remove(sha256) for sha256 in case_file_queries.erased())
    return copies + sum(storage.remove(sha256) for sha256 in unneeded) + _clear_strays()


def _clear_strays() -> int:
    """Take away files that no row ever came to name, because their act was refused or broke off; how many."""
    gone = 0
    for paths in erasing.batches(storage.untouched()):
        named = named_files(path.name for path in paths)
        gone += sum(storage.clear_away(path) for path in paths if path.name not in named)
    return gone


def wipe() -> bool:
    """After the act: write a SQLite file anew, so that nothing erased is left in its free pages; whether that was done.

    It is not while somebody else uses the file. PostgreSQL frees and overwrites the place when it vacuums.
    """
    db.session.rollback()
    db.session.close()
    if db.engine.dialect.name != "sqlite":
        return True
    with closing(db.engine.raw_connection()) as connection:
        try:
            connection.execute("PRAGMA query_only=OFF").close()
            connection.execute("VACUUM").close()
            with closing(connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")) as answer:
                busy: int = answer.fetchone()[0]
        except db.engine.dialect.loaded_dbapi.OperationalError:
            return False
    return not busy


def _carry_out(going: Going, neighbourhood_id: int | None) -> None:
    """Erase it, and with it every full case file that may hold it: of one neighbourhood, or of all."""
    session = db.session
    if going:
        case_files.take_off_erased(case_file_queries.full_copies(neighbourhood_id))
        session.flush()
    erasing.erase(session, going.payloads)
    for model, numbers in going.ordered():
        blank = BLANKS.get(model)
        for batch in erasing.batches(sorted(numbers)):
            mine = model.__table__.c.id.in_(batch)
            change = update(model).where(mine).values(**blank) if blank is not None else delete(model).where(mine)
            session.execute(change.execution_options(synchronize_session=False))
    moment = now()
    session.add_all(EvidenceErasure(evidence_id=number, erased_at=moment) for number in sorted(going.pictures))
    session.flush()
    session.expire_all()


def _fact(home: Neighbourhood, which: str, label: str, going: Going) -> ErasureDone:
    subject = f"erasure/{which}"
    return ErasureDone(
        actor=SYSTEM,
        scope=home.slug,
        subject=subject,
        matter=subject,
        class_=str(which),
        class_label=label,
        count=len(going.payloads),
    )
