import pytest

from keyfob_client.auth_state import AuthState
from keyfob_client.flows import discover, refresh, sign_in, sign_out
from keyfob_client.messages import HttpRequest, HttpResponse
from keyfob_client.steps import Saved, save, send, visit
from support_client import (
    ISSUER,
    LOGOUT_URI,
    REDIRECT_URI,
    answer,
    metadata,
    metadata_document,
    registered,
)
from support_flows import RANDOM, play


def test_discover_returns_the_metadata() -> None:
    assert play(discover(ISSUER), lambda _: answer(200, metadata_document())).result == metadata()


def test_a_flow_that_does_not_fit_the_state_is_a_mistake_of_the_program() -> None:
    unregistered = AuthState(ISSUER)
    with pytest.raises(ValueError, match="not registered"):
        next(sign_in(unregistered, metadata(), scope=(), redirect_uri=REDIRECT_URI, random_bytes=RANDOM))
    with pytest.raises(ValueError, match="not registered"):
        next(sign_out(unregistered, metadata(), post_logout_redirect_uri=LOGOUT_URI, random_bytes=RANDOM))
    with pytest.raises(ValueError, match="refresh token"):
        next(refresh(registered(), metadata()))


def test_a_reply_of_the_wrong_kind_is_a_mistake_of_the_driver() -> None:
    for flow in (visit("https://as.example"), save(registered())):
        next(flow)
        with pytest.raises(TypeError):
            flow.send(HttpResponse(200))
    sending = send(HttpRequest("GET", "https://as.example"))
    next(sending)
    with pytest.raises(TypeError):
        sending.send(Saved())
