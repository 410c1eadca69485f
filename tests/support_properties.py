"""A property is a question that must have no answer: is there an example for which the server does the wrong thing?"""

from collections.abc import Callable
from typing import TypeVar

from hypothesis import Phase, find, settings
from hypothesis.errors import NoSuchExample
from hypothesis.strategies import SearchStrategy

Example = TypeVar("Example")
LEAST = 100


def counter_example(
    examples: SearchStrategy[Example], goes_wrong: Callable[[Example], object], *, smallest: bool = True
) -> Example | None:
    """An example for which `goes_wrong` holds, the smallest unless any will do; None when the search ends without one.

    The search is as long as the profile in force says, and LEAST at least, since what is to be found needs that. It is
    the same on every run.
    """
    length = max(LEAST, settings().max_examples)
    phases = (Phase.generate, Phase.shrink) if smallest else (Phase.generate,)
    wrong: list[Example] = []

    def is_wrong(example: Example) -> bool:
        # What went wrong once is wrong: a race need not come out the same when it is run again.
        if example not in wrong and goes_wrong(example):
            wrong.append(example)
        return example in wrong

    try:
        return find(examples, is_wrong, settings=settings(database=None, phases=phases, max_examples=length))
    except NoSuchExample:
        return None
