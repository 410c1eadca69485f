import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import example, given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, RSAKey

from keyfob_server.crypto import base64url
from keyfob_server.crypto.entropy import SystemEntropy
from keyfob_server.crypto.jose import MAX_TOKEN, SigningKeys, claimed_kid
from keyfob_server.crypto.roots import Roots, create_roots
from keyfob_server.crypto.signing_keys import (
    SIGNING_ALGORITHMS,
    generate_signing_key,
    open_signing_key,
    open_signing_keys,
)
from keyfob_server.ports.keys import TokenSigner
from keyfob_server.rules.records import SigningKeyRecord

ENTROPY = SystemEntropy()
ROOTS = create_roots(ENTROPY)
NOW = 1_750_000_000
DAY = 86400
KEEP = 7 * DAY
CLAIMS = {"iss": "https://id.example", "sub": "anna", "exp": NOW + 300, "nonce": "n\u00e9"}


def record_of(alg: str, *, created: int = NOW, signs_from: int = NOW) -> SigningKeyRecord:
    return generate_signing_key(alg, ROOTS, entropy=ENTROPY, created=created, signs_from=signs_from)


def keys_of(records: Iterable[SigningKeyRecord], *, roots: Roots = ROOTS, now: int = NOW) -> SigningKeys:
    known = tuple(records)
    opened = open_signing_keys(known, roots)
    assert opened.refusals == ()
    return SigningKeys(known, opened.by_kid, now, keep_published_s=KEEP)


RECORDS = {alg: record_of(alg) for alg in SIGNING_ALGORITHMS}
SIGNER: TokenSigner = keys_of(RECORDS.values())
each_algorithm = pytest.mark.parametrize("alg", SIGNING_ALGORITHMS)


def public_key(alg: str) -> RSAKey | ECKey:
    published = json.loads(RECORDS[alg].public_jwk)
    return RSAKey.import_key(published) if alg == "RS256" else ECKey.import_key(published)


def segment(content: Mapping[str, object] | bytes) -> str:
    return base64url.encode(content if isinstance(content, bytes) else json.dumps(content).encode())


def header_of(token: str) -> dict[str, object]:
    header = json.loads(base64url.decode(token.partition(".")[0]) or b"")
    assert isinstance(header, dict)
    return header


HMACS = {"HS256": "sha256", "HS512": "sha512"}


def hmac_token(alg: str, kid: str, secret: bytes) -> str:
    signing_input = f"{segment({'alg': alg, 'kid': kid, 'typ': 'JWT'})}.{segment(CLAIMS)}"
    return f"{signing_input}.{base64url.encode(hmac.digest(secret, signing_input.encode(), HMACS[alg]))}"


@each_algorithm
def test_a_signed_token_verifies_here_and_with_the_published_key_elsewhere(alg: str) -> None:
    token = SIGNER.sign(alg, CLAIMS)
    assert SIGNER.verify(token) == CLAIMS
    assert json.loads(jws.deserialize_compact(token, public_key(alg), algorithms=[alg]).payload) == CLAIMS


@each_algorithm
def test_the_header_names_algorithm_key_and_type_and_nothing_else(alg: str) -> None:
    assert header_of(SIGNER.sign(alg, CLAIMS)) == {"alg": alg, "kid": RECORDS[alg].kid, "typ": "JWT"}


@pytest.mark.parametrize("alg", ["HS256", "none", "PS256", ""])
def test_an_algorithm_without_a_key_is_a_key_error(alg: str) -> None:
    with pytest.raises(KeyError):
        SIGNER.sign(alg, CLAIMS)


@pytest.mark.parametrize("alg", ["none", "None", "nOnE", "NONE", "", None, [], 0])
@pytest.mark.parametrize("signature", ["", "AA", "kept"])
def test_l1_a_token_that_says_it_needs_no_signature_is_refused(alg: object, signature: str) -> None:
    for signed_by in SIGNING_ALGORITHMS:
        _, payload, good = SIGNER.sign(signed_by, CLAIMS).split(".")
        for kid in ({"kid": RECORDS[signed_by].kid}, {}):
            forged = segment({"alg": alg, "typ": "JWT"} | kid)
            assert SIGNER.verify(f"{forged}.{payload}.{good if signature == 'kept' else signature}") is None


@each_algorithm
def test_l1_an_empty_signature_is_refused(alg: str) -> None:
    header, payload, _ = SIGNER.sign(alg, CLAIMS).split(".")
    for token in (f"{header}.{payload}.", f"{header}.{payload}", f"{header}.{payload}..", f"{header}.{payload}.="):
        assert SIGNER.verify(token) is None


