"""What wrong credentials cost: 429 to who goes on with them, and nothing to who has the right ones (ADR 0020).

These credentials hold 256 random bits, so nothing is won by trying: the limits are about the noise and the work. Hence
the comparison comes first, and only a failure is counted or refused: nobody can lock out the device that has the right
secret, not even from behind the same address.
"""

from keyfob_protocol.errors import ProtocolError, TooManyRequests
from keyfob_server.endpoints.services import Services
from keyfob_server.rules.limits import Limit
from keyfob_server.rules.remote_address import RemoteAddress

_REFUSAL = "too many failed attempts; wait before the next"


def refuse_flood(services: Services, remote: RemoteAddress) -> None:
    """Before any work. Raises TooManyRequests for an address from which hardly anything right comes."""
    wait = services.limiter.peek(services.policy.limits.failures_from_address, remote.counted)
    if wait is not None:
        raise TooManyRequests(_REFUSAL, reason="flood of failures from an address", retry_after_s=wait)


def refuse_spent(services: Services, limit: Limit, key: str, remote: RemoteAddress) -> None:
    """For credentials that can never be right again. Raises TooManyRequests when they failed too often already."""
    wait = services.limiter.peek(limit, _from(key, remote))
    if wait is not None:
        raise TooManyRequests(_REFUSAL, reason=limit.name, retry_after_s=wait)


def failure(services: Services, limit: Limit, key: str, remote: RemoteAddress, error: ProtocolError) -> ProtocolError:
    """Count it for the key at this address; what to raise: the error, or TooManyRequests when there were too many."""
    if remote.counted:
        services.limiter.hit(services.policy.limits.failures_from_address, remote.counted)
    wait = services.limiter.hit(limit, _from(key, remote))
    if wait is None:
        return error
    return TooManyRequests(_REFUSAL, reason=f"{limit.name}: {error.reason}", retry_after_s=wait)


def _from(key: str, remote: RemoteAddress) -> str:
    return f"{remote.counted} {key}"
