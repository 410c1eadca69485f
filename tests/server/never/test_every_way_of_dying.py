"""Each endpoint goes dead after each way of killing: the status by SQL, an administrator, the owner's page, the app's
own DELETE, its end for want of use, the template, the account, a new password, a refresh token or a code used twice.
And none of them did before.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import pytest

from keyfob_protocol.client_information import ClientMetadata
from keyfob_protocol.identifiers import ClientId
from keyfob_server.endpoints.kill import change_status
from keyfob_server.rules.acts import Act
from keyfob_server.rules.client_settings import ClientSettings
from support_app import REDIRECT, Browser, Instance, Keyfob, Pkce, Tokens, basic, running_keyfob, tokens_of
from support_devices import remove, signed_in, status_of
from support_management import Managed
from support_sql import change, set_status

TEMPLATE: Final = ClientId("template-of-many")
ACT: Final = Act("admin", "test")


@dataclass(slots=True)
class Phone:
    """An instance with everything that it can hold."""

    instance: Instance
    browser: Browser
    tokens: Tokens
    code: str
    pkce: Pkce
    redeemed: tuple[str, Pkce]
    """What `tokens` came from."""
    initial_token: str
    """Of the same person, for the next instance of the template."""

    def managed(self, keyfob: Keyfob) -> Managed:
        return Managed(keyfob, self.instance, str(self.instance.document["registration_access_token"]))


@pytest.fixture(scope="module")
def keyfob(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keyfob]:
    with running_keyfob(tmp_path_factory.mktemp("keyfob")) as running:
        metadata = ClientMetadata(
            redirect_uris=(REDIRECT,),
            scope=("openid", "profile"),
            grant_types=("authorization_code", "refresh_token"),
            application_type="native",
        )
        store = running.installation.store
        assert running.run(
            store.templates.put_template(TEMPLATE, metadata, ClientSettings(), seen=0, ends_grants=False, act=ACT)
        )
        yield running


@pytest.fixture
def phone(keyfob: Keyfob) -> Iterator[Phone]:
    browser = keyfob.browser()
    answer = keyfob.register(keyfob.initial_token(browser), {"software_id": TEMPLATE})
    assert answer.status_code == 201, answer.text
    document = answer.json()
    instance, pkce, first = Instance(document["client_id"], document["client_secret"], document), Pkce(), Pkce()
    redeemed = keyfob.code_for(instance, browser, first)
    tokens = tokens_of(keyfob.redeem(instance, redeemed, first))
    code = keyfob.code_for(instance, browser, pkce)
    yield Phone(instance, browser, tokens, code, pkce, (redeemed, first), keyfob.initial_token())
    change(keyfob.database, "update accounts set status = 'active' where user_name = 'demouser'")
    change(keyfob.database, "update client_templates set status = 'active'")


def _authorize(keyfob: Keyfob, phone: Phone) -> bool:
    answer = keyfob.authorize(phone.browser, Pkce(), client_id=phone.instance.client_id, prompt="none")
    return "code=" in answer.headers.get("location", "")


def _code(keyfob: Keyfob, phone: Phone) -> bool:
    return keyfob.redeem(phone.instance, phone.code, phone.pkce).status_code == 200


def _refresh(keyfob: Keyfob, phone: Phone) -> bool:
    return keyfob.refresh(phone.instance, phone.tokens.refresh_token).status_code == 200


def _userinfo(keyfob: Keyfob, phone: Phone) -> bool:
    return keyfob.userinfo(phone.tokens.access_token).status_code == 200


def _introspection(keyfob: Keyfob, phone: Phone) -> bool:
    headers = basic(phone.instance.client_id, phone.instance.client_secret)
    form = {"token": phone.tokens.access_token}
    return bool(keyfob.request("POST", "/oauth/v2/oauth-introspect", data=form, headers=headers).json().get("active"))


def _registration(keyfob: Keyfob, phone: Phone) -> bool:
    return phone.managed(keyfob).read().status_code == 200


def _update(keyfob: Keyfob, phone: Phone) -> bool:
    return phone.managed(keyfob).update().status_code == 200


def _rotation(keyfob: Keyfob, phone: Phone) -> bool:
    return phone.managed(keyfob).rotate_secret().status_code == 200


def _registering(keyfob: Keyfob, phone: Phone) -> bool:
    return keyfob.register(phone.initial_token, {"software_id": TEMPLATE}).status_code == 201


LIVES: Final[dict[str, Callable[[Keyfob, Phone], bool]]] = {
    "authorize": _authorize,
    "code": _code,
    "refresh": _refresh,
    "userinfo": _userinfo,
    "introspection": _introspection,
    "registration": _registration,
    "update": _update,
    "rotation of the secret": _rotation,
    "registering": _registering,
}
"""Whether it works for the phone, or of `registering` for the person who owns it."""


def _by_sql(status: str) -> Callable[[Keyfob, Phone], None]:
    return lambda keyfob, phone: set_status(keyfob.database, phone.instance.client_id, status)


def _by_administrator(keyfob: Keyfob, phone: Phone) -> None:
    store, client_id = keyfob.installation.store, ClientId(phone.instance.client_id)
    killed = keyfob.run(change_status(store, client_id, "revoked", ACT, signer=keyfob.installation.services.signer))
    assert killed
    assert killed.receipt.grants == 1
    assert killed.signed.count(".") == 2


def _by_owner(keyfob: Keyfob, phone: Phone) -> None:
    remove(signed_in(keyfob), phone.instance.client_id)
    assert status_of(keyfob, phone.instance) == "revoked"


def _for_want_of_use(keyfob: Keyfob, phone: Phone) -> None:
    store, client_id = keyfob.installation.store, ClientId(phone.instance.client_id)
    seen = keyfob.run(store.load(client_id=client_id)).client
    assert seen
    assert keyfob.run(change_status(store, client_id, "expired", Act(), metadata=seen.metadata))


def _by_itself(keyfob: Keyfob, phone: Phone) -> None:
    assert phone.managed(keyfob).delete().status_code == 204


def _template_off(keyfob: Keyfob, _phone: Phone) -> None:
    assert keyfob.run(keyfob.installation.store.templates.set_template_status(TEMPLATE, "inactive", act=ACT))


def _template_off_by_sql(keyfob: Keyfob, _phone: Phone) -> None:
    assert change(keyfob.database, "update client_templates set status = 'off' where template_id = ?", TEMPLATE) == 1


def _template_gone(keyfob: Keyfob, phone: Phone) -> None:
    text = "update dynamically_registered_clients set instance_of_client = 'gone' where client_id = ?"
    assert change(keyfob.database, text, phone.instance.client_id) == 1


def _account_off(keyfob: Keyfob, _phone: Phone) -> None:
    assert keyfob.run(keyfob.installation.store.set_account_status("demouser", "inactive", act=ACT))


def _account_off_by_sql(keyfob: Keyfob, _phone: Phone) -> None:
    assert change(keyfob.database, "update accounts set status = 'ACTIVE' where user_name = 'demouser'") == 1


def _code_again(keyfob: Keyfob, phone: Phone) -> None:
    code, pkce = phone.redeemed
    assert keyfob.redeem(phone.instance, code, pkce).json()["error"] == "invalid_grant"


def _new_password(keyfob: Keyfob, _phone: Phone) -> None:
    password_hash = keyfob.run(keyfob.installation.services.passwords.hash("Password1"))
    assert keyfob.run(keyfob.installation.store.set_password("demouser", password_hash=password_hash, act=ACT))


def _reuse(keyfob: Keyfob, phone: Phone) -> None:
    for _ in range(2):
        answer = keyfob.refresh(phone.instance, phone.tokens.refresh_token)
        assert answer.status_code == 200
        keyfob.refresh(phone.instance, answer.json()["refresh_token"])
        keyfob.clock.forward(30)
        if keyfob.refresh(phone.instance, phone.tokens.refresh_token).status_code == 400:
            return


OF_PERSON: Final = frozenset(LIVES)
OF_INSTANCE: Final = OF_PERSON - {"registering"}
OF_MANAGEMENT: Final = frozenset({"registration", "update", "rotation of the secret"})
OF_GRANT: Final = frozenset({"refresh", "userinfo", "introspection"})
KILLS: Final[dict[str, tuple[Callable[[Keyfob, Phone], None], frozenset[str]]]] = {
    "inactive by SQL": (_by_sql("inactive"), OF_INSTANCE),
    "revoked by SQL": (_by_sql("revoked"), OF_INSTANCE),
    "any text by SQL": (_by_sql("Active "), OF_INSTANCE),
    "no text by SQL": (_by_sql(""), OF_INSTANCE),
    "administrator": (_by_administrator, OF_INSTANCE),
    "owner": (_by_owner, OF_INSTANCE),
    "DELETE": (_by_itself, OF_INSTANCE),
    "not used for long": (_for_want_of_use, OF_INSTANCE),
    "template off": (_template_off, OF_PERSON),
    "template off by SQL": (_template_off_by_sql, OF_PERSON),
    "template gone": (_template_gone, OF_INSTANCE),
    "account off": (_account_off, OF_PERSON),
    "account off by SQL": (_account_off_by_sql, OF_PERSON),
    "new password": (_new_password, OF_PERSON - OF_MANAGEMENT),
    "reuse": (_reuse, OF_GRANT),
    "code again": (_code_again, OF_GRANT),
}
"""What dies. A new password ends sign-ins, not the phone's registration; reuse ends its one grant."""
SURVIVORS: Final = tuple((kill, endpoint) for kill, (_, dead) in KILLS.items() for endpoint in sorted(OF_PERSON - dead))


@pytest.mark.parametrize("endpoint", LIVES)
def test_before_a_kill_each_endpoint_works(keyfob: Keyfob, phone: Phone, endpoint: str) -> None:
    assert LIVES[endpoint](keyfob, phone)


@pytest.mark.parametrize(
    ("kill", "endpoint"), [(kill, endpoint) for kill, (_, dead) in KILLS.items() for endpoint in sorted(dead)]
)
def test_after_each_kill_each_endpoint_is_dead(keyfob: Keyfob, phone: Phone, kill: str, endpoint: str) -> None:
    KILLS[kill][0](keyfob, phone)
    assert not LIVES[endpoint](keyfob, phone)


@pytest.mark.parametrize(("kill", "endpoint"), SURVIVORS)
def test_what_a_kill_is_not_about_lives_on(keyfob: Keyfob, phone: Phone, kill: str, endpoint: str) -> None:
    KILLS[kill][0](keyfob, phone)
    assert LIVES[endpoint](keyfob, phone)
