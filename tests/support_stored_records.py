"""Records with sensible contents, for tests that care for a part of them only."""

import hashlib

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.identifiers import AccountId, ClientId, GrantId, SessionId
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.consent import Consent
from keyfob_server.rules.records import (
    Account,
    Authentication,
    Client,
    Generations,
    Grant,
    GrantKey,
    NewInstance,
    Session,
    SigningKeyRecord,
)

METADATA = ClientMetadata(
    redirect_uris=("io.curity.dcrclient:/callback",),
    scope=("openid", "profile"),
    grant_types=("authorization_code", "refresh_token"),
    application_type="native",
    instance_name="Anna's phone",
    instance_platform="ios",
    default_max_age=300,
    names={"client_name": "Demo App", "client_name#fr": "Appli de démo"},
)

SIGNED_IN = Authentication(auth_time=900, acr="urn:example:password", amr=("pwd",))


def an_account(user_name: str = "anna", *, account_id: str = "", status: str = "active") -> Account:
    return Account(
        id=AccountId(account_id or f"account-of-{user_name}"),
        user_name=user_name,
        status=status,
        generation=1,
        created=1000,
        name="Anna Example",
        given_name="Anna",
        family_name="Example",
        email="anna@example.com",
        email_verified=True,
        phone_number="07711",
        roles=("support", "operator"),
    )


def an_instance(client_id: str = "instance-1", *, owner: str = "anna", created: int = 1000) -> NewInstance:
    return NewInstance(
        client_id=ClientId(client_id),
        metadata=METADATA,
        secret_hash="hash-of-secret",
        secret_expires_at=0,
        registration_token_hash="hash-of-registration-token",
        registration_token_expires_at=9000,
        initial_client=ClientId("registration-client"),
        owner=AccountId(f"account-of-{owner}"),
        owner_name=owner,
        created=created,
    )


def a_grant(
    grant_id: str = "grant-1",
    *,
    client_id: str = "instance-1",
    scope: tuple[str, ...] = ("openid", "profile"),
    created: int = 1000,
    session_id: str | None = None,
) -> Grant:
    """The salt follows from the id, so that the same grant is equal to itself in another process."""
    return Grant(
        key=GrantKey(ClientId(client_id), GrantId(grant_id)),
        account_id=AccountId("account-of-anna"),
        scope=scope,
        status="active",
        generation=1,
        access_generation=1,
        generations=Generations(client=1, account=1),
        authentication=SIGNED_IN,
        salt=hashlib.sha256(grant_id.encode()).digest()[:16],
        created=created,
        rotated_at=created,
        expires=created + 86400,
        session_id=None if session_id is None else SessionId(session_id),
    )


def a_session(session_id: str = "session-1", *, user_name: str = "anna") -> Session:
    return Session(
        id=SessionId(session_id),
        account_id=AccountId(f"account-of-{user_name}"),
        account_generation=1,
        authentication=SIGNED_IN,
        status="active",
        created=1000,
        seen_at=1000,
        expires=5000,
    )


def a_static_client(client_id: str = "registration-client", *, status: str = "active") -> Client:
    return Client(
        client_id=ClientId(client_id),
        kind="static",
        status=status,
        generation=1,
        metadata=METADATA,
        settings=ClientSettings(registration_client=True, any_loopback_port=False),
    )


def a_consent(client_id: str = "instance-1", *, user_name: str = "anna") -> Consent:
    """To a client without a template, as it is at first."""
    return Consent(
        account_id=AccountId(f"account-of-{user_name}"),
        client_id=ClientId(client_id),
        scope=("openid", "profile"),
        redirect_hash="5e",
        generations=Generations(client=1, account=1),
        created=1000,
        expires=1000 + 365 * 86400,
    )


def a_signing_key(kid: str = "key-1", *, created: int = 1000) -> SigningKeyRecord:
    return SigningKeyRecord(
        kid=kid,
        alg="RS256",
        public_jwk='{"kty":"RSA"}',
        wrapped_private=bytes(range(256)),
        created=created,
        signs_from=created + 86400,
        attributes={"root": "r1"},
    )
