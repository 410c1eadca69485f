from keyfob_server.outbound.exchange import trusted_authorities
from keyfob_server.outbound.fetch import GuardedFetcher
from keyfob_server.ports.world import Events
from keyfob_server.rules.outbound_addresses import outbound_rules
from keyfob_server.settings.outbound_settings import OutboundSettings


def open_fetcher(settings: OutboundSettings, events: Events) -> GuardedFetcher:
    """Raises CaFileUnusable."""
    return GuardedFetcher(
        outbound_rules(allowed_addresses=settings.allowed_addresses, allowed_ports=settings.allowed_ports),
        tls=trusted_authorities(settings.ca_file),
        events=events,
    )
