from dataclasses import dataclass

from keyfob_server.limiting.memory import MemoryRateLimiter
from keyfob_server.rules.limits import SECOND, Limit

THREE = Limit("three", 3, 30)
OTHER = Limit("other", 1, 30)


@dataclass(slots=True)
class Seconds:
    now: int = 1000

    def __call__(self) -> int:
        return self.now * SECOND


def hits(limiter: MemoryRateLimiter, limit: Limit, key: str, times: int) -> list[int | None]:
    return [limiter.hit(limit, key) for _ in range(times)]


def test_what_is_refused_is_not_counted() -> None:
    clock = Seconds()
    limiter = MemoryRateLimiter(clock, max_keys=10)
    assert hits(limiter, THREE, "a", 50) == [None] * 3 + [10] * 47
    clock.now += 10
    assert hits(limiter, THREE, "a", 2) == [None, 10]


def test_keys_and_kinds_are_counted_apart() -> None:
    limiter = MemoryRateLimiter(Seconds(), max_keys=10)
    hits(limiter, THREE, "a", 4)
    assert limiter.hit(THREE, "b") is None
    assert limiter.hit(OTHER, "a") is None
    assert limiter.hit(OTHER, "a") == 30


def test_a_peek_takes_nothing_and_says_what_a_hit_would() -> None:
    limiter = MemoryRateLimiter(Seconds(), max_keys=10)
    assert [limiter.peek(THREE, "a") for _ in range(9)] == [None] * 9
    hits(limiter, THREE, "a", 3)
    assert limiter.peek(THREE, "a") == 10


def test_one_that_is_given_back_can_be_taken_again() -> None:
    limiter = MemoryRateLimiter(Seconds(), max_keys=10)
    hits(limiter, THREE, "a", 3)
    limiter.give_back(THREE, "a")
    assert hits(limiter, THREE, "a", 2) == [None, 10]


def test_giving_back_what_nobody_took_makes_no_room() -> None:
    limiter = MemoryRateLimiter(Seconds(), max_keys=10)
    limiter.give_back(THREE, "a")
    limiter.hit(THREE, "a")
    for _ in range(5):
        limiter.give_back(THREE, "a")
    assert hits(limiter, THREE, "a", 4) == [None, None, None, 10]


def test_a_cleared_bucket_is_full_and_so_is_one_that_never_was() -> None:
    limiter = MemoryRateLimiter(Seconds(), max_keys=10)
    hits(limiter, THREE, "a", 4)
    limiter.clear(THREE, "a")
    limiter.clear(THREE, "never")
    assert limiter.hit(THREE, "a") is None


def test_of_more_keys_than_are_kept_the_one_used_longest_ago_goes() -> None:
    limiter = MemoryRateLimiter(Seconds(), max_keys=3)
    for key in ("a", "b", "c"):
        limiter.hit(OTHER, key)
    assert limiter.hit(OTHER, "a") == 30
    limiter.hit(OTHER, "d")
    assert [limiter.peek(OTHER, key) for key in ("a", "b", "c", "d")] == [30, None, 30, 30]


def test_a_flood_of_keys_of_one_kind_forgets_nothing_of_another_and_keeps_no_more_than_it_may() -> None:
    limiter = MemoryRateLimiter(Seconds(), max_keys=100)
    limiter.hit(OTHER, "kept")
    for number in range(10_000):
        limiter.hit(THREE, str(number))
    assert limiter.peek(OTHER, "kept") == 30
    assert len(limiter._full_at["three"]) == 100
