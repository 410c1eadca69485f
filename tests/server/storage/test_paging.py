import pytest

from keyfob_server.storage.paging import LARGEST_PAGE, page_of


@pytest.mark.parametrize(("limit", "page"), [(-1, 0), (0, 0), (7, 7), (LARGEST_PAGE, 1000), (10**9, 1000)])
def test_a_list_brings_a_bounded_number_of_rows(limit: int, page: int) -> None:
    assert page_of(limit) == page
