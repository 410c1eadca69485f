"""Rows to records and back: the border where the database's types end."""

from dataclasses import dataclass, field
from typing import Final

import msgspec

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.identifiers import AccountId, ClientId, GrantId, SessionId
from keyfob_server.ports.storage import StorageUnavailable
from keyfob_server.rules.records import (
    Account,
    Authentication,
    Client,
    Generations,
    Grant,
    GrantKey,
    Loaded,
    LoadedRegistration,
    NewInstance,
    Registration,
    RotatingSecret,
    Session,
    SigningKeyRecord,
)
from keyfob_server.rules.sign_in_record import SignInRecord
from keyfob_server.rules.summaries import InstanceSummary
from keyfob_server.rules.template_members import OwnMembers
from keyfob_server.storage.client_documents import client_of, limits_of, of_limits, templated_of, text_of
from keyfob_server.storage.executor import Row, SqlValue

_CLIENT: Final = slice(1, 20)
_ACCOUNT: Final = slice(20, 33)
_GRANT: Final = slice(33, 50)
_SESSION: Final = slice(50, 58)
_TOKEN_REVOKED: Final = 58
_CALLER: Final = slice(59, 78)

_authentication: Final = msgspec.json.Decoder(Authentication)
_names: Final = msgspec.json.Decoder(dict[str, str])


@dataclass(frozen=True, slots=True)
class _Summary:
    """The part of ClientMetadata that a list shows."""

    instance_name: str = ""
    instance_platform: str = ""
    names: dict[str, str] = field(default_factory=dict)


_summary: Final = msgspec.json.Decoder(_Summary)


def loaded_of(row: Row) -> Loaded:
    """The row of any text of `load_statements`.

    Raises StorageUnavailable when somebody left a document in it that cannot be read.
    """
    asked = len(row)
    try:
        client = None if row[1] is None else client_of(row[_CLIENT])
        if asked == _CLIENT.stop:
            return Loaded(row[0], client)
        account = None if row[_ACCOUNT.start] is None else account_of(row[_ACCOUNT])
        grant = None if row[_GRANT.start] is None else _grant_of(row[_GRANT])
        if asked == _GRANT.stop:
            return Loaded(row[0], client, account, grant)
        session = None if row[_SESSION.start] is None else _session_of(row[_SESSION])
        named = asked == _CALLER.stop and row[_CALLER.start] is not None
        caller = client_of(row[_CALLER]) if named else None
        return Loaded(row[0], client, account, grant, session, bool(row[_TOKEN_REVOKED]), caller)
    except msgspec.MsgspecError as error:
        raise StorageUnavailable(f"a stored document cannot be read: {error}") from error


def loaded_registration_of(row: Row) -> LoadedRegistration:
    """The row of LOAD_REGISTRATION; raises StorageUnavailable as `loaded_of`."""
    if row[1] is None:
        return LoadedRegistration(row[0], None)
    (
        token, expires_at, previous, previous_until, created, owner_status, idempotency, request, version, limits,
    ) = row[_CLIENT.stop :]  # fmt: skip
    try:
        client = client_of(row[_CLIENT])
        template, own = templated_of(row[_CLIENT], version)
    except msgspec.MsgspecError as error:
        raise StorageUnavailable(f"a stored document cannot be read: {error}") from error
    held = RotatingSecret(token, expires_at, previous, previous_until)
    registration = Registration(
        client, held, created, owner_status, idempotency, request, template, own, limits_of(limits)
    )
    return LoadedRegistration(row[0], registration)


def account_of(row: Row) -> Account:
    (key, user_name, status, generation, created, name, given, family, email, email_ok, phone, phone_ok, roles) = row
    return Account(
        AccountId(key), user_name, status, generation, created, name, given, family,
        email, bool(email_ok), phone, bool(phone_ok), tuple(roles.split()),
    )  # fmt: skip


def _grant_of(row: Row) -> Grant:
    return Grant(
        key=GrantKey(ClientId(row[0]), GrantId(row[1])),
        account_id=AccountId(row[2]),
        scope=tuple(row[3].split()),
        status=row[4],
        generation=row[5],
        access_generation=row[6],
        generations=Generations(client=row[7], account=row[8], template=row[9]),
        authentication=_authentication.decode(row[10]),
        salt=row[11],
        created=row[12],
        rotated_at=row[13],
        expires=row[14],
        refresh_counter=row[15],
        session_id=None if row[16] is None else SessionId(row[16]),
    )


def _session_of(row: Row) -> Session:
    key, account_id, generation, authentication, status, created, seen_at, expires = row
    return Session(
        SessionId(key), AccountId(account_id), generation, _authentication.decode(authentication),
        status, created, seen_at, expires,
    )  # fmt: skip


