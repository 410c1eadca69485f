import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from keyfob_server.crypto import base64url, sealing
from keyfob_server.crypto.entropy import SystemEntropy
from keyfob_server.crypto.roots import Roots, create_roots
from keyfob_server.crypto.sealing import MAX_PAYLOAD, MAX_TEXT, AesGcmSealer
from keyfob_server.ports.sealing import Sealer

NOW = 1_750_000_000
DAY = 86400
ENTROPY = SystemEntropy()
ROOTS = create_roots(ENTROPY)
ISSUER = "https://id.example/oauth"

names = st.text(max_size=40)
payloads = st.binary(max_size=200)


def sealer(roots: Roots = ROOTS, *, issuer: str = ISSUER, incarnation: str = "first") -> Sealer:
    return AesGcmSealer(roots, issuer=issuer, incarnation=incarnation, entropy=ENTROPY)


SEALER = sealer()


@given(purpose=names, payload=payloads, now=st.integers(min_value=0, max_value=2**16 * DAY - 1))
@example(purpose="code", payload=b"", now=0)
def test_what_was_sealed_opens_again(purpose: str, payload: bytes, now: int) -> None:
    assert SEALER.open(purpose, SEALER.seal(purpose, payload, now=now)) == payload


@given(made_for=names, presented_as=names, payload=payloads)
@example(made_for="code", presented_as="access", payload=b"x")
@example(made_for="code", presented_as="code\x00", payload=b"x")
def test_what_was_sealed_for_one_purpose_opens_for_no_other(made_for: str, presented_as: str, payload: bytes) -> None:
    assume(made_for != presented_as)
    assert SEALER.open(presented_as, SEALER.seal(made_for, payload, now=NOW)) is None


@given(here=st.tuples(names, names), there=st.tuples(names, names), payload=payloads)
@example(here=("https://a", "b"), there=("https://ab", ""), payload=b"x")
@example(here=("https://a", "first"), there=("https://a", "second"), payload=b"x")
def test_what_was_sealed_by_one_issuer_and_incarnation_opens_for_no_other(
    here: tuple[str, str], there: tuple[str, str], payload: bytes
) -> None:
    assume(here != there)
    ours = sealer(issuer=here[0], incarnation=here[1])
    theirs = sealer(issuer=there[0], incarnation=there[1])
    assert theirs.open("code", ours.seal("code", payload, now=NOW)) is None


def test_what_was_sealed_by_another_installation_does_not_open() -> None:
    assert sealer(create_roots(ENTROPY)).open("code", SEALER.seal("code", b"x", now=NOW)) is None


@pytest.mark.parametrize("payload", [b"", b"x", b"a code's claims"])
def test_any_one_bit_that_changes_keeps_it_shut(payload: bytes) -> None:
    sealed = base64url.decode(SEALER.seal("code", payload, now=NOW))
    assert sealed is not None
    for position in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[position // 8] ^= 1 << position % 8
        assert SEALER.open("code", base64url.encode(bytes(changed))) is None


def test_any_character_that_changes_or_goes_keeps_it_shut() -> None:
    # A length that leaves unused bits in the last character.
    text = SEALER.seal("code", b"payload!", now=NOW)
    for position, character in enumerate(text):
        for other in "Aa0-_=+/. \n\u00e9":
            if other != character:
                assert SEALER.open("code", text[:position] + other + text[position + 1 :]) is None
        assert SEALER.open("code", text[:position] + text[position + 1 :]) is None
        assert SEALER.open("code", text[:position]) is None


@given(junk=st.one_of(st.text(), st.binary().map(base64url.encode)))
@example(junk="")
@example(junk="\ud800")
@example(junk="A" * (MAX_TEXT + 1))
@example(junk=base64url.encode(b"\x01" + bytes.fromhex(ROOTS.sealing[0].id) + bytes(40)))
def test_junk_is_none_and_never_an_error(junk: str) -> None:
    assert SEALER.open("code", junk) is None


def test_a_sealed_value_is_url_safe_and_shows_nothing_of_its_payload() -> None:
    text = SEALER.seal("code", b"account-of-anna", now=NOW)
    assert base64url.decode(text) is not None
    assert b"anna" not in (base64url.decode(text) or b"")


def test_the_largest_payload_fits_and_one_byte_more_is_refused() -> None:
    text = SEALER.seal("code", bytes(MAX_PAYLOAD), now=NOW)
    assert len(text) <= MAX_TEXT
    assert SEALER.open("code", text) == bytes(MAX_PAYLOAD)
    with pytest.raises(ValueError, match="over"):
        SEALER.seal("code", bytes(MAX_PAYLOAD + 1), now=NOW)


def test_text_over_the_limit_is_not_opened_though_it_was_sealed_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "MAX_PAYLOAD", 2 * MAX_PAYLOAD)
    text = SEALER.seal("code", bytes(MAX_PAYLOAD + 3), now=NOW)
    assert SEALER.open("code", text) is None
    monkeypatch.setattr(sealing, "MAX_TEXT", 2 * MAX_TEXT)
    assert SEALER.open("code", text) == bytes(MAX_PAYLOAD + 3)


def test_a_small_value_stays_small() -> None:
    assert len(SEALER.seal("code", bytes(100), now=NOW)) <= 180


def test_a_new_key_opens_before_it_seals_and_an_old_one_after() -> None:
    older, newer = ROOTS.sealing, create_roots(ENTROPY).sealing
    verification, pairwise = ROOTS.verification, ROOTS.pairwise
    announced = sealer(Roots(older + newer, verification, pairwise))
    in_use = sealer(Roots(newer + older, verification, pairwise))
    assert announced.open("code", in_use.seal("code", b"new", now=NOW)) == b"new"
    assert in_use.open("code", announced.seal("code", b"old", now=NOW)) == b"old"


def test_what_a_dropped_key_sealed_is_dead() -> None:
    text = SEALER.seal("code", b"x", now=NOW)
    assert sealer(Roots(create_roots(ENTROPY).sealing, ROOTS.verification, ROOTS.pairwise)).open("code", text) is None


def test_values_of_more_days_and_purposes_than_ciphers_are_kept_all_open() -> None:
    fresh = sealer()
    texts = [(f"purpose {n % 7}", fresh.seal(f"purpose {n % 7}", b"%d" % n, now=NOW + n * DAY)) for n in range(200)]
    assert [fresh.open(purpose, text) for purpose, text in texts] == [b"%d" % n for n in range(200)]
    assert [sealer().open(purpose, text) for purpose, text in texts] == [b"%d" % n for n in range(200)]


def test_junk_of_made_up_days_pushes_no_kept_cipher_out() -> None:
    fresh = AesGcmSealer(ROOTS, issuer=ISSUER, incarnation="first", entropy=ENTROPY)
    fresh.seal("code", b"x", now=NOW)
    kept = dict(fresh._ciphers)
    key_id = bytes.fromhex(ROOTS.sealing[0].id)
    for day in range(500):
        assert fresh.open("code", base64url.encode(b"\x01" + key_id + day.to_bytes(2, "big") + bytes(40))) is None
    assert fresh._ciphers == kept
