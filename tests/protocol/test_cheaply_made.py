from dataclasses import dataclass, field, fields, replace

import pytest

from keyfob_protocol.cheaply_made import cheaply_made
from keyfob_protocol.parameters import Parameters


@cheaply_made
@dataclass(frozen=True, slots=True)
class Point:
    """A place."""

    x: int
    y: int = 2
    names: list[str] = field(default_factory=list, compare=False)
    secret: str = field(default="s", repr=False, kw_only=True)
    total: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "total", self.x + self.y)


def test_it_is_made_as_any_dataclass_is() -> None:
    point = Point(1, secret="hidden")
    assert (point.x, point.y, point.names, point.secret, point.total) == (1, 2, [], "hidden", 3)
    assert Point(1).names is not Point(1).names


@pytest.mark.parametrize("arguments", [(), (1, 2, [], "not by its place"), (1, 2, [], 4, 5)])
def test_what_is_missing_or_too_much_is_a_type_error(arguments: tuple[int, ...]) -> None:
    with pytest.raises(TypeError):
        Point(*arguments)  # type: ignore[arg-type]


def test_equal_ones_are_equal_and_have_one_hash() -> None:
    assert Point(1) == Point(1, names=["a"])
    assert Point(1) != Point(2)
    assert len({Point(1), Point(1, 2), Point(1, 3)}) == 2


def test_it_is_copied_shown_and_matched_as_any_dataclass_is() -> None:
    assert replace(Point(1), y=5).total == 6
    assert repr(Point(1)) == "Point(x=1, y=2, names=[])"
    assert [one.name for one in fields(Point)] == ["x", "y", "names", "secret", "total"]
    match Point(3, 4):
        case Point(x, y):
            assert (x, y) == (3, 4)


def test_it_holds_its_fields_and_nothing_else() -> None:
    with pytest.raises(AttributeError):
        Point(1).z = 3  # type: ignore[attr-defined]
    assert not hasattr(Parameters(), "__dict__")


def test_the_type_checker_refuses_a_change() -> None:
    # mypy fails on this very line when the comment is not needed any more
    Point(1).x = 2  # type: ignore[misc]
