import json
from base64 import b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from keyfob_bench.exchange import Answer, WrongAnswer


def request(
    method: str,
    path: str,
    *,
    form: Mapping[str, str] | None = None,
    document: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """All bytes of an HTTP/1.1 request, with a form or a JSON document as its body, or none."""
    sent = {"Host": "127.0.0.1", **(headers or {})}
    body = b""
    if form is not None:
        body = urlencode(form).encode()
        sent["Content-Type"] = "application/x-www-form-urlencoded"
    if document is not None:
        body = json.dumps(document).encode()
        sent["Content-Type"] = "application/json"
    if body:
        sent["Content-Length"] = str(len(body))
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def basic(client_id: str, secret: str) -> dict[str, str]:
    """RFC 6749 section 2.3.1, for ids and secrets that form-encoding leaves as they are."""
    return {"Authorization": "Basic " + b64encode(f"{client_id}:{secret}".encode()).decode()}


def members(answer: Answer, status: int = 200) -> dict[str, Any]:
    """The JSON object of an answer; raises WrongAnswer for another status or another body."""
    expect(answer, status)
    try:
        found: object = json.loads(answer.body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise WrongAnswer(f"no JSON object: {answer.body[:300]!r}")
    return found


def expect(answer: Answer, status: int, holding: bytes = b"") -> None:
    """Raises WrongAnswer for another status, or a body that does not hold those bytes, spaces after colons aside."""
    if answer.status != status or not (holding in answer.body or holding in _without_spaces(answer.body)):
        raise WrongAnswer(f"{answer.status}, not {status} with {holding!r}: {answer.body[:300]!r}")


def _without_spaces(body: bytes) -> bytes:
    """JSON as the densest writers write it: some set a space after each colon."""
    return body.replace(b": ", b":")


def header(answer: Answer, name: bytes) -> str:
    """The value of a header, its name given in lower case; raises WrongAnswer when it is missing."""
    for line in answer.head.split(b"\r\n"):
        found, _, value = line.partition(b":")
        if found.lower() == name:
            return value.strip().decode()
    raise WrongAnswer(f"no {name.decode()}: {answer.head!r}")
