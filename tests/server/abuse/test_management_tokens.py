"""Who may manage a registration: the holder of its own token, and nobody learns more than that it is not them."""

from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from keyfob_protocol.errors import InvalidToken
from keyfob_protocol.identifiers import ClientId
from keyfob_server.endpoints.registration_management import authorize_management
from keyfob_server.ports.sealing import SecretHasher
from keyfob_server.rules.policy import Paths
from keyfob_server.rules.remote_address import NOWHERE
from support_app import REGISTER, Keyfob, Pkce, bearer
from support_management import Managed, managed
from support_sql import change, records, set_status

METHODS = ("GET", "PUT", "DELETE", "POST")
ALIAS = Paths().registration_alias
DAY, YEAR = 86400, 365 * 86400


def send(keyfob: Keyfob, method: str, path: str, headers: dict[str, str]) -> httpx.Response:
    if method == "POST":
        return keyfob.request("POST", f"{path}/secret", headers=headers)
    body = {"json": {"client_id": "x"}} if method == "PUT" else {}
    return keyfob.request(method, path, headers=headers, **body)


def refusal(answer: httpx.Response) -> tuple[int, str, str]:
    return answer.status_code, answer.text, answer.headers["www-authenticate"]


@pytest.fixture
def mine(keyfob: Keyfob) -> Managed:
    return managed(keyfob)


@pytest.fixture
def theirs(keyfob: Keyfob) -> Managed:
    return managed(keyfob)


@pytest.mark.parametrize("method", METHODS)
def test_g1_another_instances_token_is_refused_like_junk_and_like_an_unknown_client(
    keyfob: Keyfob, mine: Managed, theirs: Managed, method: str
) -> None:
    before = records(keyfob.database)
    refused = [
        send(keyfob, method, theirs.path, bearer(mine.token)),
        send(keyfob, method, theirs.path, bearer("x" * 43)),
        send(keyfob, method, theirs.path, bearer(theirs.token[:-1])),
        send(keyfob, method, f"{REGISTER}/01890000-0000-7000-8000-000000000000", bearer(mine.token)),
        send(keyfob, method, f"{REGISTER}/made-up", bearer(mine.token)),
        send(keyfob, method, f"{ALIAS}/made-up", bearer(mine.token)),
        send(keyfob, method, f"{REGISTER}/mobile-dcr-client", bearer(mine.token)),
    ]
    assert len({refusal(answer) for answer in refused}) == 1
    assert (refused[0].status_code, refused[0].json()["error"]) == (401, "invalid_token")
    assert refused[0].headers["www-authenticate"].startswith('Bearer error="invalid_token"')
    assert refused[0].headers["cache-control"] == "no-store"
    assert records(keyfob.database) == before


def test_g1_one_token_opens_none_of_a_thousand_other_ids(keyfob: Keyfob, mine: Managed) -> None:
    texts = {
        keyfob.request("GET", f"{REGISTER}/{mine.instance.client_id[:-4]}{number:04x}", headers=bearer(mine.token)).text
        for number in range(1000)
        if f"{number:04x}" != mine.instance.client_id[-4:]
    }
    assert len(texts) == 1


@pytest.mark.parametrize("made_up", ["nobody", "0", "A" * 500, "a.b", "a~b_c", "%41"[1:]])
def test_g2_a_made_up_id_is_401_and_not_404(keyfob: Keyfob, made_up: str) -> None:
    answer = keyfob.request("GET", f"{REGISTER}/{made_up}", headers=bearer("x" * 43))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("headers", [{}, {"authorization": "Basic eDp5"}], ids=["none", "basic"])
def test_g2_no_bearer_token_is_a_bare_challenge(
    keyfob: Keyfob, mine: Managed, method: str, headers: dict[str, str]
) -> None:
    answer = send(keyfob, method, mine.path, headers)
    assert (answer.status_code, answer.headers["www-authenticate"], answer.json()) == (401, "Bearer", {})


OTHER_TOKENS: dict[str, Callable[[Keyfob, Managed], str]] = {
    "access token": lambda keyfob, mine: keyfob.tokens(mine.instance).access_token,
    "refresh token": lambda keyfob, mine: keyfob.tokens(mine.instance).refresh_token,
    "ID token": lambda keyfob, mine: keyfob.tokens(mine.instance).id_token,
    "code": lambda keyfob, mine: keyfob.code_for(mine.instance, keyfob.browser(), Pkce()),
    "initial token": lambda keyfob, _mine: keyfob.initial_token(),
    "client secret": lambda _keyfob, mine: mine.instance.client_secret,
    "client id": lambda _keyfob, mine: mine.instance.client_id,
}


@pytest.mark.parametrize("kind", OTHER_TOKENS)
def test_g9_no_other_kind_of_token_manages_a_registration(keyfob: Keyfob, mine: Managed, kind: str) -> None:
    token = OTHER_TOKENS[kind](keyfob, mine)
    before = records(keyfob.database)
    for method in METHODS:
        answer = send(keyfob, method, mine.path, bearer(token))
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")
    assert records(keyfob.database) == before


