"""What the commands of clients, templates and initial tokens work with."""

from keyfob_protocol.identifiers import ClientId
from keyfob_server.composition.administration import Administration
from keyfob_server.composition.keys import load_incarnation, load_roots
from keyfob_server.crypto.entropy import SystemEntropy
from keyfob_server.crypto.live_keys import root_keys_of
from keyfob_server.crypto.secrets import HmacSecretHasher
from keyfob_server.endpoints.initial_tokens import TokenIssuer
from keyfob_server.endpoints.static_clients import ClientTools
from keyfob_server.rules.admin_client import ADMIN_CLIENT_ID
from keyfob_server.rules.configured_clients import ClientRules
from keyfob_server.rules.devices import DEVICES_CLIENT_ID
from keyfob_server.rules.policy import Policy
from keyfob_server.settings import Settings


def client_rules(policy: Policy) -> ClientRules:
    named = {ADMIN_CLIENT_ID, DEVICES_CLIENT_ID}
    if policy.registration_client.redirect_uris:
        named.add(ClientId(policy.registration_client.id))
    return ClientRules(frozenset(named), policy.authenticators)


def client_tools(tools: Administration, settings: Settings) -> ClientTools:
    """Raises KeyFileUnusable."""
    hasher = HmacSecretHasher(load_roots(settings))
    return ClientTools(tools.store.static_clients, hasher, SystemEntropy(), client_rules(settings.policy))


async def token_issuer(tools: Administration, settings: Settings) -> TokenIssuer:
    """Raises KeyFileUnusable, StorageUnavailable."""
    entropy = SystemEntropy()
    incarnation = await load_incarnation(tools.store, entropy)
    keys = root_keys_of(load_roots(settings), issuer=settings.policy.issuer, incarnation=incarnation, entropy=entropy)
    return TokenIssuer(tools.store.initial_tokens, tools.store.templates, tools.store, keys.sealer, entropy)
