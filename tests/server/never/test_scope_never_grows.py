"""From registration over the code to the last refresh, no scope is granted that was not registered and asked for."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import strategies as st

from keyfob_server.endpoints.services import Services
from keyfob_server.ports.sealing import Sealer
from keyfob_server.rules.records import Loaded
from keyfob_server.rules.sealed_claims import AccessClaims
from support_app import SEED_REQUEST, Browser, Instance, Keyfob, Pkce, answer_of, tokens_of
from support_authorize import signed_in
from support_properties import counter_example
from support_store_twins import StoreTwin
from support_twins import twin

ALLOWED = ("openid", "profile", "email", "phone", "address")
DEFAULT = ("openid", "profile")
TOLD_BY = {"name": "profile", "email": "email", "phone_number": "phone"}
"""Claims of userinfo and the scope that each of them needs."""
Scope = tuple[str, ...]
OTHERS = ("dcr", "admin", "keyfob:instances:read", "OPENID", "*")
GOOD = st.lists(st.sampled_from(ALLOWED), max_size=4).map(tuple)
SCOPES = GOOD | GOOD | st.lists(st.sampled_from(ALLOWED + OTHERS), max_size=4).map(tuple)


@dataclass(frozen=True, slots=True)
class Journey:
    registered: Scope
    asked: Scope
    refreshed: tuple[Scope, ...]


JOURNEYS = st.builds(Journey, SCOPES, SCOPES, st.lists(SCOPES, max_size=3).map(tuple))


@dataclass(frozen=True, slots=True)
class Traveller:
    """Registers once for each scope, and keeps one signed-in browser."""

    keyfob: Keyfob
    instances: dict[Scope, Instance | None] = field(default_factory=dict)
    browsers: list[Browser] = field(default_factory=list)
    reached: Counter[str] = field(default_factory=Counter)
    """How many journeys came to a stage, and how many answers there were."""

    def instance(self, scope: Scope) -> Instance | None:
        """None where the registration was refused."""
        if scope not in self.instances:
            keyfob = self.keyfob
            answer = keyfob.register(keyfob.initial_token(), SEED_REQUEST | {"scope": " ".join(scope)})
            document = answer.json()
            known = answer.status_code == 201
            self.instances[scope] = (
                Instance(document["client_id"], document["client_secret"], document) if known else None
            )
        return self.instances[scope]

    def browser(self) -> Browser:
        if not self.browsers:
            self.browsers.append(signed_in(self.keyfob, self.keyfob.new_instance()))
        return self.browsers[0]

    def grants_too_much(self, journey: Journey) -> set[str]:
        """Whatever was granted beyond what may be, on any stage of the journey."""
        instance = self.instance(journey.registered)
        if instance is None:
            self.reached["refused registration"] += 1
            return set()
        registered = str(instance.document["scope"]).split()
        beyond = set(registered) - set(ALLOWED) | set(registered) - set(journey.registered or DEFAULT)
        pkce = Pkce()
        asked = " ".join(journey.asked)
        answer = answer_of(self.keyfob.authorize(self.browser(), pkce, client_id=instance.client_id, scope=asked))
        if "code" not in answer:
            self.reached["refused scope"] += 1
            return beyond
        self.reached["code"] += 1
        tokens = tokens_of(self.keyfob.redeem(instance, answer["code"], pkce))
        may = set(registered) & set(journey.asked or DEFAULT)
        beyond |= self._granted(str(tokens.document["scope"]), tokens.access_token) - may
        refresh_token = tokens.refresh_token
        for scope in journey.refreshed:
            refreshed = self.keyfob.refresh(instance, refresh_token, scope=" ".join(scope))
            self.reached[f"refresh {refreshed.status_code}"] += 1
            if refreshed.status_code == 200:
                more = tokens_of(refreshed)
                beyond |= self._granted(str(more.document["scope"]), more.access_token) - (may & set(scope or may))
                refresh_token = more.refresh_token
        return beyond

    def _granted(self, said: str, access_token: str) -> set[str]:
        """What the answer says, and what the token opens."""
        claims = self.keyfob.userinfo(access_token).json()
        return set(said.split()) | {scope for claim, scope in TOLD_BY.items() if claim in claims}


def test_a19_scope_never_grows(keyfob: Keyfob) -> None:
    traveller = Traveller(keyfob)
    assert counter_example(JOURNEYS, traveller.grants_too_much) is None
    stages = ("refused registration", "refused scope", "code", "refresh 200", "refresh 400")
    assert min(traveller.reached[stage] for stage in stages) >= 10, traveller.reached


def believes_every_client(services: Services) -> Services:
    """Takes the policy's scopes for those of each client."""

    def widened(loaded: Loaded) -> Loaded:
        client = loaded.client
        if client is None or client.registration_client:
            return loaded
        return replace(loaded, client=replace(client, metadata=replace(client.metadata, scope=ALLOWED)))

    return replace(services, store=StoreTwin(services.store, loaded=widened))


def refreshes_by_the_registration(services: Services) -> Services:
    """Refreshes with the client's scope in place of the grant's."""

    def widened(loaded: Loaded) -> Loaded:
        if loaded.grant is None or loaded.client is None:
            return loaded
        return replace(loaded, grant=replace(loaded.grant, scope=loaded.client.metadata.scope))

    return replace(services, store=StoreTwin(services.store, loaded=widened))


@dataclass(frozen=True, slots=True)
class GenerousSealer:
    """Writes more into an access token than its answer says."""

    real: Sealer

    def seal(self, purpose: str, payload: bytes, *, now: int) -> str:
        if purpose == AccessClaims.PURPOSE:
            payload = replace(AccessClaims.decode(payload), scope=ALLOWED).encode()
        return self.real.seal(purpose, payload, now=now)

    def open(self, purpose: str, text: str) -> bytes | None:
        return self.real.open(purpose, text)


def seals_more_than_it_says(services: Services) -> Services:
    return replace(services, sealer=GenerousSealer(services.sealer))


@pytest.mark.parametrize("made_wrong", [believes_every_client, refreshes_by_the_registration, seals_more_than_it_says])
def test_a19_a_server_that_grants_too_much_is_found_out(
    keyfob: Keyfob, made_wrong: Callable[[Services], Services]
) -> None:
    traveller = Traveller(twin(keyfob, made_wrong(keyfob.installation.services)))
    assert counter_example(JOURNEYS, traveller.grants_too_much, smallest=False) is not None
