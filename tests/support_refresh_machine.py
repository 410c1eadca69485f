"""A machine that does to refresh tokens whatever can be done to them, and compares answers and rows with a model."""

import httpx
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from support_app import Browser, Instance, Keyfob, Pkce, answer_of, tokens_of
from support_refresh_model import REVOKING, ModelGrant, ModelInstance, Outcome, World
from support_sql import change, rows, set_status

IDLE_S, ABSOLUTE_S, WINDOW_S = 3600, 7000, 20
"""The policy of the server that the machine is let loose on."""
MOST_GRANTS = 4
STATUSES = ("inactive", "revoked", "stolen", "active", "active", "active")
ROW = "select status, status_reason, refresh_counter from delegations where client_id = ? and id = ?"
NEWEST = "select id from delegations where client_id = ? order by id desc limit 1"


class RefreshMachine(RuleBasedStateMachine):
    instances: Bundle[ModelInstance] = Bundle("instances")
    grants: Bundle[ModelGrant] = Bundle("grants")

    def __init__(self, keyfob: Keyfob, seen: set[Outcome]) -> None:
        """`seen` collects what happened, so that a test can tell a machine that does nothing."""
        super().__init__()
        self.keyfob = keyfob
        self.seen = seen
        self.world = World()
        self.known: dict[ModelGrant, str] = {}
        """Each grant's id in the database."""

    def _new_instance(self) -> ModelInstance:
        made = self.keyfob.new_instance()
        return ModelInstance(made.client_id, made.client_secret)

    @initialize(target=instances)
    def has_an_instance(self) -> ModelInstance:
        return self._new_instance()

    @initialize(target=instances)
    def has_another_instance(self) -> ModelInstance:
        return self._new_instance()

    @precondition(lambda self: len(self.known) < MOST_GRANTS)
    @rule(target=grants, instance=instances)
    def signs_in(self, instance: ModelInstance) -> ModelGrant | MultipleResults[ModelGrant]:
        browser, pkce = self.keyfob.browser(), Pkce()
        asked = self.keyfob.authorize(browser, pkce, client_id=instance.client_id)
        if instance.status != "active":
            assert answer_of(asked)["error"] == "unauthorized_client"
            return multiple()
        return self._redeem(instance, browser, asked, pkce)

    def _redeem(self, instance: ModelInstance, browser: Browser, asked: httpx.Response, pkce: Pkce) -> ModelGrant:
        code = answer_of(browser.sign_in(asked))["code"]
        answer = self.keyfob.redeem(self._as_held(instance), code, pkce)
        assert answer.status_code == 200, answer.text
        tokens, now = tokens_of(answer), self.keyfob.clock.now
        grant = ModelGrant(
            self.world,
            instance,
            signed_in_at=now,
            idle_s=IDLE_S,
            absolute_s=ABSOLUTE_S,
            window_s=WINDOW_S,
            tokens=[tokens.refresh_token],
            access_token=tokens.access_token,
            access_expires_at=now + 300,
        )
        self.known[grant] = str(rows(self.keyfob.database, NEWEST, instance.client_id)[0][0])
        return grant

    @rule(grant=grants, times=st.integers(1, 3))
    def refreshes(self, grant: ModelGrant, times: int) -> None:
        for _ in range(times):
            self._present(grant, len(grant.tokens) - 1, grant.instance)

    @rule(grant=grants, back=st.integers(2, 3))
    def replays(self, grant: ModelGrant, back: int) -> None:
        self._present(grant, max(0, len(grant.tokens) - 1 - back), grant.instance)

    @rule(grant=grants, presenter=instances)
    def presents_with_credentials_of(self, grant: ModelGrant, presenter: ModelInstance) -> None:
        self._present(grant, grant.counter, presenter)

    @rule(grant=grants, steps=st.integers(1, 2))
    def database_goes_back(self, grant: ModelGrant, steps: int) -> None:
        """As a backup that was restored would have it."""
        grant.counter = max(0, grant.counter - steps)
        text = "update delegations set refresh_counter = ? where client_id = ? and id = ?"
        assert change(self.keyfob.database, text, grant.counter, grant.instance.client_id, self.known[grant]) == 1

    @rule(grant=grants, at=st.integers(1, 42))
    def presents_junk(self, grant: ModelGrant, at: int) -> None:
        good = grant.tokens[grant.counter]
        spoilt = good[:-at] + ("A" if good[-at] != "A" else "B") + good[len(good) - at + 1 :]
        answer = self.keyfob.refresh(self._as_held(grant.instance), spoilt)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")

    @rule(grant=grants, seconds=st.sampled_from((0, 1, WINDOW_S, WINDOW_S + 1)))
    def replays_after_a_while(self, grant: ModelGrant, seconds: int) -> None:
        self._present(grant, len(grant.tokens) - 1, grant.instance)
        self.keyfob.clock.forward(seconds)
        self._present(grant, max(0, len(grant.tokens) - 2), grant.instance)

    @rule(seconds=st.sampled_from((1, WINDOW_S, WINDOW_S + 1, 301, IDLE_S // 2, IDLE_S - 1, IDLE_S)))
    def time_passes(self, seconds: int) -> None:
        self.keyfob.clock.forward(seconds)

    @rule(instance=instances, status=st.sampled_from(STATUSES))
    def status_is_set_by_hand(self, instance: ModelInstance, status: str) -> None:
        set_status(self.keyfob.database, instance.client_id, status)
        instance.becomes(status)

    @rule(grant=grants, kind=st.sampled_from(("suspension", "suspension", "grant", "password")))
    def is_killed(self, grant: ModelGrant, kind: str) -> None:
        """And what can be switched on again, is."""
        if kind == "suspension":
            self.status_is_set_by_hand(instance=grant.instance, status="inactive")
            self.status_is_set_by_hand(instance=grant.instance, status="active")
        elif kind == "grant":
            self._revoke_by_hand(grant)
        else:
            self._change_password()

    def _revoke_by_hand(self, grant: ModelGrant) -> None:
        text = "update delegations set status = 'revoked' where client_id = ? and id = ?"
        change(self.keyfob.database, text, grant.instance.client_id, self.known[grant])
        grant.revoked = True

    def _change_password(self) -> None:
        password_hash = self.keyfob.run(self.keyfob.installation.services.passwords.hash("Password1"))
        assert self.keyfob.run(self.keyfob.installation.store.set_password("demouser", password_hash=password_hash))
        self.world.account_changes += 1

    @rule(grant=grants)
    def uses_the_access_token(self, grant: ModelGrant) -> None:
        expected = 200 if grant.access_is_live(self.keyfob.clock.now) else 401
        assert self.keyfob.userinfo(grant.access_token).status_code == expected

    @invariant()
    def the_rows_are_as_the_model_says(self) -> None:
        for grant, grant_id in self.known.items():
            ((status, _, counter),) = rows(self.keyfob.database, ROW, grant.instance.client_id, grant_id)
            assert (status, counter) == ("revoked" if grant.revoked else "active", grant.counter)

    def _present(self, grant: ModelGrant, number: int, presenter: ModelInstance) -> None:
        now = self.keyfob.clock.now
        expected = grant.outcome(number, presenter, now)
        self.seen.add(expected)
        was_revoked = grant.revoked
        answer = self.keyfob.refresh(self._as_held(presenter), grant.tokens[number])
        grant.apply(expected, now)
        if expected in {"rotate", "repeat"}:
            self._check_success(grant, expected, answer, now)
        else:
            self._check_refusal(grant, expected, answer, presenter, was_revoked=was_revoked)

    def _check_success(self, grant: ModelGrant, expected: Outcome, answer: httpx.Response, now: int) -> None:
        assert answer.status_code == 200, (expected, answer.text)
        tokens = tokens_of(answer)
        if grant.counter == len(grant.tokens):
            assert tokens.refresh_token not in grant.tokens
            grant.tokens.append(tokens.refresh_token)
        assert tokens.refresh_token == grant.tokens[grant.counter]
        grant.access_token, grant.access_expires_at = tokens.access_token, now + 300

    def _check_refusal(
        self,
        grant: ModelGrant,
        expected: Outcome,
        answer: httpx.Response,
        presenter: ModelInstance,
        *,
        was_revoked: bool,
    ) -> None:
        assert (answer.status_code, answer.json().get("error")) == (400, "invalid_grant"), expected
        told = None if expected != "suspended" else "revoked" if presenter.status == "revoked" else "inactive"
        assert answer.json().get("client_status") == told
        if expected in REVOKING and not was_revoked:
            ((_, reason, _),) = rows(self.keyfob.database, ROW, grant.instance.client_id, self.known[grant])
            assert reason == f"refresh token reuse: {expected}"

    @staticmethod
    def _as_held(instance: ModelInstance) -> Instance:
        return Instance(instance.client_id, instance.client_secret, {})
