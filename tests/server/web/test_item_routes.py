"""Addresses that hold an id: found for ids alone, and logged without them."""

import pytest

from keyfob_server.rules.policy import Policy
from keyfob_server.web.routes import find_item, item_routes

POLICY = Policy(base_url="https://id.example")
ITEMS = item_routes(POLICY)
COLLECTIONS = (POLICY.paths.registration, POLICY.paths.registration_alias)


@pytest.mark.parametrize("collection", COLLECTIONS)
@pytest.mark.parametrize("client_id", ["01890000-0000-7000-8000-000000000000", "secret", "a.b", "~x", "a" * 2001])
def test_an_id_is_found_in_its_collection_and_its_label_does_not_hold_it(collection: str, client_id: str) -> None:
    for below in ("", "/secret"):
        found = find_item(ITEMS, f"{collection}/{client_id}{below}")
        assert found is not None
        assert (found[0].label, found[1]) == (f"{collection}/{{client_id}}{below}", client_id)


@pytest.mark.parametrize("collection", COLLECTIONS)
@pytest.mark.parametrize(
    "rest",
    ["", "/", "//", "/.", "/..", "/.x", "/x/", "/x/other", "/x/secret/", "//secret", "/é", "/x y", "/" + "a" * 2002],
)
def test_what_is_no_id_is_not_found(collection: str, rest: str) -> None:
    assert find_item(ITEMS, f"{collection}{rest}") is None
