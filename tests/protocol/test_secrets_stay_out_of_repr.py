"""A value in a traceback or a debug line shows none of its secrets."""

from dataclasses import fields
from typing import TYPE_CHECKING

import pytest

from keyfob_protocol.authorization_response import AuthorizationResponse
from keyfob_protocol.client_information import ClientInformation, ClientMetadata
from keyfob_protocol.token_request import AuthorizationCodeRequest, RefreshTokenRequest
from keyfob_protocol.token_response import TokenResponse

METADATA = ClientMetadata(redirect_uris=(), scope=())
if TYPE_CHECKING:
    from _typeshed import DataclassInstance

VALUES: "tuple[DataclassInstance, ...]" = (
    AuthorizationCodeRequest("planted-code", code_verifier="planted-verifier"),
    RefreshTokenRequest("planted-refresh"),
    AuthorizationResponse("planted-code", None, None),
    TokenResponse("planted-access", "Bearer", 1, (), "planted-refresh", "planted-id"),
    ClientInformation("id", METADATA, "planted-secret", registration_access_token="planted-registration"),
)


@pytest.mark.parametrize("value", VALUES)
def test_secrets_stay_out_of_repr(value: "DataclassInstance") -> None:
    held = [getattr(value, one.name) for one in fields(value)]
    assert any("planted" in str(one) for one in held)
    assert "planted" not in repr(value)
