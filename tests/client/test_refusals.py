from typing import get_args

import pytest

from keyfob_client import errors
from keyfob_client.errors import TITLES, ClientError, ErrorAnswer, Fault, RegistrationLost, Stage
from keyfob_client.refusals import MAX_DESCRIPTION_LENGTH, error_answer, refusal

CLASSES = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, ClientError)]


@pytest.mark.parametrize("kind", CLASSES)
def test_every_error_says_whose_fault_it_is_and_what_to_do(kind: type[ClientError]) -> None:
    assert kind.fault in get_args(Fault)
    assert kind.advice.endswith(".")


def test_every_stage_has_a_title() -> None:
    assert set(TITLES) == set(get_args(Stage))


def test_an_error_is_told_in_one_line_with_the_servers_words() -> None:
    answer = error_answer("invalid_client", "the client is revoked", "revoked")
    assert str(refusal(answer, stage="refresh", instance=True)) == (
        "Refresh Token Error: The registration of this app on this device is revoked. "
        "(invalid_client: the client is revoked) Register this app again."
    )
    assert "(server_error)" in str(refusal(error_answer("server_error", "", None), stage="refresh", instance=True))


def test_the_servers_words_are_made_fit_to_show() -> None:
    told = error_answer("bad\r\n\x1b[2J", "a\u202eb" + "c" * 1000, None)
    assert told.error == "bad[2J"
    assert told.description == "ab" + "c" * (MAX_DESCRIPTION_LENGTH - 3)


@pytest.mark.parametrize(
    ("sent", "understood"),
    [
        (None, None),
        ("", None),
        ("revoked", "revoked"),
        ("inactive", "inactive"),
        ("Revoked", "inactive"),
        ("x", "inactive"),
    ],
)
def test_a_status_that_is_not_known_loses_nothing(sent: str | None, understood: str | None) -> None:
    assert error_answer("invalid_grant", "", sent).client_status == understood


def test_a_server_that_is_not_well_costs_nothing_whatever_else_it_says() -> None:
    for code in ("server_error", "temporarily_unavailable"):
        error = refusal(ErrorAnswer(code, "", "revoked"), stage="refresh", instance=True)
        assert not isinstance(error, RegistrationLost)
