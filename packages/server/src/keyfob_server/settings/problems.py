from dataclasses import dataclass

MAX_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one setting, and where it was said."""

    where: str
    """`/etc/keyfob.toml:12`, or `environment`."""
    name: str
    """The key, or the variable; empty when the file as a whole is meant."""
    sentence: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.where, self.name, self.sentence) if part)


class SettingsError(Exception):
    """The settings cannot be used. `problems` is never empty."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


def quoted(value: object) -> str:
    """A value as a message shows it: one line, printable ASCII, not too long."""
    text = ascii(value)
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 3] + "..."
