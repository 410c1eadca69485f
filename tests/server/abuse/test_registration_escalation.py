"""What a registration may not obtain for its client, whatever it writes into its document."""

from itertools import chain, combinations

import pytest

from support_app import REDIRECT, REGISTRATION_CLIENT, SEED_REQUEST, Browser, Instance, Keyfob
from support_sql import Row, records, rows

MINTED = {"client_id", "client_secret", "registration_token", "created", "updated", "registration_token_expires_at"}
"""Columns that differ between any two registrations."""
OF_THE_REQUEST = {"scope", "redirect_uris", "grant_types"}
MEMBERS_OF_OTHERS = (
    "client_secret_expires_at",
    "client_id_issued_at",
    "registration_access_token",
    "registration_access_token_expires_in",
    "registration_client_uri",
    "token_endpoint_auth_methods",
    "owner",
    "owner_name",
    "user",
    "sub",
    "role",
    "roles",
    "admin",
    "first_party",
    "skip_consent",
    "trusted",
    "template",
    "kind",
    "registration_client",
    "any_loopback_port",
    "capabilities",
    "allowed_authenticators",
    "introspection",
    "is_static",
    "pre_authorized",
    "tombstone",
    "__class__",
    "__proto__",
    "constructor",
    "Status",
    "STATUS",
    "status ",
    "client_name#",
)


@pytest.fixture(scope="module")
def browser(keyfob: Keyfob) -> Browser:
    return keyfob.browser()


def row_of(keyfob: Keyfob, client_id: str) -> dict[str, object]:
    names = [str(column[1]) for column in rows(keyfob.database, "pragma table_info(dynamically_registered_clients)")]
    found: list[Row] = rows(
        keyfob.database, "select * from dynamically_registered_clients where client_id = ?", client_id
    )
    return dict(zip(names, found[0], strict=True))


def stable(row: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if name not in MINTED}


def test_f6_no_member_reaches_a_column_that_only_the_server_sets(keyfob: Keyfob, browser: Browser) -> None:
    plain = keyfob.new_instance(browser)
    expected = row_of(keyfob, plain.client_id)
    names = sorted((set(expected) - OF_THE_REQUEST) | set(MEMBERS_OF_OTHERS))
    assert len(names) >= 40
    for name in names:
        for hostile in ("018f0000-0000-7000-8000-000000000000", 1, True, ["admin"], {"admin": True}):
            instance = keyfob.new_instance(browser, **{name: hostile})
            row = row_of(keyfob, instance.client_id)
            assert stable(row) == stable(expected), (name, hostile)
            assert hostile not in [row[column] for column in MINTED] or hostile is True, (name, hostile)
            assert instance.document.keys() == plain.document.keys(), (name, hostile)
            assert instance.document.get(name) != hostile, (name, hostile)


def test_f6_a_client_id_of_ones_own_choice_is_ignored_though_it_exists(keyfob: Keyfob, browser: Browser) -> None:
    victim = keyfob.new_instance(browser)
    before = row_of(keyfob, victim.client_id)
    taken = keyfob.new_instance(browser, client_id=victim.client_id, client_secret=victim.client_secret)
    assert taken.client_id != victim.client_id
    assert taken.client_secret != victim.client_secret
    assert row_of(keyfob, victim.client_id) == before
    static = keyfob.new_instance(browser, client_id=REGISTRATION_CLIENT)
    assert static.client_id != REGISTRATION_CLIENT


def subsets(values: tuple[str, ...]) -> list[tuple[str, ...]]:
    return list(chain.from_iterable(combinations(values, size) for size in range(len(values) + 1)))


GRANT_TYPES = (
    "authorization_code",
    "refresh_token",
    "client_credentials",
    "password",
    "implicit",
    "urn:ietf:params:oauth:grant-type:token-exchange",
)
SCOPES = ("openid", "profile", "email", "dcr", "admin", "keyfob:instances:read")


