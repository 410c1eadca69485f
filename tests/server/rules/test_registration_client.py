"""The registration client as the settings say it."""

from keyfob_server.rules.policy import RegistrationClientPolicy
from keyfob_server.rules.registration_client import registration_client


def test_without_a_redirect_uri_there_is_no_registration_client() -> None:
    assert registration_client(RegistrationClientPolicy()) is None


def test_the_registration_client_is_public_native_and_may_ask_for_dcr() -> None:
    client = registration_client(RegistrationClientPolicy(redirect_uris=("com.example.app:/cb",), name="Example"))
    assert client is not None
    assert client.registration_client
    assert client.metadata.token_endpoint_auth_method == "none"
    assert client.metadata.grant_types == ("authorization_code",)
    assert client.metadata.client_name == "Example"
    assert not client.secret_hash


def test_a_registration_client_without_a_name_has_none() -> None:
    client = registration_client(RegistrationClientPolicy(redirect_uris=("com.example.app:/cb",)))
    assert client is not None
    assert client.metadata.client_name == ""
