"""The page that a person sees in the browser after the loopback redirect (RFC 8252 section 7.3)."""

import base64
import hashlib
from http import HTTPStatus

_STYLE = (
    ":root{color-scheme:light dark;background:#eef1ee;color:#16211c}"
    "@media(prefers-color-scheme:dark){:root{background:#0e1412;color:#e8ede9}}"
    "body{font:1.125rem/1.5 system-ui,sans-serif;display:grid;place-items:center;min-height:90vh;margin:0 1.5rem}"
    "main{max-width:26rem;text-align:center}"
    "h1{font-size:1.5rem}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

_PAGE = f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Return to the app</title>
<style>{_STYLE}</style></head>
<body><main><h1>Return to the app</h1><p>This step in the browser is over. You can close this page.</p></main></body>
</html>
"""

_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = (
    f"Content-Security-Policy: {_POLICY}",
    "X-Frame-Options: DENY",
    "X-Content-Type-Options: nosniff",
    "Referrer-Policy: no-referrer",
    "Cache-Control: no-store",
    "Connection: close",
)


def landing_page() -> bytes:
    """The whole HTTP answer. It says nothing of the outcome: only the app, which checks the answer, may tell."""
    return _answer(HTTPStatus.OK, "text/html; charset=utf-8", _PAGE)


def refusal(status: HTTPStatus) -> bytes:
    """A short plain answer to whatever is not the redirect: a favicon, another path, another method."""
    return _answer(status, "text/plain; charset=utf-8", f"{status.phrase}\n")


def _answer(status: HTTPStatus, content_type: str, text: str) -> bytes:
    body = text.encode()
    lines = (
        f"HTTP/1.1 {status.value} {status.phrase}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(body)}",
        *_HEADERS,
    )
    return "\r\n".join((*lines, "", "")).encode() + body
