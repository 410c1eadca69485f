import pytest

from keyfob_protocol.identifiers import ClientId
from keyfob_server.rules.devices import Device, cleaned_name, devices_client, name_fault


def device(status: str, template_status: str = "") -> Device:
    return Device(
        client_id=ClientId("id"),
        app_name="App",
        name="",
        platform="",
        status=status,
        template_status=template_status,
        status_at=None,
        created=1000,
        first_used=None,
        last_used=None,
        here=False,
    )


@pytest.mark.parametrize(
    ("status", "template_status", "removed", "paused"),
    [
        ("active", "", False, False),
        ("active", "active", False, False),
        ("active", "inactive", False, True),
        ("active", "missing", False, True),
        ("inactive", "", False, True),
        ("anything", "active", False, True),
        ("revoked", "", True, False),
        ("deleted", "inactive", True, False),
        ("expired", "active", True, False),
    ],
)
def test_a_device_is_in_use_paused_or_removed(
    status: str,
    template_status: str,
    removed: bool,  # noqa: FBT001 - a table's column
    paused: bool,  # noqa: FBT001 - a table's column
) -> None:
    shown = device(status, template_status)
    assert (shown.removed, shown.paused) == (removed, paused)


@pytest.mark.parametrize(
    "name", ["", "Anna's phone", "x" * 100, "\u0645\u0631\u062d\u0628\u0627", "\U0001f469\u200d\U0001f680"]
)
def test_a_name_may_be_any_plain_line(name: str) -> None:
    assert name_fault(name) == ""


@pytest.mark.parametrize("name", ["x" * 101, "a\u202eb", "a\x7fb", "a\ud800b", "a\u2066b"])
def test_a_name_that_is_too_long_or_rearranges_what_is_around_it_is_refused(name: str) -> None:
    assert name_fault(name) != ""


def test_what_was_typed_becomes_one_line() -> None:
    assert cleaned_name("  My\t new\n\u2028phone ") == "My new phone"


def test_the_page_is_a_confidential_client_that_has_no_secret() -> None:
    client = devices_client("https://id.example", "/devices")
    assert client.metadata.redirect_uris == ("https://id.example/devices/signed-in",)
    assert client.metadata.token_endpoint_auth_method == "client_secret_basic"
    assert client.secret_hash == ""
    assert client.settings.require_pkce


@pytest.mark.parametrize(("last_used", "since"), [(None, 1), (2, 2)])
def test_what_was_never_used_is_unused_since_its_registration(last_used: int | None, since: int) -> None:
    device = Device(ClientId("id"), "", "", "", "active", "", None, 1, None, last_used, here=False)
    assert device.unused_since == since
