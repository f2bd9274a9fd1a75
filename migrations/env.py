"""Alembic's environment: runs on the connection that hearing.schema hands over."""

from alembic import context

import hearing.app  # noqa: F401 - every model must be known before tables are compared
from hearing.db import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
