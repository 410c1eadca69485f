"""Whatever a template is changed to, the next answer to its instance says it: read, page and refresh."""

import html
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import strategies as st

from keyfob_protocol.identifiers import ClientId
from keyfob_server.endpoints.services import Services
from keyfob_server.rules.client_settings import ClientSettings
from keyfob_server.rules.records import Client, Loaded
from keyfob_server.rules.template_changes import TemplateDefinition
from support_app import REDIRECT, Browser, Keyfob, Pkce, answer_of
from support_management import Managed
from support_properties import counter_example
from support_store_twins import StoreTwin
from support_templated_app import changed, put, templated
from support_templates import SHARED, TEMPLATE
from support_twins import twin

SCOPES = ("openid", "profile", "email", "orders")


@dataclass(frozen=True, slots=True)
class Change:
    name: str
    scope: tuple[str, ...]
    more_redirect_uris: tuple[str, ...]
    access_token_lifetime_s: int

    @property
    def definition(self) -> TemplateDefinition:
        metadata = replace(
            SHARED,
            names={"client_name": self.name},
            scope=self.scope,
            redirect_uris=(REDIRECT, *self.more_redirect_uris),
        )
        return TemplateDefinition(
            TEMPLATE.id, metadata, ClientSettings(access_token_lifetime_s=self.access_token_lifetime_s)
        )


CHANGES = st.builds(
    Change,
    st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=12).map("App({})".format),
    st.lists(st.sampled_from(SCOPES), unique=True, max_size=3).map(
        lambda more: ("openid", *more) if more else SCOPES[:2]
    ),
    st.lists(st.sampled_from(["io.curity.dcrclient:/a", "https://app.example/b"]), unique=True).map(tuple),
    st.integers(30, 3000),
)


@dataclass(frozen=True, slots=True)
class Watcher:
    """Changes the template of one instance, and looks at it."""

    keyfob: Keyfob
    phones: list[tuple[Managed, Browser]] = field(default_factory=list)
    reached: Counter[str] = field(default_factory=Counter)

    def phone(self) -> tuple[Managed, Browser]:
        if not self.phones:
            put(self.keyfob)
            browser = self.keyfob.browser()
            self.phones.append((templated(self.keyfob, browser, instance_name="Anna's phone"), browser))
        return self.phones[0]

    def hides(self, change: Change) -> set[str]:
        """Where the change does not show."""
        keyfob, (mine, browser) = self.keyfob, self.phone()
        put(keyfob)
        tokens = keyfob.tokens(mine.instance, browser)
        if change.definition != TEMPLATE:
            changed(keyfob, change.definition)
        hidden = {f"read {name}" for name in self._not_read(mine, change)}
        page = keyfob.authorize(keyfob.browser(), Pkce(), client_id=mine.instance.client_id, scope="openid")
        if change.name not in html.unescape(page.text):
            hidden.add("page")
        for scope in SCOPES:
            asked = keyfob.authorize(browser, Pkce(), client_id=mine.instance.client_id, scope=scope, prompt="none")
            if ("code" in answer_of(asked)) is not (scope in change.scope):
                hidden.add(f"asking for {scope}")
        refreshed = keyfob.refresh(mine.instance, tokens.refresh_token)
        self.reached[f"refresh {refreshed.status_code}"] += 1
        if not set(SHARED.scope) <= set(change.scope):
            return hidden | ({"refresh"} if refreshed.status_code == 200 else set())
        return hidden | ({"life"} if refreshed.json().get("expires_in") != change.access_token_lifetime_s else set())

    def _not_read(self, mine: Managed, change: Change) -> set[str]:
        document = mine.read().json()
        expected = change.definition.metadata.document() | {"instance_name": "Anna's phone"}
        return {name for name, value in expected.items() if document.get(name) != value}


def test_m11_a_change_of_a_template_shows_in_the_next_answer(keyfob: Keyfob) -> None:
    watcher = Watcher(keyfob)
    assert counter_example(CHANGES, watcher.hides) is None
    assert min(watcher.reached[f"refresh {status}"] for status in (200, 400)) >= 10, watcher.reached


def caches_the_merged_document(services: Services) -> Services:
    kept: dict[ClientId, Client] = {}

    def stale(loaded: Loaded) -> Loaded:
        client = loaded.client
        if client is None or client.template is None:
            return loaded
        first = kept.setdefault(client.client_id, client)
        return replace(loaded, client=replace(client, metadata=first.metadata, settings=first.settings))

    return replace(services, store=StoreTwin(services.store, loaded=stale))


def caches_generations_too(services: Services) -> Services:
    """Nothing that was issued dies of a change."""
    kept: dict[ClientId, Client] = {}

    def stale(loaded: Loaded) -> Loaded:
        if loaded.client is None or loaded.client.template is None:
            return loaded
        return replace(loaded, client=kept.setdefault(loaded.client.client_id, loaded.client))

    return replace(services, store=StoreTwin(services.store, loaded=stale))


@pytest.mark.parametrize("made_wrong", [caches_the_merged_document, caches_generations_too])
def test_m11_a_server_that_caches_templates_is_found_out(
    keyfob: Keyfob, made_wrong: Callable[[Services], Services]
) -> None:
    watcher = Watcher(twin(keyfob, made_wrong(keyfob.installation.services)))
    assert counter_example(CHANGES, watcher.hides, smallest=False) is not None
