import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from keyfob_protocol.identifiers import ClientId, GrantId
from keyfob_server.crypto import base64url
from keyfob_server.crypto.entropy import SystemEntropy
from keyfob_server.crypto.refresh_tokens import MAX_TEXT, MacRefreshTokens
from keyfob_server.crypto.roots import Roots, create_roots
from keyfob_server.ports.sealing import RefreshTokens
from keyfob_server.rules.records import GrantKey

ENTROPY = SystemEntropy()
ROOTS = create_roots(ENTROPY)
ISSUER = "https://id.example/oauth"
TOKENS: RefreshTokens = MacRefreshTokens(ROOTS, issuer=ISSUER)
SALT = ENTROPY.bytes(16)
KEY = GrantKey(ClientId(ENTROPY.uuid7()), GrantId(ENTROPY.uuid7()))

ids = st.one_of(
    st.uuids().map(str),
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=60),
    st.uuids().map(lambda u: u.hex),
)
keys = st.builds(GrantKey, ids.map(ClientId), ids.map(GrantId))
counters = st.integers(min_value=0, max_value=2**32 - 1)
salts = st.binary(min_size=16, max_size=16)


@given(key=keys, counter=counters, salt=salts)
@example(key=GrantKey(ClientId("mobile-dcr-client"), GrantId("g")), counter=0, salt=SALT)
@example(key=GrantKey(ClientId(KEY.client_id.upper()), KEY.id), counter=7, salt=SALT)
def test_a_minted_token_parses_to_what_it_was_made_of_and_verifies(key: GrantKey, counter: int, salt: bytes) -> None:
    presented = TOKENS.parse(TOKENS.mint(key, counter=counter, salt=salt))
    assert presented is not None
    assert (presented.key, presented.counter) == (key, counter)
    assert TOKENS.verify(presented, salt=salt)


@given(salt=salts)
def test_with_another_grants_salt_it_does_not_verify(salt: bytes) -> None:
    assume(salt != SALT)
    presented = TOKENS.parse(TOKENS.mint(KEY, counter=1, salt=SALT))
    assert presented is not None
    assert not TOKENS.verify(presented, salt=salt)


def test_any_one_bit_that_changes_makes_it_fail() -> None:
    content = base64url.decode(TOKENS.mint(KEY, counter=3, salt=SALT))
    assert content is not None
    for position in range(len(content) * 8):
        changed = bytearray(content)
        changed[position // 8] ^= 1 << position % 8
        presented = TOKENS.parse(base64url.encode(bytes(changed)))
        assert presented is None or not TOKENS.verify(presented, salt=SALT)


@given(here=st.tuples(keys, counters), there=st.tuples(keys, counters))
@example(here=(GrantKey(ClientId("ab"), GrantId("c")), 0), there=(GrantKey(ClientId("a"), GrantId("bc")), 0))
@example(here=(KEY, 1), there=(KEY, 2))
def test_the_mac_of_one_token_is_none_for_another(here: tuple[GrantKey, int], there: tuple[GrantKey, int]) -> None:
    assume(here != there)
    ours = base64url.decode(TOKENS.mint(here[0], counter=here[1], salt=SALT)) or b""
    theirs = base64url.decode(TOKENS.mint(there[0], counter=there[1], salt=SALT)) or b""
    presented = TOKENS.parse(base64url.encode(theirs[:-32] + ours[-32:]))
    assert presented is not None
    assert not TOKENS.verify(presented, salt=SALT)


def test_another_issuer_or_installation_does_not_verify_it() -> None:
    token = TOKENS.mint(KEY, counter=1, salt=SALT)
    for other in (
        MacRefreshTokens(ROOTS, issuer=ISSUER + "/b"),
        MacRefreshTokens(create_roots(ENTROPY), issuer=ISSUER),
    ):
        presented = other.parse(token)
        assert presented is not None
        assert not other.verify(presented, salt=SALT)


def test_an_older_key_still_verifies_and_the_newest_makes() -> None:
    newer = create_roots(ENTROPY).verification
    rotated = MacRefreshTokens(Roots(ROOTS.sealing, newer + ROOTS.verification, ROOTS.pairwise), issuer=ISSUER)
    presented = rotated.parse(TOKENS.mint(KEY, counter=1, salt=SALT))
    assert presented is not None
    assert rotated.verify(presented, salt=SALT)
    of_newest = rotated.parse(rotated.mint(KEY, counter=1, salt=SALT))
    assert of_newest is not None
    assert of_newest.key_id == newer[0].id


@given(
    junk=st.one_of(
        st.text(), st.binary().map(base64url.encode), st.binary().map(lambda b: base64url.encode(b"\x01" + b))
    )
)
@example(junk="")
@example(junk="\ud800")
@example(junk="A" * (MAX_TEXT + 1))
@example(junk=base64url.encode(b"\x01" + bytes(80)))
def test_junk_never_verifies_and_is_never_an_error(junk: str) -> None:
    presented = TOKENS.parse(junk)
    assert presented is None or not TOKENS.verify(presented, salt=SALT)


def test_a_token_has_one_spelling_only() -> None:
    content = base64url.decode(TOKENS.mint(KEY, counter=3, salt=SALT))
    assert content is not None
    written_out = content[:5] + bytes((36,)) + KEY.client_id.encode() + content[22:]
    assert TOKENS.parse(base64url.encode(written_out)) is None


def test_the_same_grant_and_counter_give_the_same_token_again() -> None:
    assert TOKENS.mint(KEY, counter=5, salt=SALT) == TOKENS.mint(KEY, counter=5, salt=SALT)


def test_an_instances_token_is_about_a_hundred_characters() -> None:
    assert len(TOKENS.mint(KEY, counter=2**32 - 1, salt=SALT)) <= 104


def test_the_representation_shows_no_mac() -> None:
    token = TOKENS.mint(KEY, counter=5, salt=SALT)
    content = base64url.decode(token) or b""
    assert repr(content[-32:]) not in repr(TOKENS.parse(token))


@pytest.mark.parametrize("place", [6, 7])
def test_a_nul_in_an_id_makes_it_no_token_as_no_row_can_have_that_id(place: int) -> None:
    token = TOKENS.mint(GrantKey(ClientId("ab"), GrantId("c")), counter=0, salt=SALT)
    content = bytearray(base64url.decode(token) or b"")
    assert TOKENS.parse(base64url.encode(bytes(content))) is not None
    content[place] = 0
    assert TOKENS.parse(base64url.encode(bytes(content))) is None


@pytest.mark.parametrize("client_id", ["", "x" * 256, "a\x00b"])
def test_an_id_that_has_no_place_in_a_token_is_refused(client_id: str) -> None:
    with pytest.raises(ValueError, match="1 to 255"):
        TOKENS.mint(GrantKey(ClientId(client_id), KEY.id), counter=0, salt=SALT)


@pytest.mark.parametrize("counter", [-1, 2**32])
def test_a_counter_that_has_no_place_in_a_token_is_refused(counter: int) -> None:
    with pytest.raises(OverflowError):
        TOKENS.mint(KEY, counter=counter, salt=SALT)


def test_a_token_of_another_parser_is_not_believed() -> None:
    class Claimed:
        key = KEY
        counter = 1

    assert not TOKENS.verify(Claimed(), salt=SALT)
