"""Use cases: parse, load, judge, save, answer. The world is reached through `ports` only."""