@pytest.mark.parametrize("asked", subsets(GRANT_TYPES), ids=lambda asked: f"{len(asked)}")
def test_f7_the_grant_types_are_never_more_than_the_policy(
    keyfob: Keyfob, browser: Browser, asked: tuple[str, ...]
) -> None:
    token = keyfob.initial_token(browser)
    before = records(keyfob.database)
    answer = keyfob.register(token, SEED_REQUEST | {"grant_types": list(asked)})
    if "authorization_code" in asked:
        assert answer.status_code == 201
        assert sorted(answer.json()["grant_types"]) == ["authorization_code", "refresh_token"]
    else:
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")
        assert records(keyfob.database) == before


@pytest.mark.parametrize("asked", subsets(SCOPES), ids=lambda asked: f"{len(asked)}")
def test_f7_the_scope_is_never_more_than_the_policy(keyfob: Keyfob, browser: Browser, asked: tuple[str, ...]) -> None:
    token = keyfob.initial_token(browser)
    before = records(keyfob.database)
    answer = keyfob.register(token, SEED_REQUEST | {"scope": " ".join(asked)})
    allowed = [scope for scope in asked if scope in {"openid", "profile", "email"}]
    if "dcr" in asked or (asked and not allowed):
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")
        assert records(keyfob.database) == before
    else:
        assert (answer.status_code, answer.json()["scope"].split()) == (201, allowed or ["openid", "profile"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("token_endpoint_auth_method", "private_key_jwt"),
        ("token_endpoint_auth_method", "tls_client_auth"),
        ("token_endpoint_auth_method", "CLIENT_SECRET_BASIC"),
        ("subject_type", "PAIRWISE"),
        ("id_token_signed_response_alg", "none"),
        ("id_token_signed_response_alg", "HS256"),
        ("dpop_bound_access_tokens", True),
        ("tls_client_certificate_bound_access_tokens", True),
        ("require_pushed_authorization_requests", True),
        ("require_signed_request_object", True),
        ("userinfo_signed_response_alg", "RS256"),
        ("introspection_signed_response_alg", "RS256"),
        ("request_object_signing_alg", "RS256"),
        ("response_types", ["token"]),
        ("response_types", ["id_token", "code token"]),
        ("application_type", "web"),
        ("application_type", "desktop"),
        ("access_token_ttl", 0),
    ],
)
def test_f7_what_is_not_offered_is_refused_by_name_and_never_weakened(
    keyfob: Keyfob, browser: Browser, name: str, value: object
) -> None:
    token = keyfob.initial_token(browser)
    before = records(keyfob.database)
    answer = keyfob.register(token, SEED_REQUEST | {name: value})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")
    assert name in answer.json()["error_description"]
    assert records(keyfob.database) == before


@pytest.fixture(scope="module")
def neighbour(keyfob: Keyfob, browser: Browser) -> Instance:
    return keyfob.new_instance(browser, scope="openid email", client_name="Neighbour", requires_consent=True)


@pytest.mark.parametrize("whose", ["another-template-client", REGISTRATION_CLIENT, "neighbour", "*", "' or 1=1 --"])
def test_f9_a_software_id_alone_makes_no_client(
    keyfob: Keyfob, browser: Browser, neighbour: Instance, whose: str
) -> None:
    token = keyfob.initial_token(browser)
    before = records(keyfob.database)
    software_id = neighbour.client_id if whose == "neighbour" else whose
    answer = keyfob.register(token, {"software_id": software_id})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")
    assert "template" in answer.json()["error_description"]
    assert records(keyfob.database) == before


def test_f9_a_software_id_that_names_another_client_takes_nothing_over_from_it(
    keyfob: Keyfob, browser: Browser, neighbour: Instance
) -> None:
    for software_id in (neighbour.client_id, REGISTRATION_CLIENT):
        document: dict[str, object] = {"software_id": software_id, "redirect_uris": [REDIRECT]}
        answer = keyfob.register(keyfob.initial_token(browser), document)
        assert answer.status_code == 201
        told = answer.json()
        assert (told["scope"], told["software_id"]) == ("openid profile", software_id)
        assert "client_name" not in told
        assert row_of(keyfob, told["client_id"])["instance_of_client"] is None
