"""A copy of the database in the wrong hands: without the key file nothing in it can be used, checked or forged."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from keyfob_server.composition.demo import seed
from keyfob_server.crypto.refresh_tokens import MacRefreshTokens
from keyfob_server.crypto.roots import KeyFileUnusable
from keyfob_server.crypto.signing_keys import SigningKeyUnusable
from keyfob_server.storage.migrate import sqlite_path
from support_app import REGISTRATION_CLIENT, Clock, Keyfob, Pkce, bearer, path_of
from support_keys import kid_of, opened, published_keys, verifies
from support_restore import Held, back_up, hold_one_of_each, settings_in
from support_sql import change, value


@dataclass(frozen=True, slots=True)
class Theft:
    owner: Keyfob
    """The real server; it goes on."""
    thief: Keyfob
    """A server on a copy of the database, with root keys of its own."""
    held: Held


@pytest.fixture(scope="module")
def theft(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theft]:
    folder, elsewhere = tmp_path_factory.mktemp("keyfob"), tmp_path_factory.mktemp("elsewhere")
    clock = Clock()
    with opened(settings_in(folder), clock) as owner:
        owner.run(seed(owner.installation))
        held = hold_one_of_each(owner)
        taken = settings_in(elsewhere)
        back_up(owner.database, sqlite_path(taken.database_url))
        # It does not even start on them; a thief who knows the schema takes them out.
        with pytest.raises(SigningKeyUnusable), opened(taken, clock):
            raise AssertionError("it started")
        assert change(sqlite_path(taken.database_url), "delete from signing_keys") == 2
        with opened(taken, clock) as thief:
            yield Theft(owner, thief, held)


def test_m2_no_token_code_or_secret_is_good_for_anything_under_other_keys(theft: Theft) -> None:
    held, instance = theft.held, theft.held.instance
    for_tokens = theft.thief.refresh(instance, held.tokens.refresh_token)
    assert (for_tokens.status_code, for_tokens.json()["error"]) == (401, "invalid_client")
    assert theft.thief.redeem(instance, held.code, held.pkce).status_code == 401
    assert theft.thief.userinfo(held.tokens.access_token).status_code == 401
    assert theft.thief.register(held.initial_token).status_code == 401
    management = path_of(str(instance.document["registration_client_uri"]))
    assert theft.thief.request("GET", management, headers=bearer(held.registration_token)).status_code == 401
    assert theft.thief.installation.services.signer.verify(held.tokens.id_token) is None
    # All of them are good where they were made.
    assert theft.owner.userinfo(held.tokens.access_token).status_code == 200
    assert theft.owner.request("GET", management, headers=bearer(held.registration_token)).status_code == 200
    assert verifies(published_keys(theft.owner), held.tokens.id_token)


def test_m2_a_password_cannot_be_checked_under_other_keys_not_even_the_right_one(theft: Theft) -> None:
    for keyfob, signs_in in ((theft.owner, True), (theft.thief, False)):
        browser = keyfob.browser()
        asked = keyfob.authorize(browser, Pkce(), client_id=REGISTRATION_CLIENT, scope="dcr", nonce="")
        assert (browser.sign_in(asked).status_code == 303) is signs_in


def test_m2_what_is_made_under_other_keys_is_refused_by_the_owner(theft: Theft) -> None:
    """Rows tell a thief ids, salts, counters and generations: all that a token claims, and no key to make one with."""
    held, database = theft.held, theft.owner.database
    row = "from delegations where client_id = ? and id = ?"
    thief, owner = theft.thief.installation.services, theft.owner.installation.services
    presented = owner.refresh_tokens.parse(held.tokens.refresh_token)
    assert presented is not None
    salt = value(database, f"select salt {row}", *presented.key)
    assert isinstance(salt, bytes)
    forged = thief.refresh_tokens.mint(presented.key, counter=presented.counter, salt=salt)
    before = value(database, f"select refresh_counter {row}", *presented.key)
    answer = theft.owner.refresh(held.instance, forged)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert value(database, f"select refresh_counter {row}", *presented.key) == before
    sealed = thief.sealer.seal("access_token", b"[]", now=theft.owner.clock.now)
    assert theft.owner.userinfo(sealed).status_code == 401
    signed = thief.signer.sign("RS256", {"iss": theft.owner.issuer})
    assert owner.signer.verify(signed) is None
    assert kid_of(signed) not in published_keys(theft.owner)
    # With the key the same claim is the same token: the key is all that is missing.
    roots = theft.owner.installation.key_watch.keys.root.roots
    known = MacRefreshTokens(roots, issuer=theft.owner.issuer)
    assert known.mint(presented.key, counter=presented.counter, salt=salt) == held.tokens.refresh_token


def test_m2_a_key_of_the_thief_in_the_table_is_not_believed(tmp_path: Path, theft: Theft) -> None:
    settings = settings_in(tmp_path)
    with opened(settings, theft.owner.clock):
        pass
    stranger = theft.thief.run(theft.thief.installation.store.list_signing_keys())[0]
    text = "insert into signing_keys (kid, alg, public_jwk, wrapped_private, created, signs_from, attributes) "
    columns = (stranger.kid, stranger.alg, stranger.public_jwk, stranger.wrapped_private, stranger.created)
    change(sqlite_path(settings.database_url), f"{text} values (?, ?, ?, ?, ?, 1, '{{}}')", *columns)
    with pytest.raises(SigningKeyUnusable, match=stranger.kid), opened(settings, theft.owner.clock):
        raise AssertionError("it started")


def test_m7_a_backup_without_its_key_file_does_not_start(tmp_path: Path, theft: Theft) -> None:
    settings = settings_in(tmp_path)
    back_up(theft.owner.database, sqlite_path(settings.database_url))
    settings.key_file.unlink()
    with pytest.raises(KeyFileUnusable, match="No such file"), opened(settings, theft.owner.clock):
        raise AssertionError("it started")
