"""Members of a registration that nobody knows leave no trace: not in the answer, not in the database."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import count

import pytest
from hypothesis import strategies as st

from keyfob_protocol.metadata_members import MEMBERS, kind_of
from keyfob_server.endpoints.services import Services
from keyfob_server.rules.records import NewInstance
from keyfob_server.web.app import PublicApp
from keyfob_server.web.asgi import Message, Receive, Scope
from keyfob_server.web.limits import Limits, read_body
from keyfob_server.web.registration import post_registration
from keyfob_server.web.routes import FoundRoute, Handler, PlainRoute
from keyfob_server.web.write import Answer, json_answer
from support_app import REGISTER, SEED_REQUEST, Browser, Keyfob
from support_authorize import signed_in
from support_properties import counter_example
from support_sql import rows
from support_store_twins import StoreTwin
from support_twins import twin_app

Json = object
NEAR = ["client_id", "client_secret", "status", "owner", "authenticated_user", "client_name#", "client_name#not a tag",
        "scope#fr", "redirect_uris#en", "Scope", "CLIENT_NAME", " scope", "scope ", "__proto__", "attributes",
        "token_endpoint_auth_methods", "registration_access_token", "template", "", "\x00", "\u202e"]  # fmt: skip
NAMES = (
    st.sampled_from(NEAR) | st.text(max_size=20) | st.sampled_from(sorted(MEMBERS)).map(lambda name: name + "_")
).filter(lambda name: kind_of(name) is None)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
                      max_leaves=6)  # fmt: skip
EXTRAS = st.dictionaries(NAMES, VALUES, min_size=1, max_size=4)


def planted(name: str, value: Json, mark: str) -> dict[str, Json]:
    """The member with the mark in it, wherever there is room; a bare value has it in its name."""
    match value:
        case str():
            return {name: value + mark}
        case list():
            return {name: [*value, mark]}
        case dict():
            return {name: {**value, mark: [mark]}}
        case _:
            return {f"{name}-{mark}": value}


@dataclass(frozen=True, slots=True)
class Registrar:
    keyfob: Keyfob
    """Registers; initial tokens come from where the browser is."""
    browser: Browser
    known: frozenset[str]
    """The members of an answer to the same request without anything unknown."""
    numbers: "count[int]" = field(default_factory=count)
    registered: list[str] = field(default_factory=list)

    def traces(self, extras: Mapping[str, Json]) -> set[str]:
        """Where the unknown members of a registration have left something."""
        mark = f"zq{next(self.numbers)}x7qz"
        document: dict[str, object] = {}
        for name, value in extras.items():
            document |= planted(name, value, mark)
        unknown = {name: value for name, value in document.items() if kind_of(name) is None}
        answer = self.keyfob.register(self.keyfob.initial_token(self.browser), SEED_REQUEST | unknown)
        traces = {"answer"} if mark in answer.text else set()
        if answer.status_code == 201:
            self.registered.append(answer.json()["client_id"])
            traces |= {"answer"} if set(answer.json()) != self.known else set()
        elif answer.status_code != 400:
            traces.add(f"status {answer.status_code}")
        return traces | ({"database"} if self._is_stored(mark) else set())

    def _is_stored(self, mark: str) -> bool:
        database = self.keyfob.database
        tables = [str(name) for (name,) in rows(database, "select name from sqlite_master where type = 'table'")]
        stored = any(
            mark in (value.decode("latin-1") if isinstance(value, bytes) else str(value))
            for table in tables
            for row in rows(database, f"select * from {table}")  # noqa: S608 - names of the schema
            for value in row
        )
        files = [path for path in database.parent.glob(f"{database.name}*") if path.is_file()]
        assert files
        return stored or any(mark.encode() in path.read_bytes() for path in files)


@pytest.fixture(scope="module")
def real(keyfob: Keyfob) -> Registrar:
    plain = keyfob.new_instance()
    return Registrar(keyfob, signed_in(keyfob, plain), frozenset(plain.document))


@pytest.mark.timeout(600)  # thousands of registrations by night, each followed by a look at every row
def test_f6_unknown_metadata_never_echoes(real: Registrar) -> None:
    assert counter_example(EXTRAS, real.traces) is None
    assert len(set(real.registered)) >= 50


def unknown_members(body: bytes) -> dict[str, Json]:
    return {name: value for name, value in json.loads(body).items() if kind_of(name) is None}


def _again(body: bytes) -> Receive:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive


async def echoes(services: Services, limits: Limits, scope: Scope, receive: Receive) -> Answer:
    """Says again whatever it was told."""
    body = await read_body(scope, receive, limits)
    answer = await post_registration(services, limits, scope, _again(body))
    return json_answer(json.loads(answer.body) | unknown_members(body), status=answer.status)


async def keeps(services: Services, limits: Limits, scope: Scope, receive: Receive) -> Answer:
    """Stores what it does not know among the names, and does not say so."""
    body = await read_body(scope, receive, limits)
    unknown = {name: json.dumps(value) for name, value in unknown_members(body).items()}

    def with_everything(instance: NewInstance) -> NewInstance:
        return replace(instance, metadata=replace(instance.metadata, names={**instance.metadata.names, **unknown}))

    keeping = replace(services, store=StoreTwin(services.store, registered=with_everything))
    return await post_registration(keeping, limits, scope, _again(body))


def registering_by(app: PublicApp, handler: Handler) -> PublicApp:
    return replace(app, routes={**app.routes, REGISTER: FoundRoute(PlainRoute(("POST",), handler), REGISTER)})


@pytest.mark.parametrize(("handler", "trace"), [(echoes, {"answer"}), (keeps, {"database"})])
def test_f6_a_server_that_remembers_what_it_does_not_know_is_found_out(
    keyfob: Keyfob, real: Registrar, handler: Handler, trace: set[str]
) -> None:
    wrong = replace(real, keyfob=twin_app(keyfob, registering_by(keyfob.app, handler)))
    found = counter_example(EXTRAS, lambda extras: wrong.traces(extras) == trace, smallest=False)
    assert found is not None
