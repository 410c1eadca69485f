import pytest

from keyfob_protocol import errors
from keyfob_protocol.errors import InvalidClient, InvalidGrant, ProtocolError, ServerError, TooManyRequests

ALL = [value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, ProtocolError)]


@pytest.mark.parametrize("error", ALL)
def test_a_document_holds_the_code_and_what_the_peer_may_see(error: type[ProtocolError]) -> None:
    raised = error("told", reason="kept for the log")
    assert raised.document() == {"error": error.code, "error_description": "told"}
    assert raised.reason == "kept for the log"


def test_without_a_description_only_the_code_is_told() -> None:
    assert ServerError().document() == {"error": "server_error"}


def test_without_a_reason_the_log_gets_the_description() -> None:
    assert InvalidGrant("expired").reason == "expired"


def test_the_state_of_the_client_is_told_when_there_is_one() -> None:
    assert InvalidClient("suspended", client_status="inactive").document()["client_status"] == "inactive"


@pytest.mark.parametrize("error", ALL)
def test_each_class_is_named_after_its_code(error: type[ProtocolError]) -> None:
    if error.__name__ in {"ProtocolError", "MissingToken", "TooManyRequests", "IdempotencyKeyReused"}:
        return
    camel = "".join(part.capitalize() for part in error.code.split("_"))
    assert error.__name__ == camel


def test_too_many_requests_is_429_with_the_code_of_an_overload_and_the_wait() -> None:
    error = TooManyRequests("slow down", retry_after_s=7)
    assert (error.status, error.code, error.retry_after_s) == (429, "temporarily_unavailable", 7)
