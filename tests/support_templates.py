"""Templates for tests: one as an operator would make it, and what is done to it."""

from dataclasses import replace
from typing import Any

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.identifiers import ClientId
from keyfob_server.endpoints.templates import TemplateApplied, TemplateTools, apply_template
from keyfob_server.ports.storage import Store
from keyfob_server.rules.acts import Act
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.policy import PASSWORD_ACR, authenticator_names
from keyfob_server.rules.records import NewInstance
from keyfob_server.rules.template_changes import TemplateDefinition
from keyfob_server.rules.template_members import laid_over
from support_stored_records import an_instance

APP = ClientId("mobile-dcr-template-client")
ACT = Act(by="operator", reason="a reason", origin="192.0.2.7")
SHARED = ClientMetadata(
    redirect_uris=("io.curity.dcrclient:/callback",),
    scope=("openid", "profile"),
    grant_types=("authorization_code", "refresh_token"),
    application_type="native",
    post_logout_redirect_uris=("io.curity.dcrclient:/logoutcallback",),
    software_id=APP,
    names={"client_name": "The App", "client_name#fr": "L'appli"},
)
TEMPLATE = TemplateDefinition(APP, SHARED)


def tools_of(store: Store) -> TemplateTools:
    """As of an installation whose settings say nothing of signing in."""
    return TemplateTools(store.templates, authenticator_names(PASSWORD_ACR))


def template(settings: ClientSettings | None = None, **changes: Any) -> TemplateDefinition:
    """`changes` are members of the metadata."""
    return TemplateDefinition(APP, replace(SHARED, **changes), settings or ClientSettings())


async def applied(store: Store, definition: TemplateDefinition = TEMPLATE, *, act: Act = ACT) -> TemplateApplied:
    done = await apply_template(tools_of(store), definition, act=act)
    assert isinstance(done, TemplateApplied), done
    return done


def an_instance_of(definition: TemplateDefinition, client_id: str = "instance-1", **own: object) -> NewInstance:
    """As registration makes it; `own` are its own members."""
    metadata = laid_over(definition.metadata, own, definition.settings)
    return replace(an_instance(client_id), metadata=metadata, template=definition.id, own_members=own)
