"""Lifetimes."""

import pytest

from keyfob_server.rules.lifetimes import lifetime_s


@pytest.mark.parametrize(("asked", "seconds"), [(None, 300), (10, 10), (300, 300), (9999, 300)])
def test_a_registration_may_shorten_a_lifetime_and_never_lengthen_it(asked: int | None, seconds: int) -> None:
    assert lifetime_s(asked, 300) == seconds
