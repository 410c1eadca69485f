"""Signing in to the admin pages: authorization code flow with PKCE, at the server's own public pages."""

import hmac
from dataclasses import dataclass, field
from typing import Final, assert_never

from keyfob_protocol.identifiers import SessionId
from keyfob_protocol.parameters import Parameters, encode_parameters
from keyfob_protocol.pkce import challenge_of
from keyfob_server.endpoints.admin_services import AdminServices
from keyfob_server.endpoints.services import Services
from keyfob_server.rules.admin_client import ADMIN_CLIENT_ID, AdminAddress
from keyfob_server.rules.admin_sign_in import AdminSignInClaims, own_return
from keyfob_server.rules.administrators import ABSOLUTE_S, IDLE_S, RECENT_PASSWORD_S, SIGN_IN_S, act_of, role_of
from keyfob_server.rules.code import Mismatch, Redeem, Replayed, judge
from keyfob_server.rules.records import ACTIVE, REVOKED, Account, Grant, Loaded, Session
from keyfob_server.rules.sealed_claims import CodeClaims
from keyfob_server.rules.sessions import (
    admin_session_id_of,
    code_verifier_of,
    cookie_from,
    sign_in_hash_of,
)

MAX_RETURN: Final = 2000


@dataclass(frozen=True, slots=True)
class SignInBegun:
    uri: str
    """The authorization request."""
    cookie: str = field(repr=False)
    """For this sign-in alone."""


@dataclass(frozen=True, slots=True)
class AdministratorSignedIn:
    session_cookie: str = field(repr=False)
    return_to: str


@dataclass(frozen=True, slots=True)
class NoAdministrator:
    """The person proved who they are, and has no administrator's role."""

    account: Account


@dataclass(frozen=True, slots=True)
class SignInRefused:
    """Nothing was changed; the person can begin again."""

    reason: str
    """For the log."""
    cancelled: bool = False


async def begin_sign_in(
    services: Services,
    address: AdminAddress,
    *,
    return_to: str,
    password_again: bool = False,
    switch: bool = False,
    signed_out: bool = False,
) -> SignInBegun:
    """`password_again`: unless it was given within the last minutes; `switch`: as whom is asked in any case;
    `signed_out`: somebody left here, so whoever comes gives a password.
    """
    cookie = cookie_from(services.entropy.bytes(32))
    now = (await services.store.load()).now
    path = own_return(return_to)
    max_age = RECENT_PASSWORD_S if password_again else IDLE_S
    claims = AdminSignInClaims(
        cookie_hash=sign_in_hash_of(cookie) or "",
        return_to=path if len(path) <= MAX_RETURN else "/admin",
        expires_at=now + SIGN_IN_S,
        password_since=now if signed_out else now - max_age,
    )
    pairs = [
        ("response_type", "code"),
        ("client_id", ADMIN_CLIENT_ID),
        ("redirect_uri", address.callback),
        ("scope", "openid"),
        ("state", services.sealer.seal(AdminSignInClaims.PURPOSE, claims.encode(), now=now)),
        ("code_challenge", challenge_of(code_verifier_of(cookie))),
        ("code_challenge_method", "S256"),
        # whoever was away for longer gives the password again, though single sign-on would let them in
        ("max_age", str(max_age)),
    ]
    if switch or signed_out:
        pairs.append(("prompt", "select_account" if switch else "login"))
    policy = services.policy
    return SignInBegun(f"{policy.base_url}{policy.paths.authorize}?{encode_parameters(pairs)}", cookie)


