"""The sector of pairwise subjects: the host of a document that names every redirect URI of a client.

Clients of one sector get the same subject for a person, so a client must show that it belongs to the sector (OpenID
Connect Core section 8.1, OpenID Connect Registration section 5).
"""

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.errors import InvalidClientMetadata
from keyfob_protocol.json_document import JsonDocumentError, parse_json_array
from keyfob_protocol.uris import split_uri
from keyfob_server.ports.fetching import Fetched, Fetcher, FetchFailed, FetchRefused
from keyfob_server.rules.outbound_addresses import uri_fault

MEMBER = "sector_identifier_uri"
JSON = "application/json"


async def check_named_sector(fetcher: Fetcher, metadata: ClientMetadata) -> None:
    """What `check_sector` asks, when the metadata names a document at all."""
    if metadata.sector_identifier_uri:
        await check_sector(fetcher, metadata.sector_identifier_uri, metadata.redirect_uris)


async def check_sector(fetcher: Fetcher, uri: str, redirect_uris: tuple[str, ...]) -> str:
    """The sector. Raises InvalidClientMetadata unless the document is fetched and lists all of `redirect_uris`."""
    parts = split_uri(uri)
    fault = uri_fault(uri)
    if fault or parts is None:
        raise InvalidClientMetadata(f"{MEMBER} {fault}")
    try:
        fetched = await fetcher.fetch(uri)
    except (FetchRefused, FetchFailed) as error:
        # Why not tells what can be reached from here, so only the log hears it.
        raise InvalidClientMetadata(f"{MEMBER} cannot be fetched", reason=f"{MEMBER}: {error.reason}") from None
    listed = _listed(fetched)
    if any(redirect_uri not in listed for redirect_uri in redirect_uris):
        raise InvalidClientMetadata(f"{MEMBER} does not list every one of redirect_uris")
    return parts.host


def _listed(fetched: Fetched) -> frozenset[str]:
    if fetched.media_type != JSON:
        raise InvalidClientMetadata(f"{MEMBER} must lead to a document of the type {JSON}")
    try:
        entries = parse_json_array(fetched.body)
    except JsonDocumentError as error:
        raise InvalidClientMetadata(f"{MEMBER} must lead to a JSON array", reason=f"{MEMBER}: {error}") from None
    if not all(isinstance(entry, str) for entry in entries):
        raise InvalidClientMetadata(f"{MEMBER} must lead to a JSON array of strings")
    return frozenset(map(str, entries))
