import asyncio
from hashlib import sha256

import httpx
import pytest
from starlette.applications import Starlette

from keyfob_server.web.pages.assets import Asset, assets, static_routes

APP = Starlette(routes=static_routes(https=True))


def ask(method: str, path: str) -> httpx.Response:
    async def send() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(APP), base_url="https://id.example") as client:
            return await client.request(method, path)

    return asyncio.run(send())


@pytest.mark.parametrize("asset", assets().values(), ids=assets())
def test_a_file_is_kept_for_ever_under_the_hash_of_its_content(asset: Asset) -> None:
    answer = ask("GET", asset.path)
    assert answer.status_code == 200
    assert answer.content == asset.content
    assert sha256(answer.content).hexdigest()[:16] in asset.path
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == asset.media_type
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


def test_what_pages_need_is_there() -> None:
    assert set(assets()) == {"admin.css", "form_post.js", "keyfob.css", "keyfob.svg", "keyfob-180.png"}


@pytest.mark.parametrize(
    "path", ["/assets/keyfob.css", "/assets/keyfob.0123456789abcdef.css", "/assets/..%2f..%2fheaders.py"]
)
def test_any_other_name_is_not_found_and_not_kept(path: str) -> None:
    answer = ask("GET", path)
    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("cache-control", "")


def test_head_answers_as_get_without_the_content() -> None:
    path = assets()["keyfob.css"].path
    assert ask("HEAD", path).headers["content-length"] == str(len(assets()["keyfob.css"].content))
    assert ask("HEAD", path).content == b""
