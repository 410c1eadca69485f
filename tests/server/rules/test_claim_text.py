"""What is sealed is as short as JSON can be: it goes through addresses and headers."""

import json

from keyfob_server.rules.claim_text import claim_text


def test_claims_are_a_json_array_without_spaces_in_utf_8() -> None:
    assert claim_text(["a b", 'ä"', 0, -1]) == '["a b","ä\\"",0,-1]'.encode()
    assert json.loads(claim_text(["a b", 'ä"', 0, -1])) == ["a b", 'ä"', 0, -1]