@each_algorithm
def test_l2_no_spelling_of_the_public_key_is_taken_for_an_hmac_secret(alg: str) -> None:
    key = public_key(alg)
    published = json.loads(RECORDS[alg].public_jwk)
    spellings = [
        key.public_key.public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)
        for encoding in (Encoding.PEM, Encoding.DER)
    ]
    spellings += [spelling.strip() for spelling in spellings]
    spellings += [
        RECORDS[alg].public_jwk.encode(),
        json.dumps(published).encode(),
        json.dumps({"keys": [published]}).encode(),
    ]
    spellings += [SIGNER.jwks(), RECORDS[alg].kid.encode()]
    spellings += [base64url.decode(published[name]) or b"" for name in ("n", "x", "y") if name in published]
    for secret in spellings:
        for hmac_alg in HMACS:
            assert SIGNER.verify(hmac_token(hmac_alg, RECORDS[alg].kid, secret)) is None


@pytest.mark.parametrize("hmac_alg", HMACS)
def test_l2_the_forged_tokens_are_good_ones_to_who_believes_their_header(hmac_alg: str) -> None:
    secret = ENTROPY.bytes(32)
    token = hmac_token(hmac_alg, RECORDS["RS256"].kid, secret)
    assert json.loads(jws.deserialize_compact(token, OctKey.import_key(secret), [hmac_alg]).payload) == CLAIMS


def test_l2_a_key_serves_its_own_algorithm_only() -> None:
    private = open_signing_key(RECORDS["RS256"], ROOTS).jwk
    for alg in ("PS256", "RS384", "RS512"):
        token = jws.serialize_compact({"alg": alg, "kid": RECORDS["RS256"].kid}, json.dumps(CLAIMS), private, [alg])
        assert SIGNER.verify(token) is None


@each_algorithm
def test_a_token_is_refused_under_another_keys_kid_or_without_one(alg: str) -> None:
    private = open_signing_key(RECORDS[alg], ROOTS).jwk
    own = RECORDS[alg].kid
    others = [record.kid for record in RECORDS.values() if record.kid != own]
    wrong: list[object] = [*others, "", own.lower(), own + " ", "../" + own, "' or 1=1 --", "x" * 400, "\u00e9", None]
    for kid in wrong:
        header: dict[str, object] = {"alg": alg} if kid is None else {"alg": alg, "kid": kid}
        assert SIGNER.verify(jws.serialize_compact(header, json.dumps(CLAIMS), private, [alg])) is None
    assert SIGNER.verify(jws.serialize_compact({"alg": alg, "kid": own}, json.dumps(CLAIMS), private, [alg])) == CLAIMS


@each_algorithm
def test_a_key_that_the_token_brings_along_is_not_used(alg: str) -> None:
    stranger = RSAKey.generate_key(2048) if alg == "RS256" else ECKey.generate_key("P-256")
    header = {"alg": alg, "kid": RECORDS[alg].kid, "jwk": stranger.as_dict(private=False)}
    assert SIGNER.verify(jws.serialize_compact(header, json.dumps(CLAIMS), stranger, [alg])) is None


@each_algorithm
def test_another_installations_token_is_refused(alg: str) -> None:
    roots = create_roots(ENTROPY)
    record = generate_signing_key(alg, roots, entropy=ENTROPY, created=NOW, signs_from=NOW)
    assert SIGNER.verify(keys_of([record], roots=roots).sign(alg, CLAIMS)) is None


@each_algorithm
def test_a_changed_header_payload_or_signature_is_refused(alg: str) -> None:
    token = SIGNER.sign(alg, CLAIMS)
    for position in range(0, len(token), 7):
        for other in "Aw.":
            if other != token[position]:
                assert SIGNER.verify(token[:position] + other + token[position + 1 :]) is None


@pytest.mark.parametrize("payload", [b"", b"[]", b"null", b"7", b"{", b"\xff", b"[" * 5000])
def test_a_payload_that_is_no_json_object_is_refused_though_we_signed_it(payload: bytes) -> None:
    private = open_signing_key(RECORDS["ES256"], ROOTS).jwk
    token = jws.serialize_compact({"alg": "ES256", "kid": RECORDS["ES256"].kid}, payload, private, ["ES256"])
    assert SIGNER.verify(token) is None