def sign_in_of(row: Row) -> SignInRecord:
    return SignInRecord(row[0], None if row[2] is None else account_of(row[2:]), row[1] or "")


def summary_of(row: Row) -> InstanceSummary:
    (
        client_id, attributes, user_name, status, reason, by, at, template, initial_client, scope, created, updated,
        last_used,
    ) = row  # fmt: skip
    try:
        shown = _summary.decode(attributes)
    except msgspec.DecodeError:
        # an administrator must be able to see, and to switch off, what cannot be read
        shown = _Summary()
    return InstanceSummary(
        client_id=ClientId(client_id),
        client_name=shown.names.get("client_name", ""),
        instance_name=shown.instance_name,
        instance_platform=shown.instance_platform,
        user_name=user_name,
        status=status,
        status_reason=reason,
        status_by=by,
        status_at=at,
        template=template,
        initial_client=initial_client,
        scope=scope,
        created=created,
        updated=updated,
        last_used=last_used,
    )


def signing_key_of(row: Row) -> SigningKeyRecord:
    kid, alg, public_jwk, wrapped, created, signs_from, retired_at, attributes = row
    return SigningKeyRecord(kid, alg, public_jwk, wrapped, created, signs_from, retired_at, _names.decode(attributes))


def of_account(account: Account) -> tuple[SqlValue, ...]:
    return (
        account.id, account.user_name, account.status, account.generation, account.created, account.name,
        account.given_name, account.family_name, account.email, account.email_verified, account.phone_number,
        account.phone_number_verified, " ".join(account.roles),
    )  # fmt: skip


def of_static_client(client: Client, now: int) -> tuple[SqlValue, ...]:
    return (
        client.client_id, client.secret_hash, client.secret_expires_at, text_of(client.metadata),
        text_of(client.settings), client.registration_client, client.any_loopback_port, client.status, now,
    )  # fmt: skip


def of_instance(instance: NewInstance) -> tuple[SqlValue, ...]:
    return (
        instance.client_id, instance.secret_hash, instance.created, instance.initial_client, instance.owner_name,
        *_of_registered(instance), instance.owner or "", instance.secret_expires_at,
        instance.registration_token_hash, instance.registration_token_expires_at, instance.template,
        instance.idempotency_hash, instance.idempotency_until, instance.request_hash, of_limits(instance.limits),
    )  # fmt: skip


def _of_registered(instance: NewInstance) -> tuple[SqlValue, ...]:
    """A template's instance repeats nothing of the template, or it would soon say what is not so."""
    if instance.template is None:
        return of_metadata(instance.metadata)
    return of_kept(instance.own_members)


def of_kept(kept: ClientMetadata | OwnMembers) -> tuple[SqlValue, ...]:
    """The metadata of an instance, or of a template's instance its own members."""
    return of_metadata(kept) if isinstance(kept, ClientMetadata) else (text_of(kept), "", "", "")


def of_metadata(metadata: ClientMetadata) -> tuple[SqlValue, ...]:
    """The document, and the columns that repeat parts of it for people."""
    return (
        text_of(metadata), " ".join(metadata.scope), " ".join(metadata.redirect_uris), " ".join(metadata.grant_types),
    )  # fmt: skip


def of_rotating(secret: RotatingSecret) -> tuple[SqlValue, ...]:
    return secret.hash, secret.expires_at, secret.previous_hash, secret.previous_until


def of_grant(grant: Grant) -> tuple[SqlValue, ...]:
    return (
        grant.key.client_id, grant.key.id, grant.account_id, " ".join(grant.scope), grant.status, grant.generation,
        grant.access_generation, grant.generations.client, grant.generations.account, grant.generations.template,
        json_of(grant.authentication), grant.salt, grant.created, grant.rotated_at, grant.expires,
        grant.refresh_counter, grant.session_id,
    )  # fmt: skip


def of_session(session: Session) -> tuple[SqlValue, ...]:
    return (
        session.id, session.account_id, session.account_generation, json_of(session.authentication), session.status,
        session.created, session.seen_at, session.expires,
    )  # fmt: skip


def of_signing_key(record: SigningKeyRecord) -> tuple[SqlValue, ...]:
    return (
        record.kid, record.alg, record.public_jwk, record.wrapped_private, record.created, record.signs_from,
        record.retired_at, json_of(record.attributes),
    )  # fmt: skip


def json_of(document: Authentication | dict[str, str]) -> str:
    return msgspec.json.encode(document).decode()