def test_g9_a_registration_token_works_at_its_own_address_alone(keyfob: Keyfob, mine: Managed) -> None:
    before = records(keyfob.database)
    registered = keyfob.register(mine.token)
    assert (registered.status_code, registered.json()["error"]) == (401, "invalid_token")
    told = keyfob.userinfo(mine.token)
    assert (told.status_code, told.json()["error"]) == (401, "invalid_token")
    for answer in (keyfob.refresh(mine.instance, mine.token), keyfob.redeem(mine.instance, mine.token, Pkce())):
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert records(keyfob.database) == before
    assert mine.read().status_code == 200


@pytest.mark.parametrize("method", METHODS)
def test_a_token_in_the_address_is_invalid_request(keyfob: Keyfob, mine: Managed, method: str) -> None:
    target = mine.path + ("/secret" if method == "POST" else "")
    body: dict[str, object] = {"json": {}} if method == "PUT" else {}
    answer = keyfob.request(method, f"{target}?access_token={mine.token}", headers=bearer(mine.token), **body)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("method", ["PATCH", "POST", "OPTIONS", "TRACE", "PROPFIND"])
def test_g14_any_other_method_is_405_and_says_which_are_served(keyfob: Keyfob, mine: Managed, method: str) -> None:
    answer = keyfob.request(method, mine.path, headers=bearer(mine.token))
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, PUT, DELETE")


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_g14_the_secret_is_rotated_by_post_alone(keyfob: Keyfob, mine: Managed, method: str) -> None:
    answer = keyfob.request(method, f"{mine.path}/secret", headers=bearer(mine.token))
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize("path", ["/", "//", "/%78", "/x/y", "/x/secret/", "/x/secret/y", "/é", "/x;y"])
def test_what_is_no_address_of_a_registration_is_404(keyfob: Keyfob, path: str) -> None:
    assert keyfob.request("GET", f"{REGISTER}{path}").status_code == 404


def test_a_token_lives_a_year_from_the_day_of_its_last_use(keyfob: Keyfob) -> None:
    used, unused = managed(keyfob), managed(keyfob)
    keyfob.clock.forward(YEAR - 10)
    assert used.read().json()["registration_access_token_expires_in"] == YEAR
    keyfob.clock.forward(9)
    assert unused.rotate_secret("x" * 43).status_code == 401
    keyfob.clock.forward(1)
    refused = unused.read()
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_token")
    assert used.read().status_code == 200


def test_a_use_is_written_once_a_day(keyfob: Keyfob) -> None:
    mine = managed(keyfob)
    keyfob.clock.forward(DAY)
    first = mine.read()
    before = records(keyfob.database)
    again = mine.read()
    assert (first.status_code, again.json()) == (200, first.json())
    assert records(keyfob.database) == before


@pytest.mark.parametrize("status", ["inactive", "revoked", "deleted", "expired", "anything"])
@pytest.mark.parametrize("method", ["GET", "PUT", "POST"])
def test_a_registration_that_is_not_active_is_401_and_its_holder_is_told_why(
    keyfob: Keyfob, status: str, method: str
) -> None:
    dead = managed(keyfob)
    set_status(keyfob.database, dead.instance.client_id, status)
    before = records(keyfob.database)
    answer = send(keyfob, method, dead.path, bearer(dead.token))
    told = "inactive" if status == "anything" else status
    assert (answer.status_code, answer.json()["error"], answer.json()["client_status"]) == (401, "invalid_token", told)
    stranger = send(keyfob, method, dead.path, bearer("x" * 43))
    assert "client_status" not in stranger.json()
    assert records(keyfob.database) == before


def test_the_registration_of_a_disabled_account_is_401(keyfob: Keyfob) -> None:
    mine = managed(keyfob)
    text = "update accounts set status = ? where user_name = 'demouser'"
    change(keyfob.database, text, "disabled")
    try:
        for answer in (mine.read(), mine.update(), mine.rotate_secret()):
            assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")
    finally:
        change(keyfob.database, text, "active")
    assert mine.read().status_code == 200


class CountingHasher:
    """The real one, that counts how often it compares."""

    def __init__(self, real: SecretHasher) -> None:
        self.real = real
        self.compared = 0

    def hash(self, purpose: str, secret: str) -> str:
        return self.real.hash(purpose, secret)

    def derive(self, purpose: str, *parts: str, like: str = "") -> bytes:
        return self.real.derive(purpose, *parts, like=like)

    def verify(self, purpose: str, secret: str, stored: str) -> bool:
        self.compared += 1
        return self.real.verify(purpose, secret, stored)

    def verify_either(self, purpose: str, secret: str, first: str, second: str) -> tuple[bool, bool]:
        self.compared += 1
        return self.real.verify_either(purpose, secret, first, second)

    def knows(self, stored: str) -> bool:
        return self.real.knows(stored)


def test_g1_an_unknown_client_and_a_wrong_token_cost_the_same_hashes(
    keyfob: Keyfob, mine: Managed, theirs: Managed
) -> None:
    theirs.update()
    services = keyfob.installation.services
    counted = []
    for client_id, token in (("nobody", "x"), (mine.instance.client_id, "x"), (theirs.instance.client_id, mine.token)):
        hasher = CountingHasher(services.hasher)
        with pytest.raises(InvalidToken):
            keyfob.run(
                authorize_management(replace(services, hasher=hasher), ClientId(client_id), f"Bearer {token}", NOWHERE)
            )
        counted.append(hasher.compared)
    assert counted == [1, 1, 1]