def test_l6_a_token_over_eight_kilobytes_is_refused_though_we_signed_it() -> None:
    def token_of(filling: int) -> str:
        return SIGNER.sign("ES256", {"filling": "x" * filling})

    around = len(token_of(0))
    fitting = token_of((MAX_TOKEN - around) * 3 // 4)
    assert MAX_TOKEN - 4 <= len(fitting) <= MAX_TOKEN
    assert SIGNER.verify(fitting) is not None
    assert SIGNER.verify(token_of((MAX_TOKEN - around) * 3 // 4 + 4)) is None


@given(junk=st.one_of(st.text(), st.lists(st.binary().map(base64url.encode), min_size=2, max_size=5).map(".".join)))
@example(junk="")
@example(junk="..")
@example(junk="\ud800.a.b")
@example(junk=segment(b"[" * 5000) + ".e30.AA")
@example(junk=segment(b"[]") + ".e30.AA")
@example(junk=segment({"alg": "ES256", "kid": ["x"]}) + ".e30.AA")
@example(junk=segment({"alg": "ES256", "kid": RECORDS["ES256"].kid, "crit": ["b64"], "b64": False}) + ".e30.AA")
@example(junk=segment({"alg": "ES256", "kid": RECORDS["ES256"].kid}) + ".e30.AA")
def test_junk_is_none_and_never_an_error(junk: str) -> None:
    assert SIGNER.verify(junk) is None


def test_l13_the_published_keys_have_public_members_only() -> None:
    document = json.loads(SIGNER.jwks())
    assert {key["kid"] for key in document["keys"]} == {record.kid for record in RECORDS.values()}
    for key in document["keys"]:
        assert key["kty"] in ("RSA", "EC")
        assert key.keys() in ({"kty", "n", "e", "use", "alg", "kid"}, {"kty", "crv", "x", "y", "use", "alg", "kid"})
    for record in RECORDS.values():
        private = open_signing_key(record, ROOTS).jwk.as_dict(private=True)
        for name in ("d", "p", "q", "dp", "dq", "qi"):
            assert name not in private or str(private[name]).encode() not in SIGNER.jwks()


def test_a_key_is_published_before_it_signs() -> None:
    present, coming = RECORDS["ES256"], record_of("ES256", signs_from=NOW + 86400)
    keys = keys_of([coming, present])
    assert header_of(keys.sign("ES256", CLAIMS))["kid"] == present.kid
    assert coming.kid.encode() in keys.jwks()
    later = keys_of([coming, present], now=NOW + 86400)
    assert header_of(later.sign("ES256", CLAIMS))["kid"] == coming.kid
    assert later.verify(keys.sign("ES256", CLAIMS)) == CLAIMS
    assert keys.verify(later.sign("ES256", CLAIMS)) == CLAIMS


def test_the_algorithms_are_those_that_a_key_signs_with_now() -> None:
    assert SIGNER.algorithms() == ("RS256", "ES256")
    coming = record_of("ES256", signs_from=NOW + 1)
    assert keys_of([RECORDS["RS256"], coming]).algorithms() == ("RS256",)
    assert keys_of([]).algorithms() == ()


def test_a_key_whose_hour_has_not_come_does_not_sign() -> None:
    keys = keys_of([record_of("ES256", signs_from=NOW + 1)])
    with pytest.raises(KeyError):
        keys.sign("ES256", CLAIMS)


def test_a_retired_key_verifies_for_ever_and_is_published_for_a_while() -> None:
    token = SIGNER.sign("ES256", CLAIMS)
    replaced, present = RECORDS["ES256"], record_of("ES256", signs_from=NOW + DAY)
    for now, published in ((NOW + DAY, True), (NOW + DAY + KEEP - 1, True), (NOW + DAY + KEEP, False)):
        keys = keys_of([replaced, present], now=now)
        assert header_of(keys.sign("ES256", CLAIMS))["kid"] == present.kid
        assert (replaced.kid.encode() in keys.jwks()) is published
        assert keys.verify(token) == CLAIMS


def test_nothing_that_a_withdrawn_key_signed_is_believed() -> None:
    token = SIGNER.sign("ES256", CLAIMS)
    withdrawn = replace(RECORDS["ES256"], retired_at=NOW + 10)
    assert header_of(keys_of([withdrawn], now=NOW + 9).sign("ES256", CLAIMS))["kid"] == withdrawn.kid
    keys = keys_of([withdrawn], now=NOW + 10)
    assert keys.verify(token) is None
    assert json.loads(keys.jwks()) == {"keys": []}
    with pytest.raises(KeyError):
        keys.sign("ES256", CLAIMS)


def test_l10_a_key_that_is_not_here_is_missed_when_its_hour_comes_and_never_signs() -> None:
    present, elsewhere = RECORDS["ES256"], record_of("ES256", signs_from=NOW + DAY)
    here = {present.kid: open_signing_key(present, ROOTS)}
    before = SigningKeys([present, elsewhere], here, NOW + DAY - 1, keep_published_s=KEEP)
    assert (before.missing, before.changes_at) == ((), NOW + DAY)
    after = SigningKeys([present, elsewhere], here, NOW + DAY, keep_published_s=KEEP)
    assert after.missing == (elsewhere.kid,)
    assert header_of(after.sign("ES256", CLAIMS))["kid"] == present.kid
    assert elsewhere.kid.encode() not in after.jwks()


def test_a_token_names_its_key_and_junk_names_none() -> None:
    assert claimed_kid(SIGNER.sign("ES256", CLAIMS)) == RECORDS["ES256"].kid
    for junk in ("", "..", "a.b.c", segment({"alg": "ES256", "kid": 7}) + ".e30.AA", "x" * (MAX_TOKEN + 1)):
        assert claimed_kid(junk) == ""


def test_claims_that_are_no_json_are_not_signed() -> None:
    with pytest.raises(ValueError, match="JSON"):
        SIGNER.sign("ES256", {"exp": float("nan")})
