"""The route table of the plain endpoints: path, methods, handler, and the scheme that a 401 names."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from keyfob_server.endpoints.services import Services
from keyfob_server.rules.policy import Policy
from keyfob_server.web.asgi import Receive, Scope
from keyfob_server.web.discovery import get_jwks, get_server_metadata
from keyfob_server.web.introspection import post_introspection
from keyfob_server.web.limits import Limits
from keyfob_server.web.registration import post_registration
from keyfob_server.web.revocation import post_revocation
from keyfob_server.web.token import post_token
from keyfob_server.web.userinfo import get_userinfo
from keyfob_server.web.write import Answer

Handler = Callable[[Services, Limits, Scope, Receive], Awaitable[Answer]]
GET = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class PlainRoute:
    methods: tuple[str, ...]
    handler: Handler
    scheme: str = "Bearer"


def plain_routes(policy: Policy) -> dict[str, PlainRoute]:
    paths = policy.paths
    metadata, keys = PlainRoute(GET, get_server_metadata), PlainRoute(GET, get_jwks)
    registration = PlainRoute(("POST",), post_registration)
    routes = {
        f"{paths.issuer}/.well-known/openid-configuration": metadata,
        f"/.well-known/openid-configuration{paths.issuer}": metadata,
        f"/.well-known/oauth-authorization-server{paths.issuer}": metadata,
        f"{paths.issuer}/jwks": keys,
        paths.token: PlainRoute(("POST",), post_token, scheme="Basic"),
        paths.introspect: PlainRoute(("POST",), post_introspection, scheme="Basic"),
        paths.revoke: PlainRoute(("POST",), post_revocation, scheme="Basic"),
        paths.userinfo: PlainRoute(("GET", "HEAD", "POST"), get_userinfo),
    }
    if policy.registration.enabled:
        routes |= {paths.registration: registration, paths.registration_alias: registration}
    return routes
