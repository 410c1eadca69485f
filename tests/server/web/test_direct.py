"""Requests to the plain endpoints do not go by ASGI; nobody can tell. At a real server process, byte by byte."""

import asyncio
from collections.abc import Awaitable

import pytest

from keyfob_server.web.direct import begin, is_plain
from keyfob_server.web.write import Answer, Response, written
from support_app import AUTHORIZE, REGISTER, TOKEN, USERINFO
from support_byte_stream import RawAnswer, ask, connected, request
from support_process import ServerProcess

METADATA = "/oauth/v2/oauth-anonymous/.well-known/openid-configuration"
JWKS = "/oauth/v2/oauth-anonymous/jwks"
FORM = "Content-Type: application/x-www-form-urlencoded"
OWN = {"date", "x-request-id"}


def without_its_own(answer: RawAnswer) -> tuple[int, dict[str, str], bytes]:
    return answer.status, {name: value for name, value in answer.headers.items() if name not in OWN}, answer.body


def chunked(method: str, target: str, *headers: str, body: bytes) -> bytes:
    head = "\r\n".join((f"{method} {target} HTTP/1.1", "Host: 127.0.0.1", *headers, "Transfer-Encoding: chunked"))
    return b"%b\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (head.encode(), len(body), body)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("method", "target", "headers", "body"),
    [
        ("GET", METADATA, (), b"x"),
        ("GET", f"{METADATA}?a=b", (), b"x"),
        ("GET", JWKS, ("Origin: https://spa.example",), b"x"),
        ("POST", METADATA, (), b"x"),
        ("POST", TOKEN, (FORM,), b"grant_type=client_credentials&client_id=nobody&client_secret=x"),
        ("POST", TOKEN, (FORM, "Origin: https://spa.example"), b"grant_type=x"),
        ("POST", TOKEN, ("Content-Type: application/json",), b"{}"),
        ("POST", TOKEN, (FORM, "Authorization: Basic x", "Authorization: Basic y"), b"a=b"),
        ("POST", TOKEN, (FORM, "Content-Encoding: gzip"), b"a=b"),
        ("POST", TOKEN, tuple(f"X-{number}: x" for number in range(70)), b"a=b"),
        ("POST", f"{TOKEN}?{'x' * 9000}", (FORM,), b"a=b"),
        ("DELETE", TOKEN, (), b"x"),
        ("OPTIONS", TOKEN, ("Origin: https://spa.example", "Access-Control-Request-Method: POST"), b"x"),
        ("OPTIONS", METADATA, ("Origin: https://spa.example", "Access-Control-Request-Method: GET"), b"x"),
        ("GET", USERINFO, (), b"x"),
        ("GET", USERINFO, ("Authorization: Bearer wrong",), b"x"),
        ("POST", REGISTER, ("Content-Type: application/json",), b"{}"),
    ],
)
def test_a_request_is_answered_as_the_same_one_that_goes_by_asgi(
    server: ServerProcess, method: str, target: str, headers: tuple[str, ...], body: bytes
) -> None:
    direct = ask(server.base_url, request(method, target, *headers, body=body))
    by_asgi = ask(server.base_url, chunked(method, target, *headers, body=body))
    assert without_its_own(direct) == without_its_own(by_asgi)
    assert direct.headers.keys() == by_asgi.headers.keys()
    assert len(direct.headers["x-request-id"]) == 16


@pytest.mark.slow
def test_head_has_the_headers_of_get_and_no_body(server: ServerProcess) -> None:
    with connected(server.base_url) as connection:
        connection.send(request("HEAD", JWKS) + request("GET", "/nothing"))
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection._peer.recv(1)
        assert connection.answer().status == 404
    told = {line.partition(b":")[0].lower() for line in head.split(b"\r\n")[1:-2]}
    got = ask(server.base_url, request("GET", JWKS))
    assert told == {name.encode() for name in got.headers}
    assert f"content-length: {len(got.body)}".encode() in head.lower()


@pytest.mark.slow
def test_requests_in_one_piece_are_answered_in_their_order_whichever_way_they_go(server: ServerProcess) -> None:
    wrong = request("POST", TOKEN, FORM, body=b"grant_type=x")
    slow = chunked("POST", TOKEN, FORM, body=b"grant_type=y")
    pieces = (
        (request("GET", JWKS), 200), (request("GET", AUTHORIZE), 400), (wrong, 400), (slow, 400),
        (request("GET", METADATA), 200), (request("GET", "/nothing"), 404), (request("GET", JWKS), 200),
    )  # fmt: skip
    with connected(server.base_url) as connection:
        connection.send(b"".join(data for data, _ in pieces) * 20)
        assert [connection.answer().status for _ in pieces * 20] == [status for _, status in pieces] * 20


