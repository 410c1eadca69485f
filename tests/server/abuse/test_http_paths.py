"""Only the exact spelling of an address reaches anything: asked over a real socket, where nobody tidies it up."""

from collections.abc import Iterator
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyfob_server.rules.policy import Paths
from keyfob_server.web.pages.assets import assets
from support_app import AUTHORIZE, LOGOUT, REGISTER, TOKEN, USERINFO
from support_byte_stream import RawAnswer, ask, connected, request
from support_process import ServerProcess, serving
from support_sql import records

pytestmark = pytest.mark.slow
ISSUER: Final = Paths().issuer
SERVED: Final = (
    *(f"{ISSUER}/.well-known/openid-configuration", f"{ISSUER}/jwks", TOKEN, USERINFO, REGISTER, AUTHORIZE, LOGOUT),
    *("/authn/authentication/username-password", "/authn/authentication/confirm", assets()["keyfob.css"].path),
    "/authn/authentication/no-room",
    *(Paths().devices, f"{Paths().devices}/signed-in"),
)
ADMIN: Final = ("/admin", "/admin/registration", "/admin/sign-in", "/health/live", "/health/ready")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with serving(tmp_path_factory.mktemp("server")) as started:
        yield started


def spellings(path: str) -> list[str]:
    """Ways to write `path` that some server or proxy takes for it."""
    last = path.rpartition("/")[2]
    after = [
        "/",
        "//",
        "/.",
        "/..",
        ".",
        "%20",
        "%00",
        "%0a",
        ";x=1",
        "%3f",
        "%2f",
        "%23",
        ".json",
        "/x",
        "%",
        "%zz",
        "%ff",
    ]
    before = ["/", "//", "/.", "/x/..", "/%2e%2e", "/%2e", "/..", "/\\", "%2f", "/admin/..", "/assets/.."]
    return [
        *(path + text for text in after),
        *(text + path for text in before),
        path.replace("/", "//", 2),
        path.replace("/", "/./", 2),
        path.replace("/", "%2f"),
        path[0] + path[1:].replace("/", "%2F"),
        path[0] + path[1:].replace("/", "\\"),
        path.upper(),
        path.title(),
        path.swapcase(),
        path.replace(last, f"%{ord(last[0]):02x}{last[1:]}"),
        path.replace(last, f"%25{ord(last[0]):02x}{last[1:]}"),
        path.replace("a", "%d0%b0", 1),
        path.replace("s", "%c5%bf", 1),
        path.replace("e", "%c0%e5", 1),
        path.replace("o", "%u006f", 1),
        path[1:],
    ]


def nothing_there(answer: RawAnswer) -> None:
    """The page, or what an HTTP parser says to a line that is no request at all."""
    assert answer.status in {404, 400}
    assert not {"location", "set-cookie"} & answer.headers.keys()
    assert answer.status == 404 or answer.body == b""


@pytest.mark.parametrize("path", SERVED)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_k9_no_other_spelling_of_a_path_reaches_anything(server: ServerProcess, path: str, method: str) -> None:
    before = records(server.database)
    form = "Content-Type: application/x-www-form-urlencoded"
    # a made-up client id is no other spelling: it is refused like a wrong token (G2)
    for spelling in set(spellings(path)) - {path, f"{REGISTER}/x"}:
        answer = ask(server.base_url, request(method, spelling, form, body=b"a=b" if method == "POST" else b""))
        assert spelling is not None
        nothing_there(answer)
    assert records(server.database) == before


@pytest.mark.parametrize("path", ADMIN)
def test_k9_no_spelling_of_an_admin_address_reaches_it_on_the_public_listener(server: ServerProcess, path: str) -> None:
    for spelling in (path, *spellings(path)):
        nothing_there(ask(server.base_url, request("GET", spelling)))


@pytest.mark.parametrize("path", ADMIN)
def test_k9_no_other_spelling_of_an_admin_address_reaches_it_on_its_own_listener(
    server: ServerProcess, path: str
) -> None:
    admin = server.admin_url.removesuffix("/admin")
    assert ask(admin, request("GET", path)).status == (303 if path.startswith("/admin") else 200)
    for spelling in set(spellings(path)) - {path}:
        nothing_there(ask(admin, request("GET", spelling)))


@pytest.mark.parametrize(
    "name",
    ["../keyfob.css", "%2e%2e%2fapp.py", "..%5c..%5capp.py", "keyfob.css", "", "/", "a" * 500, "../../web/app.py"],
)
def test_k9_no_spelling_of_a_static_files_name_leads_to_another_file(server: ServerProcess, name: str) -> None:
    answer = ask(server.base_url, request("GET", f"/assets/{name}"))
    assert answer.status == 404
    assert "import" not in answer.text


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:1", "", "a b", "evil.example, 127.0.0.1"])
def test_k9_the_host_of_a_request_decides_nothing(server: ServerProcess, host: str) -> None:
    target = f"{ISSUER}/.well-known/openid-configuration"
    plain = ask(server.base_url, request("GET", target))
    answer = ask(server.base_url, f"GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    assert (answer.status, answer.body) == (200, plain.body)
    absolute = ask(server.base_url, request("GET", f"http://evil.example{target}", "X-Forwarded-Host: evil.example"))
    assert absolute.status in {200, 404}
    assert "evil" not in absolute.text


SEGMENT: Final = st.sampled_from(
    (
        *(
            "oauth",
            "v2",
            "oauth-token",
            "oauth-authorize",
            "admin",
            "authn",
            "authentication",
            "confirm",
            "no-room",
            "assets",
        ),
        *(".", "..", "", "%2e", "%2e%2e", "%2f", "%5c", "%00", "%c0%af", "%ff", "%zz", ";", ":", "@", "*", "~", "%"),
    )
)


@given(paths=st.lists(st.lists(SEGMENT, min_size=1, max_size=6), min_size=1, max_size=20))
def test_k9_whatever_the_path_there_is_nothing_but_what_is_served(
    server: ServerProcess, paths: list[list[str]]
) -> None:
    with connected(server.base_url) as connection:
        for segments in paths:
            target = "/" + "/".join(segments)
            connection.send(request("GET", target))
            answer = connection.answer()
            assert answer.status == 404 or target in SERVED, target
