from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyfob_client.auth_state import REFRESH_MARGIN_S, AuthState, Tokens, UnreadableState, View, parse_auth_state
from keyfob_protocol.identifiers import Issuer
from keyfob_protocol.json_document import dump_json
from keyfob_protocol.token_response import TokenResponse
from support_client import ISSUER, NOW, registered, registration

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=30)
tokens = st.builds(
    Tokens,
    access_token=texts,
    scope=st.lists(texts, max_size=3).map(tuple),
    expires_at=st.none() | st.integers(min_value=0, max_value=2**40),
    refresh_token=st.none() | texts,
    id_token=st.none() | texts,
    subject=st.just("") | texts,
)
states = st.builds(
    AuthState,
    issuer=st.just(ISSUER),
    registration=st.builds(lambda secret: registration(client_secret=secret), texts),
    tokens=st.none() | tokens,
    signed_out=st.booleans(),
)


def authenticated(*, expires_in: int | None = 300) -> AuthState:
    answer = TokenResponse("access-1", "Bearer", expires_in, (), "refresh-1")
    return registered().after_token(answer, asked=("openid",), received_at=NOW, id_token=None)


def test_a_state_goes_through_the_three_views() -> None:
    start = AuthState(ISSUER)
    assert [start.view, registered().view, authenticated().view] == list(get_args(View))
    assert authenticated().after_sign_out().view == "Unauthenticated"
    assert authenticated().dropped() == start


@given(states)
def test_what_is_written_is_read_again(state: AuthState) -> None:
    assert parse_auth_state(state.to_json(with_tokens=True), issuer=ISSUER) == state


@given(states)
def test_without_tokens_the_registration_alone_is_written(state: AuthState) -> None:
    assert parse_auth_state(state.to_json(with_tokens=False), issuer=ISSUER) == replace(state, tokens=None)


@given(st.binary(max_size=300))
def test_junk_is_unreadable_and_never_anything_worse(junk: bytes) -> None:
    with pytest.raises(UnreadableState):
        parse_auth_state(junk, issuer=ISSUER)


GOOD = authenticated().to_json(with_tokens=True)


@given(st.integers(min_value=0, max_value=len(GOOD) - 1))
def test_a_state_that_was_cut_off_is_unreadable(length: int) -> None:
    with pytest.raises(UnreadableState):
        parse_auth_state(GOOD[:length], issuer=ISSUER)


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"format": 2, "issuer": ISSUER},
        {"format": 1, "issuer": "https://other.example"},
        {"format": 1, "issuer": ISSUER, "registration": {}},
        {"format": 1, "issuer": ISSUER, "registration": {"client_id": 7}},
        {"format": 1, "issuer": ISSUER, "signed_out": "yes"},
        {"format": 1, "issuer": ISSUER, "registration": registration().document(), "tokens": {}},
    ],
)
def test_a_state_of_another_shape_version_or_issuer_is_unreadable(document: dict[str, object]) -> None:
    with pytest.raises(UnreadableState):
        parse_auth_state(dump_json(document), issuer=ISSUER)


def test_the_state_of_one_issuer_is_nothing_to_another() -> None:
    with pytest.raises(UnreadableState):
        parse_auth_state(GOOD, issuer=Issuer(ISSUER + "/"))


def test_a_token_is_refreshed_shortly_before_its_end() -> None:
    state = authenticated()
    assert not state.needs_refresh(NOW)
    assert not state.needs_refresh(NOW + 300 - REFRESH_MARGIN_S - 1)
    assert state.needs_refresh(NOW + 300 - REFRESH_MARGIN_S)
    assert not authenticated(expires_in=None).needs_refresh(NOW + 10**9)
    assert not registered().needs_refresh(NOW + 10**9)


def test_an_answer_without_scope_granted_what_was_asked() -> None:
    state = authenticated()
    assert state.tokens is not None
    assert state.tokens.scope == ("openid",)


def test_a_new_registration_starts_afresh() -> None:
    state = authenticated().after_sign_out().after_registration(registration(client_id="instance-2"))
    assert (state.view, state.signed_out) == ("Unauthenticated", False)


def test_a_refresh_needs_tokens() -> None:
    with pytest.raises(ValueError, match="no tokens"):
        registered().after_refresh(TokenResponse("a", "Bearer", 1, ()), received_at=NOW)


def test_no_secret_is_in_the_repr() -> None:
    shown = repr(authenticated())
    assert not any(secret in shown for secret in ("access-1", "refresh-1", "instance-secret", "registration-access"))
