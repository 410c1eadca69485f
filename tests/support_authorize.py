"""What a browser gets from the authorization endpoint, in forms that tests compare; and clients of every kind."""

from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any, Final, Literal

import httpx

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.identifiers import ClientId
from keyfob_server.endpoints.issue import CLIENT_SECRET
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.records import ACTIVE, Client
from support_app import REDIRECT, Browser, Instance, Keyfob, Pkce, answer_of
from support_sql import Row, records, rows

ERROR_PAGE: Final = (400, "text/html; charset=utf-8", None, None)
SIGN_IN_PAGE: Final = (200, "text/html; charset=utf-8", None)
KINDS: Final = ("registration client", "instance", "public instance", "static", "confidential static")
_ADDRESSES: Final = {"href", "src", "srcset", "action", "formaction", "data", "poster", "cite", "background", "ping"}


def page(answer: httpx.Response) -> tuple[int, str | None, str | None, str | None]:
    """Status, media type, and the two headers that a refusal must not have."""
    headers = answer.headers
    return answer.status_code, headers.get("content-type"), headers.get("location"), headers.get("set-cookie")


def error_of(answer: httpx.Response, redirect_uri: str = REDIRECT) -> str:
    """The `error` of an authorization response that went to `redirect_uri`, and holds no code."""
    parameters = answer_of(answer)
    assert answer.headers["location"].startswith(f"{redirect_uri}?"), answer.headers["location"]
    assert "code" not in parameters
    assert "set-cookie" not in answer.headers
    return parameters["error"]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.elements: list[tuple[str, ...]] = []
        self.values: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, *(name for name, _ in attrs)))
        facts = dict(attrs)
        self.values[facts.get("name") or ""] = facts.get("value") or ""
        self.found += [value or "" for name, value in attrs if name in _ADDRESSES]
        self.found += [value or "" for name, value in attrs if name == "http-equiv"]


def _read(answer: httpx.Response) -> _Reader:
    reader = _Reader()
    reader.feed(answer.text)
    return reader


def links(answer: httpx.Response) -> list[str]:
    """Every address that the page would load, lead to or post to; nothing of it may be a script."""
    reader = _read(answer)
    tags = {element[0] for element in reader.elements}
    assert not tags & {"script", "style", "iframe", "object", "embed", "base"}, answer.text
    return reader.found


def elements(answer: httpx.Response) -> list[tuple[str, ...]]:
    """The tags of a page in their order, each with the names of its attributes."""
    return _read(answer).elements


def field_values(answer: httpx.Response) -> dict[str, str]:
    """What stands in the fields of the page's form, by name."""
    return _read(answer).values


def stored(keyfob: Keyfob) -> dict[str, list[Row]]:
    """All that a refused authorization request must leave as it is; when a session was last seen may move on."""
    sessions = "select id, account_id, account_generation, authentication, status, created, expires from sessions"
    return records(keyfob.database) | {"sessions": rows(keyfob.database, f"{sessions} order by 1")}


def signed_in(keyfob: Keyfob, instance: Instance, **changes: str) -> Browser:
    """The browser of the instance's owner, who has just given the password."""
    browser = keyfob.browser()
    answer_of(browser.sign_in(keyfob.authorize(browser, Pkce(), client_id=instance.client_id, **changes)))
    return browser


def static_client(
    keyfob: Keyfob,
    client_id: str,
    *,
    redirect_uris: Sequence[str] = (REDIRECT,),
    post_logout_redirect_uris: Sequence[str] = (),
    secret: str = "",
    application_type: Literal["native", "web"] = "native",
    any_loopback_port: bool = True,
    settings: ClientSettings | None = None,
    **metadata: Any,
) -> Instance:
    """A client as an operator could have put it, judged by nobody."""
    services = keyfob.installation.services
    client = Client(
        client_id=ClientId(client_id),
        kind="static",
        status=ACTIVE,
        generation=1,
        metadata=replace(
            ClientMetadata(
                redirect_uris=tuple(redirect_uris),
                post_logout_redirect_uris=tuple(post_logout_redirect_uris),
                scope=("openid", "profile", "email"),
                grant_types=("authorization_code", "refresh_token"),
                application_type=application_type,
                token_endpoint_auth_method="client_secret_basic" if secret else "none",
            ),
            **metadata,
        ),
        secret_hash=services.hasher.hash(CLIENT_SECRET, secret) if secret else "",
        settings=settings or ClientSettings(any_loopback_port=any_loopback_port),
    )
    keyfob.run(keyfob.installation.store.put_static_client(client, now=keyfob.clock.now))
    return Instance(client_id, secret, {})


def client_of_kind(keyfob: Keyfob, kind: str) -> tuple[str, str]:
    """The id of a client of one of `KINDS`, and a scope that it may have."""
    match kind:
        case "registration client":
            return "mobile-dcr-client", "dcr"
        case "instance":
            return keyfob.new_instance().client_id, "openid"
        case "public instance":
            return keyfob.new_instance(token_endpoint_auth_method="none").client_id, "openid"
        case "static":
            return static_client(keyfob, "a-static-client").client_id, "openid"
        case _:
            return static_client(keyfob, "a-static-client-with-a-secret", secret="s" * 43).client_id, "openid"
