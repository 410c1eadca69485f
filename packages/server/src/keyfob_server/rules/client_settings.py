"""What the operator decided for a static client, or for a template and with it for all of its instances.

A registrant sets none of these; metadata stays what RFC 7591 calls so.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """Lifetimes are seconds; None leaves what the policy says."""

    registration_client: bool = False
    """May obtain the scope `dcr` by the code flow."""
    initial_tokens: bool = False
    """May obtain the scope `dcr` by client credentials."""
    introspection_scopes: tuple[str, ...] = ()
    """May introspect access tokens that hold one of these: the scopes that this resource server guards."""
    templates: tuple[str, ...] = ()
    """Of a client that obtains `dcr`: the templates that may be registered with its tokens; empty: any."""
    any_loopback_port: bool = True
    """A loopback redirect URI matches with any port (RFC 8252 section 7.3)."""
    require_pkce: bool = True
    sector: str = ""
    """The sector of pairwise subjects (OpenID Connect Core section 8.1); empty: that of the redirect URIs."""
    allowed_authenticators: tuple[str, ...] = ()
    """Names of AUTHENTICATORS; empty: all."""
    cors_origins: tuple[str, ...] = ()
    refresh_tokens: bool = True
    access_token_lifetime_s: int | None = None
    id_token_lifetime_s: int | None = None
    refresh_idle_s: int | None = None
    refresh_absolute_s: int | None = None
    overridable: tuple[str, ...] = ()
    """Of a template: the members that an instance may set for itself, beside the instance members."""
    minimum_software_version: str = ""
    """Of a template: instances that say an older `software_version`, or none, are refused; empty: all are served."""
    any_user: bool = False
    """Of a template: somebody else than the owner may sign in through an instance."""
    named_by_settings: bool = False
    """Of a static client: the settings name it, and each start makes it what they say."""
