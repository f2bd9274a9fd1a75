"""Alembic's environment: runs on the connection that hearing.schema hands over."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

import hearing.app  # noqa: F401 - every model must be known before tables are compared
from hearing.db import Base, Instant


def render(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our own column type by its short name."""
    if kind == "type" and isinstance(item, Instant):
        autogen.imports.add("from hearing.db import Instant")
        return "Instant()"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=render,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
