"""The schema, by Alembic, in a process of its own: `python -m keyfob_server.storage.migrations URL`."""
