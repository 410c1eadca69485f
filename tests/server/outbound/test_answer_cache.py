import pytest

from keyfob_server.outbound.answer_cache import AnswerCache, lifetime_s
from support_outbound import Seconds

HEADERS = {
    "": 60,
    "max-age=61": 61,
    "max-age=59": 60,
    "max-age=-1": 60,
    "max-age=86399": 86399,
    "max-age=86401": 86400,
    "MAX-AGE = 300": 300,
    'max-age="300"': 300,
    "max-age=0000000000000300": 300,
    "public,max-age=300,immutable": 300,
    "no-cache": 60,
    "s-maxage=300": 60,
    "x-max-age=300": 60,
    "max-age=x": 60,
    "max-age=" + "9" * 5000: 86400,
}


@pytest.mark.parametrize(("header", "seconds"), HEADERS.items(), ids=range(len(HEADERS)))
def test_a_lifetime_is_the_max_age_between_a_minute_and_a_day(header: str, seconds: int) -> None:
    assert lifetime_s(header) == seconds


def test_an_entry_is_there_until_the_second_in_which_it_expires() -> None:
    clock = Seconds()
    cache: AnswerCache[str] = AnswerCache(clock)
    cache.add("a", "one", lifetime_s=60)
    clock.now += 59.9
    assert cache.find("a") == "one"
    clock.now += 0.1
    assert cache.find("a") is None


def test_the_entry_that_was_used_least_lately_goes_when_there_are_too_many() -> None:
    cache: AnswerCache[str] = AnswerCache(Seconds(), max_entries=2)
    for name in ("a", "b"):
        cache.add(name, name, lifetime_s=60)
    assert cache.find("a") == "a"
    cache.add("c", "c", lifetime_s=60)
    assert [cache.find(name) for name in ("a", "b", "c")] == ["a", None, "c"]


def test_a_new_answer_takes_the_place_of_the_old_one() -> None:
    cache: AnswerCache[str] = AnswerCache(Seconds(), max_entries=2)
    for answer in ("one", "two"):
        cache.add("a", answer, lifetime_s=60)
    assert cache.find("a") == "two"
