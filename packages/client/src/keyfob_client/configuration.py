"""The app's config.json: the five members that every such app has, and one that an app with a template has."""

from dataclasses import dataclass
from typing import ClassVar

from keyfob_client.errors import InvalidConfiguration
from keyfob_protocol.errors import InvalidScope
from keyfob_protocol.identifiers import ClientId, Issuer
from keyfob_protocol.json_document import JsonDocumentError, parse_json_object
from keyfob_protocol.scopes import parse_scope
from keyfob_protocol.uris import web_uri_fault


@dataclass(frozen=True, slots=True)
class AppConfiguration:
    MEMBERS: ClassVar[tuple[str, ...]] = (
        "issuer",
        "registrationClientID",
        "redirectUri",
        "postLogoutRedirectUri",
        "scope",
    )

    issuer: Issuer
    registration_client_id: ClientId
    redirect_uri: str
    post_logout_redirect_uri: str
    scope: tuple[str, ...]
    software_id: str = ""
    """`softwareID`: the template that this app's installs are registered by; empty: each says everything itself."""


def parse_app_configuration(text: bytes) -> AppConfiguration:
    """Raises InvalidConfiguration, naming the member. Unknown members are passed over."""
    try:
        document = parse_json_object(text)
    except JsonDocumentError as error:
        raise InvalidConfiguration(f"The configuration is no JSON object: {error}.", stage="configuration") from error
    values: dict[str, str] = {}
    for member in AppConfiguration.MEMBERS:
        value = document.get(member)
        if not isinstance(value, str) or not value:
            raise InvalidConfiguration(f"The configuration needs {member}, a string.", stage="configuration")
        values[member] = value
    software_id = document.get("softwareID", "")
    if not isinstance(software_id, str):
        raise InvalidConfiguration("The configuration's softwareID must be a string.", stage="configuration")
    try:
        scope = parse_scope(values["scope"])
    except InvalidScope as error:
        raise InvalidConfiguration(f"The configuration's scope: {error}.", stage="configuration") from error
    if fault := web_uri_fault(values["issuer"], ip_hosts=True):
        raise InvalidConfiguration(f"The configuration's issuer {fault}.", stage="configuration")
    return AppConfiguration(
        issuer=Issuer(values["issuer"]),
        registration_client_id=ClientId(values["registrationClientID"]),
        redirect_uri=values["redirectUri"],
        post_logout_redirect_uri=values["postLogoutRedirectUri"],
        scope=scope,
        software_id=software_id,
    )
