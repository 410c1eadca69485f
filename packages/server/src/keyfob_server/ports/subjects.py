from typing import Protocol


class PairwiseSubjects(Protocol):
    """Names of people that mean something within one sector only (OpenID Connect Core section 8.1)."""

    def subject(self, sector: str, account_id: str) -> str:
        """Always the same for the same two; says nothing of the account, and cannot be computed without the key."""
        ...
