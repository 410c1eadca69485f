import pytest

from keyfob_protocol.errors import InvalidScope, UnauthorizedClient
from keyfob_server.rules.client_credentials import GiveAccess, GiveInitialToken, judge_client_credentials
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.records import Client
from support_records import client


def service(*scope: str, issues: bool = False, method: str = "client_secret_basic") -> Client:
    return client(
        kind="static",
        owner=None,
        metadata_scope=scope,
        metadata_token_endpoint_auth_method=method,
        settings=ClientSettings(initial_tokens=issues),
    )


@pytest.mark.parametrize(
    ("who", "asked", "verdict"),
    [
        (service("read", "write"), (), GiveAccess(("read", "write"))),
        (service("read", "write"), ("read",), GiveAccess(("read",))),
        (service("openid", "read"), (), GiveAccess(("read",))),
        (service(issues=True), (), GiveInitialToken()),
        (service(issues=True), ("dcr",), GiveInitialToken()),
        (service("read", issues=True), ("dcr",), GiveInitialToken()),
        (service("read", issues=True), (), GiveAccess(("read",))),
    ],
)
def test_a_client_gets_what_it_is_named_for(
    who: Client, asked: tuple[str, ...], verdict: GiveAccess | GiveInitialToken
) -> None:
    assert judge_client_credentials(who, asked) == verdict


@pytest.mark.parametrize(
    ("who", "asked"),
    [
        (service("read"), ("write",)),
        (service("openid", "read"), ("openid",)),
        (service("read"), ("dcr",)),
        (service("dcr"), ("dcr",)),
        (service("read", issues=True), ("dcr", "read")),
        (service(), ()),
        (service("openid"), ()),
    ],
)
def test_what_it_is_not_named_for_is_invalid_scope(who: Client, asked: tuple[str, ...]) -> None:
    with pytest.raises(InvalidScope):
        judge_client_credentials(who, asked)


@pytest.mark.parametrize("who", [service("read", method="none"), client(metadata_scope=("read",))])
def test_who_proves_nothing_and_every_instance_is_unauthorized(who: Client) -> None:
    with pytest.raises(UnauthorizedClient):
        judge_client_credentials(who, ())
