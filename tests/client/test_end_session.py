import pytest

from keyfob_client.end_session import END_SESSION_RANDOM_BYTES, end_session_request, parse_end_session_response
from keyfob_client.errors import InvalidConfiguration, SecurityRefusal
from keyfob_protocol.parameters import parse_parameters
from support_client import BASE, LOGOUT_URI, metadata

RANDOM = bytes(range(END_SESSION_RANDOM_BYTES))


def test_the_url_names_the_session_and_the_way_back() -> None:
    url, pending = end_session_request(
        metadata(), client_id="c", id_token="id.to.ken", post_logout_redirect_uri=LOGOUT_URI, random_bytes=RANDOM
    )
    endpoint, _, query = url.partition("?")
    assert endpoint == f"{BASE}/logout"
    assert dict(parse_parameters(query).pairs()) == {
        "id_token_hint": "id.to.ken",
        "client_id": "c",
        "post_logout_redirect_uri": LOGOUT_URI,
        "state": pending.state,
    }
    assert pending.state not in repr(pending)


def test_without_an_id_token_there_is_no_hint() -> None:
    url, _ = end_session_request(
        metadata(), client_id="c", id_token=None, post_logout_redirect_uri=LOGOUT_URI, random_bytes=RANDOM
    )
    assert "id_token_hint" not in url


def test_what_cannot_be_asked_is_refused_before_it_is_asked() -> None:
    with pytest.raises(InvalidConfiguration):
        end_session_request(
            metadata(end_session_endpoint=None),
            client_id="c",
            id_token=None,
            post_logout_redirect_uri=LOGOUT_URI,
            random_bytes=RANDOM,
        )
    with pytest.raises(ValueError, match="random bytes"):
        end_session_request(
            metadata(), client_id="c", id_token=None, post_logout_redirect_uri=LOGOUT_URI, random_bytes=b"short"
        )


def test_only_the_answer_to_this_request_counts() -> None:
    _, pending = end_session_request(
        metadata(), client_id="c", id_token=None, post_logout_redirect_uri=LOGOUT_URI, random_bytes=RANDOM
    )
    parse_end_session_response(f"{LOGOUT_URI}?state={pending.state}", pending)
    for wrong in ("", "?state=", "?state=other", "?state=%zz", f"?state={pending.state}&state={pending.state}"):
        with pytest.raises(SecurityRefusal):
            parse_end_session_response(LOGOUT_URI + wrong, pending)
    with pytest.raises(SecurityRefusal):
        parse_end_session_response(f"io.curity.dcrclient:/callback?state={pending.state}", pending)
