"""Where the answer to an authorization request may travel."""

from dataclasses import dataclass

from keyfob_protocol.redirect_uris import redirect_uri_kind, redirect_uri_matches
from keyfob_server.rules.policy import Policy
from keyfob_server.rules.records import DELETED, EXPIRED, Client
from keyfob_server.rules.templates import MISSING


@dataclass(frozen=True, slots=True)
class RedirectTarget:
    """A redirect URI that belongs to a known client: the proof that a response may be sent there."""

    uri: str
    stated: bool
    """The request named it; the token request must then repeat it."""
    open_before_sign_in: bool
    """Errors may travel there though nobody has signed in (RFC 9700 section 4.11.2)."""
    registered: str
    """The registered URI that it matched: of a loopback one the port may differ."""

    def takes_form_post(self) -> bool:
        """Whether a browser can post a form there: not to a private-use scheme, which opens an app by its address."""
        return redirect_uri_kind(self.uri) != "private-use"


def resolve_redirect(client: Client, presented: str | None, policy: Policy) -> RedirectTarget | None:
    """Where the response goes; None when that is not certain, and then nothing is ever redirected."""
    registered = client.metadata.redirect_uris
    if presented is None and len(registered) != 1:
        return None
    wanted = registered[0] if presented is None else presented
    localhost = policy.registration.localhost_is_loopback
    any_port = client.any_loopback_port and client.metadata.application_type == "native"
    for uri in registered:
        if redirect_uri_matches(uri, wanted, any_loopback_port=any_port, localhost_is_loopback=localhost):
            opened = _open(client, wanted)
            return RedirectTarget(wanted, stated=presented is not None, open_before_sign_in=opened, registered=uri)
    return None


def _open(client: Client, uri: str) -> bool:
    return client.kind == "static" or redirect_uri_kind(uri) != "https" or _is_the_templates(client)


def _is_the_templates(client: Client) -> bool:
    """Whether an operator listed the instance's redirect URIs: all of them, while the template leaves none to it and is
    what they are read from.
    """
    link = client.template
    live = link is not None and link.status != MISSING and client.status not in {DELETED, EXPIRED}
    return live and "redirect_uris" not in client.settings.overridable
