"""The secret of an instance: random, stored as a keyed hash, dead from the second of its expiry."""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from keyfob_server.demo.data import demo_policy
from support_app import BASE, Instance, Keyfob, Pkce, basic, running_keyfob
from support_sql import records, rows

SECRET_LIFE_S = 7200
STORED = (
    "select client_secret, registration_token, registration_token_expires_at, secret_expires_at, created"
    " from dynamically_registered_clients where client_id = ?"
)


def random_bytes_of(text: object) -> bytes:
    assert isinstance(text, str)
    assert len(text) == 43
    return base64.urlsafe_b64decode(text + "=")


def test_f26_a_secret_and_a_registration_token_have_256_random_bits_each(keyfob: Keyfob) -> None:
    browser = keyfob.browser()
    documents = [keyfob.new_instance(browser).document for _ in range(40)]
    values = [random_bytes_of(document["client_secret"]) for document in documents]
    values += [random_bytes_of(document["registration_access_token"]) for document in documents]
    assert {len(value) for value in values} == {32}
    assert len(set(values)) == 80
    ones = [sum(value[bit // 8] >> bit % 8 & 1 for value in values) for bit in range(256)]
    assert min(ones) > 10, "a bit that is hardly ever set is not random"
    assert max(ones) < 70, "a bit that is nearly always set is not random"


def test_f26_what_is_stored_is_a_keyed_hash_and_no_file_holds_the_secret(keyfob: Keyfob) -> None:
    instance = keyfob.new_instance()
    ((secret, token, *_),) = rows(keyfob.database, STORED, instance.client_id)
    for stored, shown in (
        (secret, instance.client_secret),
        (token, str(instance.document["registration_access_token"])),
    ):
        key_id, _, digest = str(stored).partition("$")
        assert len(bytes.fromhex(digest)) == 32
        assert bytes.fromhex(key_id)
        assert digest not in {hashlib.sha256(text).hexdigest() for text in (shown.encode(), random_bytes_of(shown))}
    files = [file for file in keyfob.database.parent.iterdir() if file.is_file()]
    contents = b"".join(file.read_bytes() for file in files)
    assert instance.client_id.encode() in contents
    assert instance.client_secret.encode() not in contents
    assert str(instance.document["registration_access_token"]).encode() not in contents


def test_f26_the_stored_hash_is_no_credential(keyfob: Keyfob) -> None:
    instance = keyfob.new_instance()
    ((stored, *_),) = rows(keyfob.database, STORED, instance.client_id)
    for secret in (str(stored), str(stored).partition("$")[2]):
        assert refresh_with(keyfob, instance, secret).status_code == 401


def test_f26_no_later_answer_shows_the_secret_again(keyfob: Keyfob) -> None:
    browser = keyfob.browser()
    initial = keyfob.initial_token(browser)
    document = keyfob.register(initial).json()
    instance = Instance(document["client_id"], document["client_secret"], document)
    tokens = keyfob.tokens(instance, browser)
    answers = [
        keyfob.register(initial),
        keyfob.refresh(instance, tokens.refresh_token),
        keyfob.userinfo(tokens.access_token),
        keyfob.authorize(browser, Pkce(), client_id=instance.client_id, prompt="login"),
    ]
    assert not any(instance.client_secret in answer.text + str(answer.headers) for answer in answers)


@pytest.fixture(scope="module")
def expiring(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    """A server whose secrets live two hours, and whose refresh tokens live longer."""
    policy = demo_policy(BASE)
    policy = replace(
        policy, refresh_idle_s=86400, registration=replace(policy.registration, secret_lifetime_s=SECRET_LIFE_S)
    )
    with running_keyfob(tmp_path_factory.mktemp("expiring"), policy=policy) as running:
        yield running


def refresh_with(keyfob: Keyfob, instance: Instance, secret: str, token: str = "junk") -> httpx.Response:
    form = {"grant_type": "refresh_token", "refresh_token": token}
    return keyfob.token(form, basic(instance.client_id, secret))


def test_f27_a_secret_is_refused_from_the_second_of_its_expiry(expiring: Keyfob) -> None:
    instance = expiring.new_instance()
    issued_at, expires_at = instance.document["client_id_issued_at"], instance.document["client_secret_expires_at"]
    assert (issued_at, expires_at) == (expiring.clock.now, expiring.clock.now + SECRET_LIFE_S)
    token = expiring.tokens(instance).refresh_token
    expiring.clock.forward(SECRET_LIFE_S - 1)
    answer = refresh_with(expiring, instance, instance.client_secret, token)
    assert answer.status_code == 200
    expiring.clock.forward(1)
    before = records(expiring.database)
    token = answer.json()["refresh_token"]
    body = {"client_id": instance.client_id, "client_secret": instance.client_secret}
    form = {"grant_type": "refresh_token", "refresh_token": token}
    for refused in (refresh_with(expiring, instance, instance.client_secret, token), expiring.token(form | body)):
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")
    assert records(expiring.database) == before


def test_f27_a_wrong_secret_after_the_expiry_gets_the_answer_of_any_wrong_secret(expiring: Keyfob) -> None:
    instance = expiring.new_instance()
    wrong = refresh_with(expiring, instance, "x" * 43)
    expiring.clock.forward(SECRET_LIFE_S)
    assert refresh_with(expiring, instance, "x" * 43).text == wrong.text


def test_f27_a_secret_without_expiry_says_zero_and_lives_on(keyfob: Keyfob) -> None:
    instance = keyfob.new_instance()
    assert instance.document["client_secret_expires_at"] == 0
    keyfob.clock.forward(20 * 365 * 86400)
    answer = refresh_with(keyfob, instance, instance.client_secret)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_f27_the_expiry_of_the_registration_token_is_stored_as_it_was_told(keyfob: Keyfob) -> None:
    instance = keyfob.new_instance()
    ((_, _, expires_at, secret_expires_at, created),) = rows(keyfob.database, STORED, instance.client_id)
    assert (created, secret_expires_at) == (keyfob.clock.now, 0)
    assert expires_at == keyfob.clock.now + 365 * 86400
    assert instance.document["registration_access_token_expires_in"] == 365 * 86400
