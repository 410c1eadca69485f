import pytest

from keyfob_client.discovery import discovery_request, jwks_request, parse_discovery_response, parse_jwks_response
from keyfob_client.errors import InvalidIdToken, ServerAnswerRefused, ServerUnavailable
from keyfob_client.messages import HttpResponse
from keyfob_protocol.identifiers import Issuer
from keyfob_protocol.json_document import dump_json
from support_client import ISSUER, JSON, answer, metadata, metadata_document


def test_metadata_is_asked_for_below_the_issuer() -> None:
    request = discovery_request(ISSUER)
    assert (request.method, request.url) == ("GET", f"{ISSUER}/.well-known/openid-configuration")
    assert discovery_request(Issuer("https://as.example/")).url == "https://as.example/.well-known/openid-configuration"


def test_good_metadata_is_taken_and_unknown_members_are_passed_over() -> None:
    response = answer(200, metadata_document(some_extension={"a": [1]}))
    assert parse_discovery_response(response, issuer=ISSUER) == metadata()


BODY = dump_json(metadata_document())
REFUSED = {
    "another issuer": answer(200, metadata_document(issuer="https://evil.example")),
    "the issuer with a slash": answer(200, metadata_document(issuer=ISSUER + "/")),
    "the issuer in capitals": answer(200, metadata_document(issuer=ISSUER.upper())),
    "no issuer": answer(200, metadata_document(issuer=None)),
    "a token endpoint by http": answer(200, metadata_document(token_endpoint="http://as.example/token")),
    "keys by http": answer(200, metadata_document(jwks_uri="http://as.example/jwks")),
    "a registration endpoint by http": answer(200, metadata_document(registration_endpoint="http://10.0.0.1/r")),
    "a logout endpoint that is a script": answer(200, metadata_document(end_session_endpoint="javascript:alert(1)")),
    "an authorization endpoint in a file": answer(200, metadata_document(authorization_endpoint="file:///etc/passwd")),
    "no token endpoint": answer(200, metadata_document(token_endpoint=None)),
    "a redirect": answer(302, metadata_document(), ("Location", "https://as.example/elsewhere")),
    "a permanent redirect": answer(308, metadata_document(), ("Location", "https://as.example/elsewhere")),
    "status 203": answer(203, metadata_document()),
    "status 404": HttpResponse(404, (("Content-Type", "text/html"),), b"<h1>Not found</h1>"),
    "a page with status 200": HttpResponse(200, (("Content-Type", "text/html"),), BODY),
    "no content type": HttpResponse(200, (), BODY),
    "half a document": HttpResponse(200, (JSON,), BODY[:-1]),
    "a member twice": HttpResponse(200, (JSON,), BODY[:-1] + b',"issuer":"x"}'),
    "a list": HttpResponse(200, (JSON,), b"[]"),
    "nothing": HttpResponse(200, (JSON,), b""),
}


@pytest.mark.parametrize("response", REFUSED.values(), ids=REFUSED)
def test_o2_metadata_that_is_not_exactly_this_servers_is_refused(response: HttpResponse) -> None:
    with pytest.raises(ServerAnswerRefused) as caught:
        parse_discovery_response(response, issuer=ISSUER)
    assert caught.value.title == "Metadata Download Error"


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_server_that_is_not_well_is_not_a_server_that_lies(status: int) -> None:
    with pytest.raises(ServerUnavailable):
        parse_discovery_response(HttpResponse(status), issuer=ISSUER)


def test_keys_are_fetched_from_where_the_metadata_says() -> None:
    assert jwks_request(metadata()).url == "https://as.example/jwks"


def test_a_key_set_without_keys_is_an_invalid_id_token_later() -> None:
    assert parse_jwks_response(answer(200, {"keys": []})) == ()
    with pytest.raises(InvalidIdToken):
        parse_jwks_response(answer(200, {}))
