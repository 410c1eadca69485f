from pathlib import Path

import pytest

from keyfob_bench.goals import GROWING
from keyfob_bench.under_way import Asked, Part

SIZES = (10_000, 100_000, 1_000_000)


def asked(*parts: Part) -> Asked:
    return Asked(
        minutes=14,
        rounds=3,
        connections=16,
        sizes=SIZES,
        growth_seconds=2.5,
        load_seconds=3600,
        only="",
        out=Path(),
        peers=Path(),
        parts=frozenset(parts),
    )


@pytest.mark.parametrize(
    ("parts", "loaded"),
    [
        ((Part.SERVERS,), ()),
        ((Part.GROWTH,), SIZES),
        ((Part.LOAD,), SIZES[-1:]),
        ((Part.GROWTH, Part.LOAD), SIZES),
    ],
)
def test_databases_are_filled_for_growth_and_the_largest_alone_for_a_long_load(
    parts: tuple[Part, ...], loaded: tuple[int, ...]
) -> None:
    assert asked(*parts).loaded == loaded


def test_the_servers_have_all_the_time_that_growth_leaves() -> None:
    assert asked(Part.SERVERS).growth_s == 0
    samples = len(SIZES) * len(GROWING) * 3
    assert asked(Part.SERVERS, Part.GROWTH).growth_s == 3 * 15 + sum(SIZES) / 20_000 + samples * 3
    assert asked(Part.LOAD).growth_s == 15 + 50
