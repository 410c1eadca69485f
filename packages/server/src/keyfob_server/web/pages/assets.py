"""Static files, read once and served from memory under names that hold a hash of their content."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from keyfob_server.web.headers import security_headers

_FOLDER = Path(__file__).parent.parent / "static"
_MEDIA_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
_PREFIX = "/assets/"


@dataclass(frozen=True, slots=True)
class Asset:
    path: str
    """Where it is served: `/assets/keyfob.1f3c5a7b9d2e4f60.css`."""
    media_type: str
    content: bytes


@cache
def assets() -> dict[str, Asset]:
    """Every static file by its plain name."""
    return {file.name: _read(file) for file in sorted(_FOLDER.iterdir()) if file.suffix in _MEDIA_TYPES}


def static_routes(*, https: bool) -> list[Route]:
    """The routes that serve the files; a name with another hash is not found."""
    immutable = {"Cache-Control": "public, max-age=31536000, immutable"}
    headers = dict(security_headers(https=https)) | immutable
    by_path = {asset.path: asset for asset in assets().values()}

    async def serve(request: Request) -> Response:
        asset = by_path[request.scope["path"]]
        return Response(asset.content, media_type=asset.media_type, headers=headers)

    return [Route(path, serve, methods=["GET"]) for path in by_path]


def _read(file: Path) -> Asset:
    content = file.read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:16]
    return Asset(
        path=f"{_PREFIX}{file.stem}.{digest}{file.suffix}", media_type=_MEDIA_TYPES[file.suffix], content=content
    )
