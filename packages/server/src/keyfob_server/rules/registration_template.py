"""Which template a registration may use: the token's own, one that its client may hand out, or none at all."""

from keyfob_protocol.errors import InvalidClientMetadata
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
    if named is None or (token.templates and named.id not in token.templates):
        return None
    return named


def check_kind(policy: RegistrationPolicy, template: Template | None) -> None:
    """Raises InvalidClientMetadata when registrations of this kind are not taken."""
    if template is None and not policy.non_templatized:
        raise InvalidClientMetadata("software_id must name a template: other registrations are not accepted here")
    if template is not None and not policy.templatized:
        raise InvalidClientMetadata("software_id: registrations by a template are not accepted here")
