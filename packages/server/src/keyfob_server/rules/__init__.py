"""Pure decisions over frozen values: the time and random bytes are arguments."""
