"""Resource indicators (RFC 8707 section 2)."""

from keyfob_protocol.errors import InvalidTarget
from keyfob_protocol.uris import character_fault, split_uri

MAX_RESOURCES = 10
MAX_RESOURCE_LENGTH = 2000


def check_resources(resource: tuple[str, ...]) -> None:
    """Each must be an absolute URI without a fragment. Raises InvalidTarget."""
    if len(resource) > MAX_RESOURCES:
        raise InvalidTarget(f"more than {MAX_RESOURCES} resources")
    for uri in resource:
        fits = len(uri) <= MAX_RESOURCE_LENGTH and "#" not in uri and split_uri(uri) is not None
        if not fits or character_fault(uri):
            raise InvalidTarget("resource must be an absolute URI without a fragment")
