"""Grants 授权: what the application's own database role may do, table by table, where another role owns the tables.

On PostgreSQL a role that owns a table may switch its triggers off. The application therefore runs as a role that owns
nothing: rows of the trail, records and everything else that only grows may be added and read by it, and no more.
Whatever changes a row that only grows, or takes a payload out of the trail, needs the owner, whose address the server
never has: `hearing init`, `hearing erase` and `hearing forget`.
"""

from __future__ import annotations

from sqlalchemy import DDL, Connection, Engine, Table, text
from sqlalchemy.exc import DBAPIError

from hearing.db import Base, Ledgered

ALL = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
GROWS = frozenset({"SELECT", "INSERT"})
LIVES = GROWS | {"UPDATE"}

OTHERS = {
    # The head row is made with the tables; an act counts it up, which needs no more than this column.
    "log_head": frozenset({"SELECT", "UPDATE (size)"}),
    # Payloads go by `hearing erase`, as the owner: whoever breaks into the application can erase nothing.
    "log_payload": GROWS,
    "log_household": GROWS,
    "sent_form": GROWS,
    # Rows of the register go when an import is taken back, before anything uses them.
    **dict.fromkeys(
        ("building", "stairwell", "unit", "holder", "tenure", "tenure_share", "register_change"), LIVES | {"DELETE"}
    ),
    # A list that is not yet final is written anew.
    "meeting_member": LIVES | {"DELETE"},
    "consent_holder": LIVES | {"DELETE"},
    "poll_project": LIVES | {"DELETE"},
    # Ballots leave the box when they come into the trail.
    "sealed_ballot": GROWS | {"DELETE"},
}
"""Tables whose rights do not follow from their kind, and why."""


class NoSuchRole(Exception):
    """The application's role cannot be given its rights; the message says what to do."""


def rights(table: Table) -> frozenset[str]:
    """What the application may do with a table."""
    if table.name in OTHERS:
        return OTHERS[table.name]
    kinds = [mapper.class_ for mapper in Base.registry.mappers if mapper.local_table is table]
    if any(issubclass(kind, Ledgered) for kind in kinds):
        return GROWS if any(kind.append_only for kind in kinds) else LIVES
    return ALL


def grant(owner: Engine, role: str) -> None:
    """As the owner: give `role` its rights on every table, and take whatever else it or everybody had.

    Raises NoSuchRole for a role that is missing, owns the tables, or is above all rights.
    """
    with owner.begin() as connection:
        _check(connection, role)
        name = connection.dialect.identifier_preparer.quote(role)
        schema = connection.dialect.identifier_preparer.quote(connection.scalar(text("SELECT current_schema()")) or "")
        for statement in (
            f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM PUBLIC, {name}",
            f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA {schema} FROM PUBLIC, {name}",
            f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC, {name}",
            f"GRANT USAGE ON SCHEMA {schema} TO {name}",
            f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {name}",
            f"GRANT SELECT ON alembic_version TO {name}",
            *(
                f"GRANT {', '.join(sorted(rights(table)))} ON {table.name} TO {name}"
                for table in Base.metadata.sorted_tables
            ),
        ):
            connection.execute(DDL(statement))  # type: ignore[no-untyped-call]


def _check(connection: Connection, role: str) -> None:
    query = text("SELECT rolsuper, pg_has_role(rolname, current_user, 'MEMBER') FROM pg_roles WHERE rolname = :role")
    found = connection.execute(query, {"role": role}).one_or_none()
    if found is None:
        raise NoSuchRole(f"there is no role {role}: make it with CREATE ROLE {role} LOGIN PASSWORD '…'")
    if found[0] or found[1]:
        raise NoSuchRole(f"the role {role} of HEARING_DATABASE_URL owns the tables: it must be another, without rights")


def is_refused(error: DBAPIError) -> bool:
    """Whether the database refused because the role has not the right."""
    return getattr(error.orig, "sqlstate", None) == "42501"
