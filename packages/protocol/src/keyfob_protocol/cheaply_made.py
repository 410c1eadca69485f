"""Frozen dataclasses of which every request makes many."""

from dataclasses import field, fields, make_dataclass
from typing import Any, TypeVar

T = TypeVar("T")


def cheaply_made(cls: type[T]) -> type[T]:
    """For a frozen dataclass with slots: made in a fifth of the time, and frozen by the type checker alone.

    A frozen dataclass sets each field by a call that goes around its own refusal to be set, which is most of what its
    making costs. Here the fields are set as those of any dataclass are, and nothing at run time refuses a later change:
    mypy does. Equality and hash stay.
    """
    after = getattr(cls, "__post_init__", None)
    twin: Any = make_dataclass(
        cls.__name__,
        [(one.name, one.type, _alike(one)) for one in fields(cls)],  # type: ignore[arg-type] # a dataclass it is
        namespace={"__post_init__": after} if after else {},
    )
    cls.__init__ = twin.__init__  # type: ignore[method-assign] # the same signature
    del cls.__setattr__, cls.__delattr__
    return cls


def _alike(one: Any) -> Any:  # noqa: ANN401 - dataclasses has no name for what `field` returns
    return field(default=one.default, default_factory=one.default_factory, init=one.init, kw_only=one.kw_only)
