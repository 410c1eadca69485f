"""Reads a JSON answer of the server, or raises what its error means."""

from collections.abc import Mapping

from keyfob_client.errors import ServerAnswerRefused, ServerUnavailable, Stage
from keyfob_client.messages import HttpResponse
from keyfob_client.refusals import error_answer, refusal
from keyfob_protocol.json_document import JsonDocumentError, parse_json_object

_TOO_MANY_REQUESTS = 429
_SERVER_FAULTS = range(500, 600)
_LONGEST_WAIT_S = 86400


def answered_document(
    response: HttpResponse, *, status: int, stage: Stage, instance: bool = False
) -> dict[str, object]:
    """The object of an answer with exactly that status. Redirects and other successes are refused like nonsense.

    Raises ServerUnavailable, ServerAnswerRefused, or what `refusal` makes of an OAuth error.
    """
    if response.status == _TOO_MANY_REQUESTS or response.status in _SERVER_FAULTS:
        explanation = f"The server answered with status {response.status}."
        raise ServerUnavailable(explanation, stage=stage, retry_after_s=_retry_after_s(response))
    try:
        document = parse_json_object(response.body) if response.media_type == "application/json" else None
    except JsonDocumentError as error:
        raise ServerAnswerRefused(f"The server's answer cannot be read: {error}.", stage=stage) from error
    if document is not None and response.status == status:
        return document
    if document is not None and response.status in range(400, 500):
        _raise_oauth_error(document, stage=stage, instance=instance)
    explanation = f"The server answered with status {response.status}"
    raise ServerAnswerRefused(
        f"{explanation} and no JSON document." if document is None else f"{explanation}.", stage=stage
    )


def _raise_oauth_error(document: Mapping[str, object], *, stage: Stage, instance: bool) -> None:
    match document:
        case {"error": str(error)} if error:
            description, client_status = document.get("error_description"), document.get("client_status")
            answer = error_answer(
                error,
                description if isinstance(description, str) else "",
                client_status if isinstance(client_status, str) else None,
            )
            raise refusal(answer, stage=stage, instance=instance)
        case _:
            return


def _retry_after_s(response: HttpResponse) -> int | None:
    """Seconds (RFC 9110 section 10.2.3), a day at most. None for a date too: it needs a clock to be understood."""
    text = (response.header("retry-after") or "").strip()
    return min(int(text[:18]), _LONGEST_WAIT_S) if text.isascii() and text.isdecimal() else None
