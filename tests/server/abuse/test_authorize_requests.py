"""What a request to the authorization endpoint may say, and how it is told that it may not."""

import asyncio
from collections.abc import Iterator
from urllib.parse import urlencode, urlsplit

import httpx
import pytest

from keyfob_server.web.asgi import Message, Scope
from support_app import (
    AUTHORIZE,
    PORT,
    REDIRECT,
    REGISTRATION_CLIENT,
    Browser,
    Instance,
    Keyfob,
    Pkce,
    answer_of,
    authorize_path,
)
from support_authorize import ERROR_PAGE, error_of, page, signed_in, stored


@pytest.fixture(scope="module")
def instance(keyfob: Keyfob) -> Instance:
    return keyfob.new_instance()


@pytest.fixture(scope="module")
def owner(keyfob: Keyfob, instance: Instance) -> Browser:
    return signed_in(keyfob, instance)


@pytest.fixture(autouse=True)
def nothing_is_stored(keyfob: Keyfob, instance: Instance, owner: Browser) -> Iterator[None]:
    """No request of this file changes a row."""
    assert owner.cookies
    assert instance.client_id
    before = stored(keyfob)
    yield
    assert stored(keyfob) == before


def pairs(instance: Instance) -> list[tuple[str, str]]:
    return [
        ("response_type", "code"),
        ("client_id", instance.client_id),
        ("redirect_uri", REDIRECT),
        ("scope", "openid profile"),
        ("state", "state-1"),
        ("nonce", "nonce-1"),
        ("code_challenge", Pkce().challenge),
        ("code_challenge_method", "S256"),
    ]


OPTIONAL = ("prompt", "max_age", "acr_values", "login_hint", "ui_locales", "id_token_hint", "response_mode", "unknown")
NAMES = ("response_type", "scope", "state", "nonce", "code_challenge", "code_challenge_method", *OPTIONAL)


def doubled(instance: Instance, name: str, second: str | None) -> str:
    """The query with `name` twice; `second` None repeats the value."""
    sent = [*pairs(instance), *((other, "1") for other in OPTIONAL if other == name)]
    value = dict(sent)[name] if second is None else second
    return urlencode([*sent, (name, value)])


@pytest.mark.parametrize("second", [None, "other", ""])
@pytest.mark.parametrize("name", NAMES)
def test_a15_a_parameter_twice_is_invalid_request(
    owner: Browser, instance: Instance, name: str, second: str | None
) -> None:
    answer = owner.get(f"{AUTHORIZE}?{doubled(instance, name, second)}")
    assert error_of(answer) == "invalid_request"
    assert ("state" in answer_of(answer)) is (name != "state")


@pytest.mark.parametrize("second", [None, "com.example.other:/cb", ""])
@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_a15_where_it_is_not_certain_who_asks_there_is_a_page(
    owner: Browser, instance: Instance, name: str, second: str | None
) -> None:
    assert page(owner.get(f"{AUTHORIZE}?{doubled(instance, name, second)}")) == ERROR_PAGE


@pytest.mark.parametrize("name", [*NAMES, "client_id", "redirect_uri"])
def test_a15_once_in_the_address_and_once_in_the_form_is_twice(owner: Browser, instance: Instance, name: str) -> None:
    sent = dict([*pairs(instance), *((other, "1") for other in OPTIONAL if other == name)])
    told = owner.post(authorize_path(**{name: sent[name]}), sent)
    assert told.status_code == 303
    assert urlsplit(told.headers["location"]).path == AUTHORIZE
    answer = owner.get(told.headers["location"])
    if name in {"client_id", "redirect_uri"}:
        assert page(answer) == ERROR_PAGE
    else:
        assert error_of(answer) == "invalid_request"


def test_a15_a_resource_may_come_twice(owner: Browser, instance: Instance) -> None:
    resources = [("resource", "https://one.example/"), ("resource", "https://two.example/")]
    assert "code" in answer_of(owner.get(f"{AUTHORIZE}?{urlencode([*pairs(instance), *resources])}"))


@pytest.mark.parametrize(
    "response_type",
    ["token", "id_token", "none", "code token", "token code", "code id_token", "id_token token", "code code", "CODE",
     " code", "code ", "code,token", "code id_token token"],
)  # fmt: skip
def test_a16_every_response_type_but_code_is_unsupported(
    keyfob: Keyfob, owner: Browser, instance: Instance, response_type: str
) -> None:
    for client_id, scope in ((instance.client_id, "openid"), (REGISTRATION_CLIENT, "dcr")):
        answer = keyfob.authorize(owner, Pkce(), client_id=client_id, scope=scope, response_type=response_type)
        assert error_of(answer) == "unsupported_response_type"
        assert not {"access_token", "id_token"} & answer_of(answer).keys()


def test_a16_a_missing_response_type_is_invalid_request(keyfob: Keyfob, owner: Browser, instance: Instance) -> None:
    answer = keyfob.authorize(owner, Pkce(), client_id=instance.client_id, response_type="")
    assert error_of(answer) == "invalid_request"
    empty = urlencode([("response_type", "") if name == "response_type" else (name, value)
                       for name, value in pairs(instance)])  # fmt: skip
    assert error_of(owner.get(f"{AUTHORIZE}?{empty}")) == "invalid_request"


