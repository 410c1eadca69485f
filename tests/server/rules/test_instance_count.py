"""Counting page by page comes to the same as counting at once, and never shows half a round."""

import pytest

from keyfob_server.rules.instance_count import CountedPage, InstanceCount, decode, encode, with_page


def test_a_round_is_shown_when_its_last_page_was_counted_and_not_before() -> None:
    count = InstanceCount({"old": 7})
    count = with_page(count, CountedPage({"": 2, "shop": 3}, "b"))
    assert (dict(count.counted), count.after) == ({"old": 7}, "b")
    count = with_page(count, CountedPage({"shop": 1, "other": 4}, "d"))
    assert dict(count.counted) == {"old": 7}
    count = with_page(count, CountedPage({"": 1}, ""))
    assert count == InstanceCount({"": 3, "other": 4, "shop": 4}, {}, "")


def test_a_round_of_no_instances_counts_none() -> None:
    assert with_page(InstanceCount({"old": 7}), CountedPage({}, "")) == InstanceCount()


def test_what_is_stored_is_read_again() -> None:
    count = InstanceCount({"": 3}, {"shop": 2}, "c")
    assert decode(encode(count)) == count
    assert decode("") == InstanceCount()


@pytest.mark.parametrize(
    "text",
    [
        "nonsense",
        "[]",
        "{}",
        encode(InstanceCount({"a": 1})).replace("1", '"1"'),
        encode(InstanceCount({}, {"a": 1})).replace('{"a": 1}', "[1]"),
        encode(InstanceCount()).replace('""', "0"),
    ],
)
def test_what_nobody_stored_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any of them: the reader begins anew
        decode(text)
