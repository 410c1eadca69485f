"""What both transports agree on: where a request may go, how long it may take, how much may come back."""

from importlib.metadata import version

from keyfob_client.errors import ClientError, ConnectionFailed, InvalidConfiguration, ServerAnswerRefused
from keyfob_client.messages import HttpRequest
from keyfob_protocol.uris import web_uri_fault

CONNECT_TIMEOUT_S = 10.0
READ_TIMEOUT_S = 20.0
TOTAL_TIMEOUT_S = 60.0
MAX_RESPONSE_BYTES = 256 * 1024

USER_AGENT = ("User-Agent", f"keyfob-client/{version('keyfob-client')}")
# Compressed answers could grow past every limit in one step, so none are asked for and none are taken.
IDENTITY = ("Accept-Encoding", "identity")


def outgoing_headers(request: HttpRequest) -> list[tuple[str, str]]:
    """Raises InvalidConfiguration for a URL that is neither https nor http on this very machine."""
    if fault := web_uri_fault(request.url.partition("?")[0], ip_hosts=True):
        raise InvalidConfiguration(f"A request was not sent, since its address {fault}.", stage="connection")
    return [*request.headers, USER_AGENT, IDENTITY]


def check_encoding(content_encoding: str | None) -> None:
    if (content_encoding or "identity").lower() != "identity":
        raise ServerAnswerRefused("The server's answer is compressed, which was not asked for.", stage="connection")


def check_size(received: int) -> None:
    if received > MAX_RESPONSE_BYTES:
        raise ServerAnswerRefused(f"The server's answer is larger than {MAX_RESPONSE_BYTES} bytes.", stage="connection")


def too_slow() -> ConnectionFailed:
    return ConnectionFailed("The server took too long to answer.", stage="connection")


def connection_failed(error: Exception) -> ClientError:
    """Names the kind of failure, not its text, which may repeat what was sent."""
    return ConnectionFailed(f"The server cannot be reached ({type(error).__name__}).", stage="connection")
