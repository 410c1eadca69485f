"""Features that are not offered are refused by name, fetch nothing, and leave nothing behind."""

from collections.abc import Iterator

import pytest

from keyfob_server.observability.events import LogEvents
from support_app import REDIRECT, REGISTER, SEED_REQUEST, Keyfob, Pkce, answer_of, bearer
from support_management import managed
from support_outbound import Canary, canary, guarded_fetcher, keyfob_with_fetcher
from support_sql import records


@pytest.fixture
def bird() -> Iterator[Canary]:
    with canary() as listening:
        yield listening


@pytest.fixture(scope="module")
def keyfob(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    fetcher = guarded_fetcher(LogEvents())
    with keyfob_with_fetcher(tmp_path_factory.mktemp("keyfob"), fetcher) as running:
        yield running
        running.run(fetcher.close())


@pytest.mark.parametrize("scheme", ["http", "https", "gopher", "ftp"])
def test_a27_a_request_uri_is_refused_and_nobody_visits_it(keyfob: Keyfob, bird: Canary, scheme: str) -> None:
    instance = keyfob.new_instance()
    uri = f"{scheme}://localhost:{bird.port}/request"
    answer = keyfob.authorize(keyfob.browser(), Pkce(), client_id=instance.client_id, request_uri=uri)
    assert answer.headers["location"].startswith(REDIRECT)
    assert answer_of(answer)["error"] == "request_uri_not_supported"
    assert bird.connections() == 0


@pytest.mark.parametrize(
    "uri", ["file:///etc/passwd", "urn:ietf:params:oauth:request_uri:abc", "urn:ietf:params:oauth:request_uri:"]
)
def test_a27_a_pushed_request_that_nobody_pushed_is_refused(keyfob: Keyfob, uri: str) -> None:
    instance = keyfob.new_instance()
    answer = keyfob.authorize(keyfob.browser(), Pkce(), client_id=instance.client_id, request_uri=uri)
    assert answer_of(answer)["error"] == "request_uri_not_supported"


def test_a27_a_request_object_is_refused_signed_or_not(keyfob: Keyfob) -> None:
    instance = keyfob.new_instance()
    for request in ("eyJhbGciOiJub25lIn0.e30.", "e30.e30.e30"):
        answer = keyfob.authorize(keyfob.browser(), Pkce(), client_id=instance.client_id, request=request)
        assert answer_of(answer)["error"] == "request_not_supported"


@pytest.mark.parametrize("statement", ["eyJhbGciOiJub25lIn0.e30.", "x.y.z", "", "e30.e30.e30"])
def test_f10_no_software_statement_is_believed_and_nothing_is_stored(keyfob: Keyfob, statement: str) -> None:
    token, before = keyfob.initial_token(), records(keyfob.database)
    answer = keyfob.register(token, SEED_REQUEST | {"software_statement": statement})
    assert (answer.status_code, answer.json()["error"]) == (400, "unapproved_software_statement")
    assert records(keyfob.database) == before


def test_g10_a_registration_token_in_the_address_is_refused_with_or_without_the_header(keyfob: Keyfob) -> None:
    app = managed(keyfob)
    path = f"{REGISTER}/{app.instance.client_id}"
    for name in ("access_token", "registration_access_token"):
        bare = keyfob.request("GET", f"{path}?{name}={app.token}")
        assert bare.status_code in {400, 401}
    both = keyfob.request("GET", f"{path}?access_token={app.token}", headers=bearer(app.token))
    assert (both.status_code, both.json()["error"]) == (400, "invalid_request")


def test_g10_no_answer_about_a_registration_may_be_kept_or_send_a_referrer(keyfob: Keyfob) -> None:
    app = managed(keyfob)
    for answer in (app.read(), app.read("wrong"), app.delete()):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert app.token not in str(answer.headers)
