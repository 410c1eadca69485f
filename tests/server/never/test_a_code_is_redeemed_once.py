"""However good and bad redemptions of one code follow each other or come at once, it yields one answer at most."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import strategies as st

from keyfob_server.endpoints.services import Services
from keyfob_server.ports.sealing import SecretHasher
from keyfob_server.rules.records import Loaded
from support_app import REDIRECT, TOKEN, Browser, Instance, Keyfob, Pkce, basic
from support_authorize import signed_in
from support_properties import counter_example
from support_store_twins import StoreTwin
from support_twins import twin

GOOD = "good"
BAD = (
    "no verifier",
    "wrong verifier",
    "no redirect_uri",
    "other redirect_uri",
    "other client",
    "wrong secret",
    "spoilt",
)
REFUSALS = {(400, "invalid_grant"), (401, "invalid_client")}
Group = tuple[str, ...]
"""Kinds of redemptions that are sent at once."""
GROUPS = st.lists(
    st.lists(st.just(GOOD) | st.sampled_from((GOOD, *BAD)), min_size=1, max_size=5).map(tuple), min_size=1, max_size=4
).map(tuple)


@dataclass(frozen=True, slots=True)
class Redeemer:
    keyfob: Keyfob
    """Redeems the codes; where they are issued is another matter."""
    client: Instance
    other: Instance
    browser: Browser
    reached: Counter[str] = field(default_factory=Counter)

    def faults(self, groups: tuple[Group, ...]) -> set[str]:
        """What went wrong with a fresh code that is redeemed so."""
        keyfob = self.keyfob
        pkce = Pkce()
        code = keyfob.code_for(self.client, self.browser, pkce)
        faults: set[str] = set()
        good_ones, access_token = 0, ""
        for group in groups:
            answers = keyfob.together([("POST", TOKEN, self._request(kind, code, pkce)) for kind in group])
            for kind, answer in zip(group, answers, strict=True):
                document = answer.json()
                if answer.status_code == 200:
                    faults |= {"a bad one succeeded"} if kind != GOOD else set()
                    faults |= {"two answers"} if access_token else set()
                    access_token = document["access_token"]
                elif (answer.status_code, document["error"]) not in REFUSALS:
                    faults.add(f"{kind}: {answer.status_code} {document}")
            good_ones += group.count(GOOD)
            if bool(access_token) is not bool(good_ones):
                faults.add("a good one failed")
            if access_token:
                lives = keyfob.userinfo(access_token).status_code == 200
                faults |= {"a replay left the tokens alive"} if lives and good_ones > 1 else set()
                faults |= {"a bad one killed the tokens"} if not lives and good_ones == 1 else set()
                self.reached["alive" if lives else "dead"] += 1
            self.reached["at once"] += group.count(GOOD) > 1
        return faults

    def _request(self, kind: str, code: str, pkce: Pkce) -> dict[str, object]:
        form = {
            "grant_type": "authorization_code",
            "code": code[:-8] + "AAAAAAAA" if kind == "spoilt" else code,
            "redirect_uri": "com.example.other:/cb" if kind == "other redirect_uri" else REDIRECT,
            "code_verifier": Pkce().verifier if kind == "wrong verifier" else pkce.verifier,
        }
        if kind in {"no verifier", "no redirect_uri"}:
            del form["code_verifier" if kind == "no verifier" else "redirect_uri"]
        client, other = self.client, self.other
        secret = "x" * 43 if kind == "wrong secret" else client.client_secret
        headers = basic(client.client_id, secret)
        if kind == "other client":
            headers = basic(other.client_id, other.client_secret)
        return {"data": form, "headers": headers}


@pytest.fixture(scope="module")
def real(keyfob: Keyfob) -> Redeemer:
    client = keyfob.new_instance()
    return Redeemer(keyfob, client, keyfob.new_instance(), signed_in(keyfob, client))


def test_c1_a_code_is_redeemed_once(real: Redeemer) -> None:
    redeemer = replace(real, reached=Counter())
    example = counter_example(GROUPS, redeemer.faults)
    assert example is None, redeemer.faults(example)
    assert min(redeemer.reached[stage] for stage in ("alive", "dead", "at once")) >= 10, redeemer.reached


def blind(loaded: Loaded) -> Loaded:
    """Without the grant, as a stale replica would answer."""
    return replace(loaded, grant=None)


@dataclass(frozen=True, slots=True)
class Credulous:
    """Believes every secret."""

    real: SecretHasher

    def hash(self, purpose: str, secret: str) -> str:
        return self.real.hash(purpose, secret)

    def derive(self, purpose: str, *parts: str, like: str = "") -> bytes:
        return self.real.derive(purpose, *parts, like=like)

    def verify(self, purpose: str, secret: str, stored: str) -> bool:
        return bool(self.real.verify(purpose, secret, stored) or secret)

    def verify_either(self, purpose: str, secret: str, first: str, second: str) -> tuple[bool, bool]:
        return self.verify(purpose, secret, first), self.verify(purpose, secret, second)

    def knows(self, stored: str) -> bool:
        return self.real.knows(stored)


def inserts_whatever_was_there(services: Services) -> Services:
    """Looks first and inserts later: between the two, others have looked as well."""
    return replace(services, store=StoreTwin(services.store, sees_conflicts=False))


def revokes_nothing(services: Services) -> Services:
    return replace(services, store=StoreTwin(services.store, revokes=False))


def believes_every_secret(services: Services) -> Services:
    return replace(services, hasher=Credulous(services.hasher))


def forgets_what_it_redeemed(services: Services) -> Services:
    return replace(services, store=StoreTwin(services.store, loaded=blind, sees_conflicts=False))


@pytest.mark.parametrize(
    ("made_wrong", "fault"),
    [
        (inserts_whatever_was_there, "two answers"),
        (forgets_what_it_redeemed, "two answers"),
        (revokes_nothing, "a replay left the tokens alive"),
        (believes_every_secret, "a bad one succeeded"),
    ],
)
def test_c1_a_server_that_redeems_wrongly_is_found_out(
    keyfob: Keyfob, real: Redeemer, made_wrong: Callable[[Services], Services], fault: str
) -> None:
    redeemer = replace(real, keyfob=twin(keyfob, made_wrong(keyfob.installation.services)))
    found = counter_example(GROUPS, lambda groups: fault in redeemer.faults(groups), smallest=False)
    assert found is not None
