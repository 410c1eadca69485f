"""A registration whose answer is lost on the way is asked for again, in the same words and with the same key."""

from keyfob_client.auth_state import AuthState
from keyfob_client.errors import ClientError, ConnectionFailed
from keyfob_client.messages import HttpRequest, HttpResponse
from keyfob_client.registration import idempotency_key
from keyfob_client.steps import Want
from support_client import registered
from support_flows import RANDOM, Played, playing_register, server

LOST = ConnectionFailed("nobody answered", stage="registration")


def losing(address: str, times: int) -> tuple[Played[AuthState], list[HttpRequest]]:
    """The first so many answers of that address never arrive."""
    good, lost = server(), 0

    def respond(want: Want) -> HttpResponse | str | ClientError:
        nonlocal lost
        if isinstance(want, HttpRequest) and want.url.endswith(address) and lost < times:
            lost += 1
            return LOST
        return good(want)

    played = playing_register(respond)
    return played, [request for request in played.requests if request.url.endswith(address)]


def test_f4_a_lost_answer_is_asked_for_again_in_the_same_words() -> None:
    played, requests = losing("/register", 2)
    assert len(requests) == 3
    assert requests[0] == requests[1] == requests[2]
    assert played.result == registered()
    assert len(played.visits) == 1


def test_after_three_attempts_the_app_is_told() -> None:
    played, requests = losing("/register", 3)
    assert len(requests) == 3
    assert played.error is LOST
    assert played.saved == []


def test_a_code_is_never_sent_twice() -> None:
    played, requests = losing("/token", 1)
    assert len(requests) == 1
    assert played.error is LOST


def test_the_key_is_of_the_length_that_servers_take_and_another_one_for_other_bytes() -> None:
    _, (request,) = losing("/register", 0)
    sent = dict(request.headers)["Idempotency-Key"]
    assert sent == idempotency_key(RANDOM)
    assert 16 <= len(sent) <= 128
    assert sent != idempotency_key(RANDOM[:-1] + b"x")
