"""A value in a traceback or a debug line shows none of its secrets."""

from dataclasses import fields

import pytest

from keyfob_protocol.client_information import ClientInformation, ClientMetadata
from keyfob_protocol.token_response import TokenResponse

METADATA = ClientMetadata(redirect_uris=(), scope=())
VALUES = (
    TokenResponse("planted-access", "Bearer", 1, (), "planted-refresh", "planted-id"),
    ClientInformation("id", METADATA, "planted-secret", registration_access_token="planted-registration"),
)


@pytest.mark.parametrize("value", VALUES)
def test_secrets_stay_out_of_repr(value: TokenResponse | ClientInformation) -> None:
    held = [getattr(value, one.name) for one in fields(value)]
    assert any("planted" in str(one) for one in held)
    assert "planted" not in repr(value)
