import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyfob_protocol.client_metadata import (
    MAX_NAMES,
    MAX_NUMBER,
    RequestedMetadata,
    parse_client_metadata,
    registration_document,
)
from keyfob_protocol.errors import InvalidClientMetadata, InvalidRedirectUri
from keyfob_protocol.json_document import JsonDocumentError, dump_json, parse_json_object
from keyfob_protocol.metadata_members import MEMBERS, TAGGED_MEMBERS, Kind
from support_documents import golden

JSON_TYPES: dict[str, object] = {
    "null": None,
    "a boolean": True,
    "an integer": 7,
    "a fraction": 1.5,
    "a string": "https://app.example/x",
    "a list of strings": ["https://app.example/x"],
    "a list with a hole": ["https://app.example/x", None],
    "an object": {"0": "https://app.example/x"},
}
STRING_KINDS = {Kind.TEXT, Kind.WEB_URI, Kind.URI, Kind.STATEMENT, Kind.SCOPE}


def fits(kind: Kind, json_type: str) -> bool:
    """What wire.md says in words: a string stands for a list of URIs, `true` and `false` for booleans, nothing else."""
    return {
        "a string": kind in STRING_KINDS or kind is Kind.URIS,
        "a list of strings": kind in {Kind.URIS, Kind.LIST},
        "a boolean": kind is Kind.FLAG,
        "an integer": kind is Kind.NUMBER,
        "an object": kind is Kind.KEYS,
    }.get(json_type, False)


@pytest.mark.parametrize("json_type", JSON_TYPES)
@pytest.mark.parametrize("name", MEMBERS)
def test_f20_a_member_of_the_wrong_json_type_is_refused_by_name(name: str, json_type: str) -> None:
    document = {name: JSON_TYPES[json_type]}
    if fits(MEMBERS[name], json_type):
        parse_client_metadata(document)
    else:
        with pytest.raises(InvalidClientMetadata, match=name):
            parse_client_metadata(document)


@pytest.mark.parametrize("name", [name for name, kind in MEMBERS.items() if kind is Kind.FLAG])
@pytest.mark.parametrize(("sent", "read"), [("true", True), ("false", False), (True, True), (False, False)])
def test_booleans_are_taken_as_text_too(name: str, sent: object, read: bool) -> None:  # noqa: FBT001 - a row of the table
    assert parse_client_metadata({name: sent}).flags == {name: read}


@pytest.mark.parametrize("sent", ["True", "FALSE", "1", "0", "", "yes", 0, 1, [True], ["true"]])
def test_f20_other_spellings_of_booleans_are_refused(sent: object) -> None:
    with pytest.raises(InvalidClientMetadata, match="requires_consent"):
        parse_client_metadata({"requires_consent": sent})


def test_the_request_of_the_ios_app_is_taken_as_it_is() -> None:
    requested = parse_client_metadata({
        "redirect_uris": ["io.curity.dcrclient:/callback"],
        "post_logout_redirect_uris": "io.curity.dcrclient:/logoutcallback",
        "requires_consent": "false",
        "token_endpoint_auth_method": "client_secret_basic",
        "grant_types": ["authorization_code"],
        "application_type": "native",
    })  # fmt: skip
    assert requested == RequestedMetadata(
        texts={"token_endpoint_auth_method": "client_secret_basic", "application_type": "native"},
        lists={
            "redirect_uris": ("io.curity.dcrclient:/callback",),
            "post_logout_redirect_uris": ("io.curity.dcrclient:/logoutcallback",),
            "grant_types": ("authorization_code",),
        },
        flags={"requires_consent": False},
    )


NOBODYS_MEMBERS = (
    "client_id", "client_secret", "client_secret_expires_at", "client_id_issued_at", "registration_access_token",
    "registration_client_uri", "status", "status_reason", "status_by", "roles", "owner", "account_id", "owner_name",
    "authenticated_user", "initial_client", "instance_of_client", "template", "template_id", "first_party", "trusted",
    "skip_consent", "pre_authorized", "generation", "created", "updated", "attributes", "enabled", "secret_hash",
    "kind", "registration_client", "capabilities", "allowed_authenticators", "idempotency_key", "lineage",
    "attestation", "__proto__", "constructor", "client_status", "Redirect_URIs", "REDIRECT_URIS", "scopes",
)  # fmt: skip


def test_f6_members_that_nobody_may_set_are_not_read() -> None:
    assert len(NOBODYS_MEMBERS) >= 40
    for value in ("x", ["x"], {"x": True}, 7, None):
        assert parse_client_metadata(dict.fromkeys(NOBODYS_MEMBERS, value)) == RequestedMetadata()


PAYLOADS = (
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "=cmd|' /C calc'!A0", "{{7*7}}", "${7*7}", "'--",
    "\u202eevil", "javascript:alert(1)", "<svg/onload=alert(1)>", "&lt;b&gt;", "Ren\u00e9e \U0001f511",
)  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS)
def test_f13_texts_are_kept_as_they_are_for_pages_to_escape(payload: str) -> None:
    requested = parse_client_metadata({
        "client_name": payload, "client_name#ja": payload, "instance_name": payload, "contacts": [payload]
    })  # fmt: skip
    assert requested.names == {"client_name": payload, "client_name#ja": payload}
    assert requested.texts == {"instance_name": payload}
    assert requested.lists == {"contacts": (payload,)}


