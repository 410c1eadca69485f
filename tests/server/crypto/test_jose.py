import hmac
import json

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import example, given
from hypothesis import strategies as st
from joserfc import jws
from joserfc.jwk import ECKey, OctKey, RSAKey

from keyfob_server.crypto import base64url
from keyfob_server.crypto.jose import MAX_TOKEN
from keyfob_server.crypto.roots import create_roots
from keyfob_server.crypto.signing_keys import SIGNING_ALGORITHMS, generate_signing_key, open_signing_key
from keyfob_server.ports.keys import TokenSigner
from support_jose import CLAIMS, ENTROPY, NOW, ROOTS, header_of, keys_of, record_of, segment

RECORDS = {alg: record_of(alg) for alg in SIGNING_ALGORITHMS}
SIGNER: TokenSigner = keys_of(RECORDS.values())
each_algorithm = pytest.mark.parametrize("alg", SIGNING_ALGORITHMS)


def public_key(alg: str) -> RSAKey | ECKey:
    published = json.loads(RECORDS[alg].public_jwk)
    return RSAKey.import_key(published) if alg == "RS256" else ECKey.import_key(published)


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
        header = {"alg": alg, "kid": RECORDS["RS256"].kid, "typ": "JWT"}
        token = jws.serialize_compact(header, json.dumps(CLAIMS), private, [alg])
        assert SIGNER.verify(token) is None


@each_algorithm
def test_a_token_is_refused_under_another_keys_kid_or_without_one(alg: str) -> None:
    private = open_signing_key(RECORDS[alg], ROOTS).jwk
    own = RECORDS[alg].kid
    others = [record.kid for record in RECORDS.values() if record.kid != own]
    wrong: list[object] = [*others, "", own.lower(), own + " ", "../" + own, "' or 1=1 --", "x" * 400, "\u00e9", None]
    for kid in wrong:
        header: dict[str, object] = {"alg": alg, "typ": "JWT"} | ({} if kid is None else {"kid": kid})
        assert SIGNER.verify(jws.serialize_compact(header, json.dumps(CLAIMS), private, [alg])) is None
    typed = {"alg": alg, "kid": own, "typ": "JWT"}
    assert SIGNER.verify(jws.serialize_compact(typed, json.dumps(CLAIMS), private, [alg])) == CLAIMS


@each_algorithm
def test_a_token_that_says_it_is_something_else_is_not_taken_for_an_id_token(alg: str) -> None:
    private = open_signing_key(RECORDS[alg], ROOTS).jwk
    for typ in ("at+jwt", "jwt", "keyfob-receipt+jwt", "", None):
        header: dict[str, object] = {"alg": alg, "kid": RECORDS[alg].kid}
        if typ is not None:
            header["typ"] = typ
        assert SIGNER.verify(jws.serialize_compact(header, json.dumps(CLAIMS), private, [alg])) is None
    assert SIGNER.verify(SIGNER.sign(alg, CLAIMS, typ="keyfob-receipt+jwt")) is None
    assert SIGNER.verify(SIGNER.sign(alg, CLAIMS)) == CLAIMS


@each_algorithm
def test_a_key_that_the_token_brings_along_is_not_used(alg: str) -> None:
    stranger = RSAKey.generate_key(2048) if alg == "RS256" else ECKey.generate_key("P-256")
    header = {"alg": alg, "kid": RECORDS[alg].kid, "typ": "JWT", "jwk": stranger.as_dict(private=False)}
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
    header = {"alg": "ES256", "kid": RECORDS["ES256"].kid, "typ": "JWT"}
    token = jws.serialize_compact(header, payload, private, ["ES256"])
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


def test_claims_that_are_no_json_are_not_signed() -> None:
    with pytest.raises(ValueError, match="JSON"):
        SIGNER.sign("ES256", {"exp": float("nan")})
