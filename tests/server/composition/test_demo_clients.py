"""The demo's back end, its template, and the curl of the first document, as written, against the real server."""

import json
import re
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from keyfob_server.demo.data import demo_issuer, demo_template
from keyfob_server.endpoints.templates import TemplateUnchanged, plan_template
from support_app import running_keyfob
from support_process import ServerProcess, serving
from support_templates import tools_of

TOKEN_PATH = "/oauth/v2/oauth-token"
CURL = """curl -X POST \\
{base}/oauth/v2/oauth-dynamic-client-registration \\
-H 'Authorization: Bearer {token}' \\
-H 'Content-Type: application/json' \\
-d '{{
"software_id": "mobile-dcr-template-client"
}}'
"""


@pytest.fixture(scope="module", params=[(), ("--tls",)], ids=["http", "tls"])
def demo(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    with serving(tmp_path_factory.mktemp("demo"), *request.param) as server:
        yield server


def secret_of(demo: ServerProcess) -> str:
    return (demo.data_dir / "dcr-issuer.secret").read_text().strip()


def with_curl(demo: ServerProcess, command: str) -> dict[str, object]:
    trust = f" --cacert '{demo.authority}'" if demo.authority else ""
    shell = command.replace("curl ", f"curl --silent --show-error{trust} ", 1)
    done = subprocess.run(["sh", "-c", shell], capture_output=True, check=True, timeout=60)
    document = json.loads(done.stdout)
    assert isinstance(document, dict)
    return document


@pytest.mark.slow
def test_the_curl_of_the_first_document_registers_an_instance_of_the_template(demo: ServerProcess) -> None:
    asked = f"curl -u 'dcr-issuer:{secret_of(demo)}' -d 'grant_type=client_credentials&scope=dcr' "
    token = with_curl(demo, f"{asked}{demo.base_url}{TOKEN_PATH}")["access_token"]
    answer = with_curl(demo, CURL.format(base=demo.base_url, token=token))
    assert re.fullmatch(r"[0-9a-f-]{36}", str(answer["client_id"]))
    assert len(str(answer["client_secret"])) == 43
    shared = demo_template().metadata.document()
    assert {name: answer[name] for name in shared} == shared
    assert answer["client_name"] == "Demo App"


@pytest.mark.slow
def test_the_secret_of_the_demos_back_end_is_read_by_its_owner_alone(demo: ServerProcess) -> None:
    file = demo.data_dir / "dcr-issuer.secret"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert re.fullmatch(r"[\w-]{43}\n", file.read_text())
    assert secret_of(demo).encode() not in demo.database.read_bytes()
    assert secret_of(demo) not in demo.log_file.read_text()


@pytest.mark.slow
def test_the_demo_makes_its_clients_once_and_keeps_what_a_person_changed(tmp_path: Path) -> None:
    with serving(tmp_path) as first:
        secret = secret_of(first)
    with serving(tmp_path) as second:
        assert secret_of(second) == secret
        asked = {"grant_type": "client_credentials", "scope": "dcr"}
        answer = httpx.post(second.base_url + TOKEN_PATH, data=asked, auth=("dcr-issuer", secret), trust_env=False)
        assert answer.json()["scope"] == "dcr"


def test_a_seeded_server_has_the_demos_template_as_it_is(tmp_path: Path) -> None:
    with running_keyfob(tmp_path) as keyfob:
        plan = keyfob.run(plan_template(tools_of(keyfob.installation.store), demo_template()))
        assert plan == TemplateUnchanged(demo_template().id, 1)


def test_the_demos_back_end_can_do_nothing_but_obtain_initial_tokens() -> None:
    client = demo_issuer("s" * 43)
    assert client.metadata.grant_types == ("client_credentials",)
    assert (client.metadata.scope, client.metadata.redirect_uris) == ((), ())
    assert client.settings.initial_tokens
