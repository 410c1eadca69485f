"""The SQL side: one portable text for each verb, an executor for each engine."""
