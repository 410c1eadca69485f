"""What an engine does with the texts of `statements`; each engine has one."""

from typing import Any, NamedTuple, Protocol

SqlValue = str | int | bytes | None
"""What a parameter may be; a bool is an int."""

Row = tuple[Any, ...]
"""A row as a driver gives it; `rows` makes records of it."""


class Step(NamedTuple):
    text: str
    parameters: tuple[SqlValue, ...]
    required: bool = True
    """When it brings no row, nothing of the operation is done; otherwise the next step follows all the same."""


class Executor(Protocol):
    """All raise StorageUnavailable."""

    @property
    def reads_at_once(self) -> bool:
        """Whether `read` waits for nothing, unless another program is in its way."""
        ...

    async def read(self, text: str, parameters: tuple[SqlValue, ...]) -> list[Row]:
        """All rows, seen at one moment; what was written before the call is among them."""
        ...

    async def write(self, *steps: Step, exclusive: str = "") -> list[Row]:
        """Run the steps in one transaction; the rows of the last one, when it is durable.

        When a required step returns no row, nothing is changed and the answer is empty. Of all writes that are
        `exclusive` by the same name each begins when the one before it has ended, and sees what it did.
        """
        ...

    async def close(self) -> None: ...
