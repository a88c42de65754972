"""Runs the migrations: on the connection that the store hands over, or on alembic.ini's URL for developers."""

from alembic import context
from sqlalchemy import Connection, create_engine

from store.tables import metadata


def _run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    with create_engine(context.config.get_main_option("sqlalchemy.url") or "").begin() as opened:
        _run(opened)
