"""What an ID token's header says of itself, and how long it is, where one is taken back: as a hint."""

import json
from collections.abc import Iterator
from typing import Final

import httpx
import pytest
from joserfc import jws
from joserfc.jwk import RSAKey

from keyfob_server.crypto import base64url
from keyfob_server.crypto.signing_keys import open_signing_key
from support_app import LOGGED_OUT, LOGOUT, Instance, Keyfob, Pkce, Tokens, answer_of
from support_sql import records

KIDS: Final = (
    "../../../../etc/passwd",
    "/dev/null",
    "file:///dev/null",
    "https://attacker.example/jwks",
    "' or '1'='1",
    "x' union select wrapped_private from signing_keys --",
    "x" * 5000,
    "\u202e\u0130\U0001f511",
    "a\0b",
    "",
    None,
    7,
    ["x"],
    {"kid": "x"},
)
LONG: Final = "A" * 50_000


@pytest.fixture(scope="module")
def instance(keyfob: Keyfob) -> Instance:
    return keyfob.new_instance()


@pytest.fixture(scope="module")
def tokens(keyfob: Keyfob, instance: Instance) -> Tokens:
    return keyfob.tokens(instance)


@pytest.fixture(scope="module")
def own_key(keyfob: Keyfob) -> RSAKey:
    """The server's own private key: only the header is false."""
    stored = keyfob.run(keyfob.installation.store.list_signing_keys())
    record = next(one for one in stored if one.alg == "RS256")
    jwk = open_signing_key(record, keyfob.installation.key_watch.keys.root.roots).jwk
    assert isinstance(jwk, RSAKey)
    return jwk


@pytest.fixture(autouse=True)
def nothing_changes(keyfob: Keyfob, instance: Instance, tokens: Tokens) -> Iterator[None]:
    assert instance.client_id
    assert tokens.id_token
    before = records(keyfob.database)
    yield
    assert records(keyfob.database) == before


def taken(keyfob: Keyfob, instance: Instance, hint: str) -> bool:
    """Whether a logout goes through by this hint alone; the authorization endpoint must be of the same opinion."""
    sent = {"client_id": instance.client_id, "post_logout_redirect_uri": LOGGED_OUT, "id_token_hint": hint}
    answer = keyfob.browser().get(str(httpx.URL(LOGOUT, params=sent)))
    assert answer.status_code in {200, 303, 400, 413, 414}, answer.text
    by_logout = answer.headers.get("location", "") == LOGGED_OUT
    asked = keyfob.authorize(keyfob.browser(), Pkce(), client_id=instance.client_id, prompt="none", id_token_hint=hint)
    assert asked.status_code in {303, 400, 413, 414}, asked.text
    by_authorize = asked.status_code == 303 and answer_of(asked)["error"] == "login_required"
    assert by_logout is by_authorize
    return by_logout


def segment(content: object) -> str:
    return base64url.encode(content if isinstance(content, bytes) else json.dumps(content).encode())


def signed(header: bytes, payload: str, key: RSAKey) -> str:
    signing_input = f"{base64url.encode(header)}.{payload}"
    signature = jws.JWSRegistry(algorithms=["RS256"]).get_alg("RS256").sign(signing_input.encode(), key)
    return f"{signing_input}.{base64url.encode(signature)}"


def test_l4_the_tokens_that_are_made_here_are_good_ones(
    keyfob: Keyfob, instance: Instance, tokens: Tokens, own_key: RSAKey
) -> None:
    header, payload, _ = tokens.id_token.split(".")
    assert taken(keyfob, instance, signed(base64url.decode(header) or b"", payload, own_key))


@pytest.mark.parametrize("kid", KIDS, ids=range(len(KIDS)))
def test_l4_a_key_id_finds_a_key_of_ours_by_its_whole_name_and_nothing_else(
    keyfob: Keyfob, instance: Instance, tokens: Tokens, own_key: RSAKey, kid: object
) -> None:
    payload = tokens.id_token.split(".")[1]
    stranger = RSAKey.generate_key(2048)
    header = {"alg": "RS256", "typ": "JWT"} | ({} if kid is None else {"kid": kid})
    for key in (own_key, stranger):
        assert not taken(keyfob, instance, signed(json.dumps(header).encode(), payload, key))


def test_l4_a_strangers_signature_is_refused_under_our_key_id_also_when_it_is_named_twice(
    keyfob: Keyfob, instance: Instance, tokens: Tokens
) -> None:
    header, payload, _ = tokens.id_token.split(".")
    ours, stranger = json.loads(base64url.decode(header) or b"")["kid"], RSAKey.generate_key(2048)
    public = json.dumps(stranger.as_dict(private=False))
    for text in (
        f'{{"alg":"RS256","typ":"JWT","kid":"{ours}"}}',
        f'{{"alg":"RS256","typ":"JWT","kid":"{ours}","kid":"mine"}}',
        f'{{"alg":"RS256","typ":"JWT","kid":"mine","kid":"{ours}"}}',
        f'{{"alg":"RS256","typ":"JWT","kid":"{ours}","jwk":{public}}}',
        f'{{"alg":"RS256","typ":"JWT","kid":"{ours}","jku":"https://attacker.example/jwks","x5u":"https://attacker.example/c"}}',
    ):
        assert not taken(keyfob, instance, signed(text.encode(), payload, stranger))


OVERSIZED: Final = {
    "a header of fifty thousand letters": f"{LONG}.e30.AA",
    "a payload of fifty thousand letters": f"e30.{LONG}.AA",
    "a signature of fifty thousand letters": f"e30.e30.{LONG}",
    "fifty thousand segments": "." * 50_000,
    "a deep header": segment(b"[" * 5000) + ".e30.AA",
    "a deep payload": segment({"alg": "RS256"}) + "." + segment(b'{"a":' * 1000) + ".AA",
    "a password-based encryption of many rounds": ".".join(
        (
            segment({"alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2c": 2**31 - 1, "p2s": "AA"}),
            "AA",
            "AA",
            "AA",
            "AA",
        )
    ),
    "an encryption that unzips": ".".join(
        (segment({"alg": "dir", "enc": "A128GCM", "zip": "DEF"}), "", "AA", "A" * 4000, "AA")
    ),
    "a number of four thousand digits": segment(b'{"alg":"RS256","kid":' + b"9" * 4400 + b"}") + ".e30.AA",
}


@pytest.mark.parametrize("kind", OVERSIZED)
def test_l6_a_token_that_is_too_long_too_deep_or_encrypted_is_refused(
    keyfob: Keyfob, instance: Instance, kind: str
) -> None:
    assert not taken(keyfob, instance, OVERSIZED[kind])


@pytest.mark.parametrize("kind", OVERSIZED)
def test_l6_the_same_with_megabytes_is_refused_where_no_limit_of_an_address_comes_before(
    keyfob: Keyfob, kind: str
) -> None:
    huge = OVERSIZED[kind].replace(LONG, "A" * 3_000_000).replace("." * 50_000, "." * 1_000_000)
    assert keyfob.installation.services.signer.verify(huge) is None
