"""The route table of the plain endpoints: path, methods, handler, and the scheme that a 401 names."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from keyfob_server.endpoints.services import Services
from keyfob_server.rules.policy import Policy
from keyfob_server.web.asgi import Receive, Scope
from keyfob_server.web.discovery import ServerMetadataHandler, get_jwks
from keyfob_server.web.introspection import post_introspection
from keyfob_server.web.limits import Limits
from keyfob_server.web.registration import post_registration
from keyfob_server.web.registration_management import manage_registration, post_secret
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
    public: bool = False
    """The same for everybody, so that pages of any origin may read it."""
    store_only: bool = False
    """Until its first write the handler waits for nothing but what it reads in the store, and asks for no task."""


@dataclass(frozen=True, slots=True)
class FoundRoute:
    route: PlainRoute
    label: str
    """What the log may hold of the address."""
    at_once: bool = False
    """It answers, or comes to its first write, without waiting for anything."""


@dataclass(frozen=True, slots=True)
class ItemRoute:
    """One thing of a collection, at `{collection}/{id}`, or something of it below."""

    route: PlainRoute
    name: str
    """Of the id, in `path_params`."""
    label: str
    """What the log may hold of the address."""


ItemRoutes = Mapping[tuple[str, str], ItemRoute]
"""By the collection's path and what follows the id, empty for the thing itself."""

_ID = re.compile(r"[0-9A-Za-z_~-][0-9A-Za-z._~-]{0,2000}")


def find_item(items: ItemRoutes, path: str) -> tuple[ItemRoute, str] | None:
    """The route and the id; only for paths that are not exact routes, so those do not pay for it."""
    above, _, last = path.rpartition("/")
    collection, _, middle = above.rpartition("/")
    for key, found in (((above, ""), last), ((collection, last), middle)):
        item = items.get(key)
        if item is not None and last and _ID.fullmatch(found):
            return item, found
    return None


def plain_routes(policy: Policy, *, reads_at_once: bool) -> dict[str, FoundRoute]:
    """By path. `reads_at_once`: what the store reads is there without waiting."""
    paths = policy.paths
    metadata = PlainRoute(GET, ServerMetadataHandler(), public=True, store_only=True)
    keys = PlainRoute(GET, get_jwks, public=True, store_only=True)
    # what it fetches from elsewhere, it fetches in a task of its own
    registration = PlainRoute(("POST",), post_registration, store_only=True)
    routes = {
        f"{paths.issuer}/.well-known/openid-configuration": metadata,
        f"/.well-known/openid-configuration{paths.issuer}": metadata,
        f"/.well-known/oauth-authorization-server{paths.issuer}": metadata,
        f"{paths.issuer}/jwks": keys,
        paths.token: PlainRoute(("POST",), post_token, scheme="Basic", store_only=True),
        paths.introspect: PlainRoute(("POST",), post_introspection, scheme="Basic", store_only=True),
        paths.revoke: PlainRoute(("POST",), post_revocation, scheme="Basic", store_only=True),
        paths.userinfo: PlainRoute(("GET", "HEAD", "POST"), get_userinfo, store_only=True),
        paths.registration: registration,
        paths.registration_alias: registration,
    }
    return {path: FoundRoute(route, path, at_once=reads_at_once and route.store_only) for path, route in routes.items()}


def item_routes(policy: Policy) -> dict[tuple[str, str], ItemRoute]:
    paths = policy.paths
    one, secret = PlainRoute((*GET, "PUT", "DELETE"), manage_registration), PlainRoute(("POST",), post_secret)
    return {
        (collection, below): ItemRoute(route, "client_id", f"{collection}/{{client_id}}{below and '/' + below}")
        for collection in (paths.registration, paths.registration_alias)
        for below, route in (("", one), ("secret", secret))
    }
