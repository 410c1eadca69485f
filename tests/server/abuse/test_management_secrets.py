"""Rotating the secret of a registration, with and without an overlap."""

import pytest

from support_app import Instance, Keyfob
from support_management import Managed, managed
from support_sql import RECORDS, records, rows

DAY = 86400


@pytest.fixture
def mine(keyfob: Keyfob) -> Managed:
    return managed(keyfob)


def works(keyfob: Keyfob, mine: Managed, secret: str) -> bool:
    """Whether a client authenticates with it: then it is told that its refresh token is none."""
    answer = keyfob.refresh(Instance(mine.instance.client_id, secret, {}), "junk")
    assert (answer.status_code, answer.json()["error"]) in {(400, "invalid_grant"), (401, "invalid_client")}
    return answer.status_code == 400


def test_a_rotation_answers_with_a_new_secret_and_the_same_token(keyfob: Keyfob, mine: Managed) -> None:
    answer = mine.rotate_secret()
    document = answer.json()
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert document == {**mine.instance.document, "client_secret": document["client_secret"]}
    assert document["client_secret"] != mine.instance.client_secret
    assert len(document["client_secret"]) == 43
    assert works(keyfob, mine, document["client_secret"])


def test_g5_the_old_secret_works_until_the_new_one_is_first_used(keyfob: Keyfob, mine: Managed) -> None:
    new = mine.rotate_secret().json()["client_secret"]
    assert works(keyfob, mine, mine.instance.client_secret)
    assert works(keyfob, mine, mine.instance.client_secret)
    assert works(keyfob, mine, new)
    assert not works(keyfob, mine, mine.instance.client_secret)
    assert works(keyfob, mine, new)


def test_g5_the_old_secret_works_a_day_at_most_however_often_it_is_rotated(keyfob: Keyfob, mine: Managed) -> None:
    first = mine.rotate_secret().json()["client_secret"]
    keyfob.clock.forward(DAY - 1)
    second = mine.rotate_secret().json()["client_secret"]
    assert works(keyfob, mine, mine.instance.client_secret)
    keyfob.clock.forward(1)
    assert not works(keyfob, mine, mine.instance.client_secret)
    assert not works(keyfob, mine, first)
    assert works(keyfob, mine, second)


def test_revoke_old_leaves_no_overlap_not_even_one_that_runs(keyfob: Keyfob, mine: Managed) -> None:
    lost = mine.rotate_secret().json()["client_secret"]
    new = mine.rotate_secret(revoke_old="true").json()["client_secret"]
    assert not works(keyfob, mine, mine.instance.client_secret)
    assert not works(keyfob, mine, lost)
    assert works(keyfob, mine, new)


def test_a_wrong_secret_does_not_end_an_overlap(keyfob: Keyfob, mine: Managed) -> None:
    mine.rotate_secret()
    assert not works(keyfob, mine, "x" * 43)
    assert works(keyfob, mine, mine.instance.client_secret)


def test_tokens_live_on_when_the_secret_changes(keyfob: Keyfob, mine: Managed) -> None:
    tokens = keyfob.tokens(mine.instance)
    new = mine.rotate_secret(revoke_old="true").json()["client_secret"]
    assert keyfob.userinfo(tokens.access_token).status_code == 200
    assert keyfob.refresh(Instance(mine.instance.client_id, new, {}), tokens.refresh_token).status_code == 200


@pytest.mark.parametrize("form", [{"revoke_old": "yes"}, {"revoke_old": "TRUE"}, {"revoke_old": "1"}], ids=str)
def test_any_other_value_of_revoke_old_is_invalid_request(keyfob: Keyfob, mine: Managed, form: dict[str, str]) -> None:
    before = records(keyfob.database)
    answer = mine.rotate_secret(**form)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert records(keyfob.database) == before


def test_a_repeated_parameter_is_invalid_request(keyfob: Keyfob, mine: Managed) -> None:
    headers = {"authorization": f"Bearer {mine.token}", "content-type": "application/x-www-form-urlencoded"}
    body = "revoke_old=true&revoke_old=false"
    answer = keyfob.request("POST", f"{mine.path}/secret", content=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_what_is_wrong_with_the_form_is_told_after_a_bad_token(keyfob: Keyfob, mine: Managed) -> None:
    def refused(token: str) -> tuple[int, str]:
        headers = {"authorization": f"Bearer {token}", "content-type": "text/plain"}
        answer = keyfob.request("POST", f"{mine.path}/secret", content=b"revoke_old=true", headers=headers)
        return answer.status_code, answer.json()["error"]

    assert refused(mine.token) == (400, "invalid_request")
    assert refused("x") == (401, "invalid_token")


def test_a_public_client_has_no_secret_to_rotate(keyfob: Keyfob) -> None:
    public = managed(keyfob, token_endpoint_auth_method="none")
    before = records(keyfob.database)
    answer = public.rotate_secret()
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert records(keyfob.database) == before


def test_of_many_rotations_at_once_exactly_one_new_secret_works(keyfob: Keyfob, mine: Managed) -> None:
    headers = {"authorization": f"Bearer {mine.token}"}
    one: tuple[str, str, dict[str, object]] = ("POST", f"{mine.path}/secret", {"headers": headers})
    answers = keyfob.together([one] * 6)
    assert {answer.status_code for answer in answers} <= {200, 503}
    made = [answer.json()["client_secret"] for answer in answers if answer.status_code == 200]
    assert sum(works(keyfob, mine, secret) for secret in made) == 1


def test_m1_neither_secrets_nor_tokens_of_rotations_lie_in_the_database(keyfob: Keyfob, mine: Managed) -> None:
    updated, rotated = mine.update().json(), mine.rotate_secret().json()
    stored = str([rows(keyfob.database, f"select * from {table}") for table in RECORDS])  # noqa: S608 - names of ours
    assert updated["registration_access_token"] not in stored
    assert rotated["client_secret"] not in stored
    assert mine.token not in stored
    assert mine.instance.client_secret not in stored