@pytest.mark.slow
def test_a_body_that_comes_byte_by_byte_is_read_whole(server: ServerProcess) -> None:
    with connected(server.base_url) as connection:
        for byte in request("POST", TOKEN, FORM, body=b"grant_type=x"):
            connection.send(bytes((byte,)))
        assert connection.answer().status == 400


@pytest.mark.slow
def test_an_answer_is_the_last_where_the_client_wants_it_so(server: ServerProcess) -> None:
    with connected(server.base_url) as connection:
        connection.send(request("GET", JWKS, "Connection: close"))
        assert connection.answer().headers["connection"] == "close"
        assert connection.is_closed()


@pytest.mark.parametrize(
    ("headers", "plain"),
    [
        ([], True),
        ([(b"content-length", b"65536")], True),
        ([(b"content-length", b"65537")], False),
        ([(b"content-length", b"100000")], False),
        ([(b"content-length", b"+1")], False),
        ([(b"content-length", b"")], False),
        ([(b"transfer-encoding", b"chunked")], False),
        ([(b"expect", b"100-continue")], False),
        ([(b"connection", b"upgrade"), (b"upgrade", b"h2c")], False),
    ],
)
def test_what_is_not_as_plain_as_it_can_be_goes_by_asgi(headers: list[tuple[bytes, bytes]], *, plain: bool) -> None:
    assert is_plain(headers) is plain


@pytest.mark.parametrize("field", [(b"location", b"https://a.example/\r\nset-cookie: x"), (b"a b", b"x"), (b"", b"x")])
def test_a_header_field_that_would_be_two_is_not_written(field: tuple[bytes, bytes]) -> None:
    response = Response(Answer(200, b"", (field,)), (), b"id")
    with pytest.raises(ValueError, match="not a header field"):
        written(response, (), head_only=False, close=False)


def run(work: Awaitable[object], said: list[str], *, at_once: bool, cancel: bool = False) -> list[str]:
    async def noting() -> None:
        try:
            said.append(str(await work))
        except (ValueError, asyncio.CancelledError) as error:
            said.append(type(error).__name__)

    async def scenario() -> None:
        task = begin(noting(), at_once=at_once, loop=asyncio.get_running_loop())
        said.append("begun")
        if task is not None:
            if cancel:
                asyncio.get_running_loop().call_soon(task.cancel)
            await task

    asyncio.run(scenario())
    return said


async def soon(value: object, *, times: int) -> object:
    for _ in range(times):
        await asyncio.sleep(0.001)
    if isinstance(value, Exception):
        raise value
    return value


@pytest.mark.parametrize("times", [0, 1, 3])
@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize(("value", "outcome"), [("done", "done"), (ValueError(), "ValueError")])
def test_work_comes_to_the_same_end_whether_it_began_at_once_or_not(
    value: object, outcome: str, times: int, *, at_once: bool
) -> None:
    said = run(soon(value, times=times), [], at_once=at_once)
    assert said == ([outcome, "begun"] if at_once and not times else ["begun", outcome])


@pytest.mark.parametrize("at_once", [True, False])
def test_work_that_waits_can_be_cancelled(*, at_once: bool) -> None:
    assert run(soon("done", times=9), [], at_once=at_once, cancel=True) == ["begun", "CancelledError"]


def test_work_that_waits_again_after_an_error_goes_on() -> None:
    async def stubborn() -> str:
        try:
            await asyncio.wait_for(asyncio.Event().wait(), 0.001)
        except TimeoutError:
            await asyncio.sleep(0.001)
        return "done"

    async def first() -> str:
        waiting = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(waiting.set_exception, ValueError())
        try:
            await waiting
        except ValueError:
            await asyncio.sleep(0.001)
        return await stubborn()

    assert run(first(), [], at_once=True) == ["begun", "done"]


def test_two_that_began_at_once_may_wait_for_the_same_thing() -> None:
    async def scenario() -> list[str]:
        loop = asyncio.get_running_loop()
        shared, said = loop.create_future(), list[str]()

        async def waiting() -> None:
            said.append(await shared)

        tasks = [begin(waiting(), at_once=at_once, loop=loop) for at_once in (True, False, True)]
        loop.call_later(0.001, shared.set_result, "done")
        await asyncio.gather(*(task for task in tasks if task))
        return said

    assert asyncio.run(scenario()) == ["done"] * 3