@pytest.mark.parametrize("name", ["client_uri", "logo_uri", "policy_uri", "tos_uri", "logo_uri#fr"])
@pytest.mark.parametrize("payload", ["javascript:alert(1)", "data:text/html,x", "http://app.example/", ""])
def test_f13_pages_about_the_app_are_web_addresses_or_refused(name: str, payload: str) -> None:
    with pytest.raises(InvalidClientMetadata, match=name):
        parse_client_metadata({name: payload})


@pytest.mark.parametrize("character", ["\x00", "\n", "\r", "\t", "\x1b", "\x7f", "\x85", "\u2028", "\u2029"])
@pytest.mark.parametrize("name", ["client_name", "client_name#fr", "instance_name", "software_id", "contacts"])
def test_f13_control_characters_are_refused(name: str, character: str) -> None:
    text = f"a{character}b"
    with pytest.raises(InvalidClientMetadata, match="control character"):
        parse_client_metadata({name: [text] if name == "contacts" else text})


@pytest.mark.parametrize("tag", ["", "é", "a" * 9, "fr_CA", "1", "fr-", "fr#ca", "<b>"])
def test_a_tag_that_is_no_language_makes_the_member_unknown(tag: str) -> None:
    assert parse_client_metadata({f"client_name#{tag}": 7}) == RequestedMetadata()


def test_only_names_for_people_are_tagged() -> None:
    assert parse_client_metadata({"redirect_uris#fr": 7, "scope#fr": 7}) == RequestedMetadata()
    assert set(TAGGED_MEMBERS) <= set(MEMBERS)


@pytest.mark.parametrize(("document", "message"), [
    ({"client_name": "x" * 1001}, "client_name is longer than 1000"),
    ({"software_statement": "x" * 8193}, "software_statement is longer than 8192"),
    ({"jwks_uri": "https://a.example/" + "x" * 2000}, "jwks_uri is longer than 2000"),
    ({"contacts": ["x" * 1001]}, "contacts is longer than 1000"),
    ({"contacts": [str(number) for number in range(21)]}, "contacts: more than 20 entries"),
    ({"scope": "x" * 2049}, "scope: the scope is longer than 2048"),
    ({"scope": "a  b"}, "scope: the scope must be names"),
    ({"default_max_age": MAX_NUMBER + 1}, "default_max_age must be a whole number"),
    ({"default_max_age": -1}, "default_max_age must be a whole number"),
    ({"default_max_age": 60.0}, "default_max_age must be a whole number"),
    ({f"client_name#fr-x{number}": "x" for number in range(MAX_NAMES + 1)}, "more than 50 names"),
])  # fmt: skip
def test_everything_has_a_limit(document: dict[str, object], message: str) -> None:
    with pytest.raises(InvalidClientMetadata, match=message):
        parse_client_metadata(document)


def test_f11_the_number_and_length_of_redirect_uris_are_limited() -> None:
    uris = [f"com.example.app:/{number}" for number in range(21)]
    assert len(parse_client_metadata({"redirect_uris": uris[:20]}).lists["redirect_uris"]) == 20
    with pytest.raises(InvalidRedirectUri, match="redirect_uris: more than 20"):
        parse_client_metadata({"redirect_uris": uris})
    with pytest.raises(InvalidRedirectUri, match="longer than 2000"):
        parse_client_metadata({"post_logout_redirect_uris": "a" * 2001})


def test_entries_that_are_repeated_count_once() -> None:
    assert parse_client_metadata({"redirect_uris": ["a:/b", "a:/b"]}).lists == {"redirect_uris": ("a:/b",)}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=5) | st.sampled_from(PAYLOADS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*MEMBERS, "client_name#fr"]) | st.text(max_size=4), json_values, max_size=6))
def test_f19_no_document_raises_anything_but_a_refusal(document: dict[str, object]) -> None:
    refusal = refusal_of(document)
    assert refusal.isascii()
    assert not set(refusal) & set('"\\')


def refusal_of(document: dict[str, object]) -> str:
    try:
        parse_client_metadata(parse_json_object(dump_json(document)))
    except UnicodeEncodeError:
        return "a lone surrogate has no bytes"
    except (JsonDocumentError, InvalidClientMetadata, InvalidRedirectUri) as error:
        return str(error)
    return ""


def test_a_client_builds_the_request_of_the_seed() -> None:
    expected = golden("registration/seed_request.json")
    built = registration_document(
        redirect_uris=["io.curity.dcrclient:/callback"],
        post_logout_redirect_uris=["io.curity.dcrclient:/logoutcallback"],
        application_type="native",
        grant_types=["authorization_code"],
        scope=["openid", "profile"],
    )
    assert list(built.items()) == list(expected.items())


def test_a_client_builds_a_templatized_request_with_instance_members() -> None:
    built = registration_document(software_id="mobile-dcr-template-client", instance_name="Anna's phone", names={})
    assert built == {"software_id": "mobile-dcr-template-client", "instance_name": "Anna's phone"}
