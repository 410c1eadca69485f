"""Alembic's environment: runs the steps on the connection, and in the transaction, that `__main__` opened."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