def test_a16_no_response_mode_moves_the_answer_out_of_the_query(
    keyfob: Keyfob, owner: Browser, instance: Instance
) -> None:
    for mode in ("fragment", "form_post", "query.jwt", "web_message", "QUERY"):
        answer = keyfob.authorize(owner, Pkce(), client_id=instance.client_id, response_mode=mode)
        assert error_of(answer) == "invalid_request"
        assert "#" not in answer.headers["location"]


ERRORS: dict[str, dict[str, str]] = {
    "invalid_request": {"code_challenge": ""},
    "unsupported_response_type": {"response_type": "token"},
    "invalid_scope": {"scope": "admin"},
    "invalid_target": {"resource": "relative"},
    "login_required": {"prompt": "none", "max_age": "0", "login_hint": "somebody"},
    "request_not_supported": {"request": "e30.e30."},
    "request_uri_not_supported": {"request_uri": "https://evil.example/"},
    "registration_not_supported": {"registration": "{}"},
}


@pytest.mark.parametrize("error", ERRORS)
def test_a18_every_error_names_its_issuer_and_repeats_the_state(
    keyfob: Keyfob, owner: Browser, instance: Instance, error: str
) -> None:
    for state in ("state-1", 'a"b&c=d#<é>', "x" * 2048):
        answer = keyfob.authorize(owner, Pkce(), client_id=instance.client_id, **ERRORS[error] | {"state": state})
        assert error_of(answer) == error
        assert (answer_of(answer)["iss"], answer_of(answer)["state"]) == (keyfob.issuer, state)


def test_a18_a_code_comes_with_its_issuer_and_the_state(keyfob: Keyfob, owner: Browser, instance: Instance) -> None:
    answer = answer_of(keyfob.authorize(owner, Pkce(), client_id=instance.client_id))
    assert (set(answer), answer["iss"]) == ({"code", "state", "iss"}, keyfob.issuer)
    without = answer_of(keyfob.authorize(owner, Pkce(), client_id=instance.client_id, state=""))
    assert (set(without), without["iss"]) == ({"code", "iss"}, keyfob.issuer)


def test_a18_the_metadata_says_so_and_names_the_same_issuer(keyfob: Keyfob) -> None:
    path = urlsplit(keyfob.issuer).path
    metadata = keyfob.request("GET", f"{path}/.well-known/openid-configuration").json()
    assert metadata["authorization_response_iss_parameter_supported"] is True
    assert metadata["issuer"] == keyfob.issuer


@pytest.mark.parametrize(
    "scope",
    ["dcr", "openid dcr", "admin", "openid admin", "openid email", "OPENID", "openid  profile", "openid\tprofile"],
)
def test_a19_a_scope_beyond_the_registration_is_refused(
    keyfob: Keyfob, owner: Browser, instance: Instance, scope: str
) -> None:
    for prompt in ("", "none", "login", "consent"):
        answer = keyfob.authorize(owner, Pkce(), client_id=instance.client_id, scope=scope, prompt=prompt)
        assert error_of(answer) == "invalid_scope"


@pytest.mark.parametrize("scope", ["profile", "dcr profile", "admin"])
def test_a19_the_registration_client_gets_dcr_and_openid_alone(keyfob: Keyfob, owner: Browser, scope: str) -> None:
    answer = keyfob.authorize(owner, Pkce(), client_id=REGISTRATION_CLIENT, scope=scope)
    assert error_of(answer) == "invalid_scope"


def asgi(keyfob: Keyfob, method: str, path: str, *, query: bytes = b"", body: bytes = b"") -> int:
    """The status of a request that no client library would send."""
    scope: Scope = {
        "type": "http", "http_version": "1.1", "method": method, "scheme": "http", "path": path,
        "raw_path": path.encode(), "query_string": query, "root_path": "", "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", PORT),
        "headers": [(b"host", b"127.0.0.1"), (b"content-type", b"application/x-www-form-urlencoded")],
    }  # fmt: skip
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        await asyncio.sleep(0)
        sent.append(message)

    keyfob.run(keyfob.app(scope, receive, send))
    return int(sent[0]["status"])


@pytest.mark.parametrize("size", [8200, 1_000_000, 10_000_000])
def test_a28_a_query_of_megabytes_is_414(keyfob: Keyfob, instance: Instance, size: int) -> None:
    query = urlencode(pairs(instance)).encode() + b"&x=" + b"y" * size
    assert asgi(keyfob, "GET", AUTHORIZE, query=query) == 414
    assert asgi(keyfob, "GET", "/" + "x" * size) == 414


@pytest.mark.parametrize(("count", "status"), [(101, 400), (1000, 400), (10_000, 400), (100_000, 413)])
def test_a28_thousands_of_parameters_are_refused(keyfob: Keyfob, instance: Instance, count: int, status: int) -> None:
    many = b"&".join([b"a=b"] * count) if count < 100_000 else b"a=b&" * count
    assert asgi(keyfob, "POST", AUTHORIZE, body=many) == status
    short: httpx.Response = keyfob.request("GET", f"{AUTHORIZE}?{urlencode(pairs(instance))}{'&a=b' * 101}")
    assert page(short) == ERROR_PAGE


def test_a28_what_is_refused_leaves_one_short_line(
    keyfob: Keyfob, instance: Instance, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    for query, body in ((b"x" * 1_000_000, b""), (b"", b"x" * 1_000_000), (b"a=b&" * 2000, b"")):
        caplog.clear()
        asgi(keyfob, "POST", AUTHORIZE, query=query + urlencode(pairs(instance)).encode(), body=body)
        (record,) = (record for record in caplog.records if record.name.startswith("keyfob"))
        assert len(str(vars(record))) < 2000
