"""Whatever a registration asks for, it gets no more than the policy has."""

from collections.abc import Callable
from dataclasses import replace
from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.client_metadata import RequestedMetadata, parse_client_metadata
from keyfob_protocol.errors import InvalidClientMetadata, InvalidRedirectUri, ProtocolError
from keyfob_protocol.metadata_members import MEMBERS
from keyfob_server.rules.policy import PASSWORD_ACR, RegistrationPolicy
from keyfob_server.rules.registration import register

POLICY = RegistrationPolicy()
GRANTS = ("authorization_code", "refresh_token", "client_credentials", "password", "implicit",
          "urn:ietf:params:oauth:grant-type:token-exchange")  # fmt: skip
SCOPES = ("openid", "profile", "admin", "dcr", "keyfob:instances:read", "offline_access")
Register = Callable[[RequestedMetadata], ClientMetadata]


def powerset(names: tuple[str, ...]) -> list[tuple[str, ...]]:
    return list(chain.from_iterable(combinations(names, size) for size in range(len(names) + 1)))


def real(requested: RequestedMetadata) -> ClientMetadata:
    return register(requested, POLICY, acr=PASSWORD_ACR, refresh_tokens=True, id_token_algs=("RS256",))


def mutant_that_registers_the_scope_asked_for(requested: RequestedMetadata) -> ClientMetadata:
    return replace(real(replace(requested, scope=None)), scope=requested.scope or POLICY.default_scope)


def exceeds(rule: Register, document: dict[str, object]) -> bool:
    try:
        metadata = rule(parse_client_metadata(document))
    except ProtocolError:
        return False
    return not (
        set(metadata.scope) <= set(POLICY.allowed_scopes)
        and set(metadata.grant_types) <= set(POLICY.allowed_grant_types)
        and set(metadata.response_types) <= {"code"}
        and metadata.token_endpoint_auth_method in {"client_secret_basic", "client_secret_post", "none"}
    )


REQUESTS: list[dict[str, object]] = [
    {"redirect_uris": ["io.curity.dcrclient:/callback"], "grant_types": list(grants), "scope": " ".join(scope)}
    for grants in powerset(GRANTS)
    for scope in powerset(SCOPES)
]


def test_f7_no_choice_of_grants_and_scopes_exceeds_the_policy() -> None:
    assert not [document for document in REQUESTS if exceeds(real, document)]


def test_f7_the_property_fails_for_a_rule_that_registers_the_scope_asked_for() -> None:
    assert [document for document in REQUESTS if exceeds(mutant_that_registers_the_scope_asked_for, document)]


values = (
    st.none() | st.booleans() | st.integers(0, 9) | st.sampled_from([*GRANTS, *SCOPES, "RS256", "none", "com.a:/b"])
)


@given(st.dictionaries(st.sampled_from(sorted(MEMBERS)), values | st.lists(values, max_size=3), max_size=6))
def test_f19_whatever_is_asked_ends_in_metadata_within_the_policy_or_a_refusal(document: dict[str, object]) -> None:
    assert not exceeds(real, document)
    assert not exceeds(real, {"redirect_uris": ["com.example.app:/cb"]} | document)


@pytest.mark.parametrize("software_id", ["mobile-dcr-template-client", "mobile-dcr-client", "x", "../x", "'--", ""])
@pytest.mark.parametrize("more", [{}, {"instance_name": "phone"}, {"scope": "openid"}, {"redirect_uris": []}])
def test_f9_a_software_id_that_names_no_template_makes_no_client(software_id: str, more: dict[str, object]) -> None:
    with pytest.raises(InvalidClientMetadata, match="software_id names no template"):
        real(parse_client_metadata({"software_id": software_id} | more))


def test_f9_a_software_id_beside_a_whole_registration_is_a_text_like_others() -> None:
    document = {"software_id": "mobile-dcr-client", "redirect_uris": ["com.example.app:/cb"]}
    assert real(parse_client_metadata(document)).software_id == "mobile-dcr-client"


def test_f6_what_nobody_may_set_is_not_registered() -> None:
    sound: dict[str, object] = {"redirect_uris": ["com.example.app:/cb"]}
    names = (
        "client_id",
        "client_secret",
        "status",
        "roles",
        "owner",
        "registration_client",
        "skip_consent",
        "generation",
    )
    hostile: dict[str, object] = dict.fromkeys(names, "admin")
    assert real(parse_client_metadata(sound | hostile)) == real(parse_client_metadata(sound))


@pytest.mark.parametrize("uri", [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "file:///x", "\tvbscript:x", "blob:x", "tel:1",
    "intent:x", "http://evil.example/", "https://app.example/#x", "https://u@app.example/", "https://*.app.example/",
    "https://10.0.0.1/", "HTTPS://app.example/", "com.example.app:/\\x",
])  # fmt: skip
@pytest.mark.parametrize("member", ["redirect_uris", "post_logout_redirect_uris"])
def test_a8_dangerous_uris_are_refused_for_sign_in_and_for_sign_out(member: str, uri: str) -> None:
    sound: dict[str, object] = {"redirect_uris": ["com.example.app:/cb"]}
    with pytest.raises(InvalidRedirectUri, match=f"^{member}: "):
        real(parse_client_metadata(sound | {member: [uri]}))
