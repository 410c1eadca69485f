"""Lifetimes that a registration may shorten."""


def lifetime_s(asked: int | None, policy_s: int) -> int:
    """Seconds: what was asked for, never more than the policy; the policy when nothing was."""
    return policy_s if asked is None else min(asked, policy_s)
