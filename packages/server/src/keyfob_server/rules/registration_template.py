"""Which template a registration may use: the token's own, one that its client may hand out, or none at all."""

from keyfob_protocol.errors import InvalidClientMetadata
from keyfob_protocol.identifiers import ClientId
from keyfob_server.rules.initial_tokens import InitialToken
from keyfob_server.rules.policy import RegistrationPolicy
from keyfob_server.rules.templates import Template


def permitted_template(token: InitialToken, named: Template | None) -> Template | None:
    """`named` is the one that `software_id` names. None: plain metadata, in which `software_id` means nothing.

    A template that is there and may not be used is as one that is not there: nobody learns which templates exist.
    Raises InvalidClientMetadata when the token is for one template and this is not it.
    """
    if token.template is not None:
        if named is None or named.id != token.template:
            raise InvalidClientMetadata("software_id must name the template that the initial access token is for")
        return named
    return named if named is not None and is_handed_out(token.templates, named.id) else None


def is_handed_out(templates: tuple[str, ...], template: ClientId | None) -> bool:
    """Whether tokens that may choose among these, empty for any, register by this template; by none they always do."""
    return template is None or not templates or template in templates


def takes_kind(policy: RegistrationPolicy, *, templated: bool) -> bool:
    return policy.templatized if templated else policy.non_templatized


def check_kind(policy: RegistrationPolicy, template: Template | None) -> None:
    """Raises InvalidClientMetadata when registrations of this kind are not taken."""
    if takes_kind(policy, templated=template is not None):
        return
    if template is None:
        raise InvalidClientMetadata("software_id must name a template: other registrations are not accepted here")
    raise InvalidClientMetadata("software_id: registrations by a template are not accepted here")