async def finish_sign_in(
    admin: AdminServices, parameters: Parameters, *, cookie: str | None, replaces: SessionId | None, origin: str
) -> AdministratorSignedIn | NoAdministrator | SignInRefused:
    """The answer of the authorization endpoint came, to the network address `origin`.

    `replaces` is the session that the browser had until now. Raises StorageUnavailable.
    """
    services = admin.services
    opened = _opened(services, parameters, cookie)
    if isinstance(opened, SignInRefused):
        return opened
    state, code = opened
    loaded = await services.store.load(client_id=ADMIN_CLIENT_ID, account_id=code.account_id, grant=code.grant_key)
    if state.expires_at <= loaded.now:
        return SignInRefused("took too long")
    verdict = judge(
        code,
        loaded,
        client_id=ADMIN_CLIENT_ID,
        redirect_uri=admin.address.callback,
        code_verifier=code_verifier_of(cookie or ""),
    )
    match verdict:
        case Mismatch(reason):
            return SignInRefused(reason)
        case Replayed():
            return SignInRefused("code replayed")
        case Redeem():
            # what the request asked for passed through the browser (OpenID Connect Core section 3.1.3.7)
            if code.authentication.auth_time < state.password_since:
                return SignInRefused("the password was given too long ago")
            return await _sign_in(admin, code, loaded, return_to=state.return_to, replaces=replaces, origin=origin)
        case _:
            assert_never(verdict)


def _opened(
    services: Services, parameters: Parameters, cookie: str | None
) -> tuple[AdminSignInClaims, CodeClaims] | SignInRefused:
    """What the answer brought, when it belongs to a sign-in that this browser began."""
    payload = services.sealer.open(AdminSignInClaims.PURPOSE, parameters.get("state") or "")
    if payload is None or cookie is None:
        return SignInRefused("no state of ours, or no cookie")
    state = AdminSignInClaims.decode(payload)
    if not hmac.compare_digest(state.cookie_hash, sign_in_hash_of(cookie) or ""):
        return SignInRefused("begun in another browser")
    if parameters.get("iss") != services.policy.issuer or parameters.repeated():
        return SignInRefused("not an answer of this server")
    if error := parameters.get("error"):
        return SignInRefused(error, cancelled=error == "access_denied")
    code = services.sealer.open(CodeClaims.PURPOSE, parameters.get("code") or "")
    return SignInRefused("not a code of ours") if code is None else (state, CodeClaims.decode(code))


async def _sign_in(
    admin: AdminServices, code: CodeClaims, loaded: Loaded, *, return_to: str, replaces: SessionId | None, origin: str
) -> AdministratorSignedIn | NoAdministrator | SignInRefused:
    services, account, now = admin.services, loaded.account, loaded.now
    if account is None:
        return SignInRefused("unknown account")
    if not await services.store.add_grant(_spent(services, code, now)):
        return SignInRefused("code replayed")
    role = role_of(account)
    if role is None:
        services.events.emit("admin.refused", account_id=account.id, reason="no administrator's role")
        return NoAdministrator(account)
    cookie = cookie_from(services.entropy.bytes(32))
    session_id = admin_session_id_of(cookie)
    if session_id is None:
        raise AssertionError("a fresh cookie has the form of a cookie")
    await admin.store.account_acts.add_administrator_session(
        Session(
            id=session_id,
            account_id=account.id,
            account_generation=code.generations.account,
            authentication=code.authentication,
            status=ACTIVE,
            created=now,
            seen_at=now,
            expires=now + ABSOLUTE_S,
        ),
        user_name=account.user_name,
        role=role,
        replaces=replaces,
        act=act_of(account, origin=origin),
    )
    services.events.emit("admin.signed_in", account_id=account.id)
    return AdministratorSignedIn(cookie, own_return(return_to))


def _spent(services: Services, code: CodeClaims, now: int) -> Grant:
    """Dead from the first: its row says that the code was used, and no token is ever made from it."""
    return Grant(
        key=code.grant_key,
        account_id=code.account_id,
        scope=code.scope,
        status=REVOKED,
        generation=1,
        access_generation=1,
        generations=code.generations,
        authentication=code.authentication,
        salt=services.entropy.bytes(16),
        created=now,
        rotated_at=now,
        expires=code.expires_at,
        session_id=code.session_id,
    )
