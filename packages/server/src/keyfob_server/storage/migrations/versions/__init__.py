"""The steps of the schema, forward only, oldest first by name."""
