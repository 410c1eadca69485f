"""A keyring service that fails now and then is asked again; one that always fails is not available."""

import pytest

from keyfob_client.stores.keyring_store import _repeated


def test_a_call_that_fails_twice_is_made_a_third_time() -> None:
    answers = iter([OSError("once"), OSError("twice"), "kept"])

    def call() -> object:
        answer = next(answers)
        if isinstance(answer, OSError):
            raise answer
        return answer

    assert _repeated(call) == "kept"


@pytest.mark.parametrize(("error", "calls"), [(OSError("away"), 3), (UnicodeDecodeError("utf-8", b"", 0, 1, "x"), 1)])
def test_what_always_fails_is_told(error: Exception, calls: int) -> None:
    made = []

    def call() -> None:
        made.append(1)
        raise error

    with pytest.raises(type(error)):
        _repeated(call)
    assert len(made) == calls
