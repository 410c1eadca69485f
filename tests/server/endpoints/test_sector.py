"""The document behind sector_identifier_uri, fetched from a real https server."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from keyfob_protocol.errors import InvalidClientMetadata
from keyfob_server.endpoints.sector import check_sector
from support_https_peer import Authority, answer, https_peer, saying
from support_outbound import Fetching, WrittenAnswers, canary, fetching

REDIRECTS = ("com.example.app:/callback", "https://app.example/cb")
APP = "app.example"


def judged(it: Fetching, uri: str, redirect_uris: Sequence[str] = REDIRECTS) -> str:
    """The sector, or the description of the refusal, which is all that the peer sees."""
    try:
        return it.runner.run(check_sector(it.fetcher, uri, tuple(redirect_uris)))
    except InvalidClientMetadata as error:
        return error.description


def judged_document(authority: Authority, certificate: Path, message: bytes) -> str:
    with (
        https_peer(certificate, saying(message)) as peer,
        fetching(ca_file=authority.ca_file, look_up=WrittenAnswers({APP: [["127.0.0.1"]]})) as it,
    ):
        return judged(it, peer.url("/sector.json", host=APP))


def listing(*uris: object) -> bytes:
    return answer(json.dumps(uris).encode())


LISTS = {
    "exactly": listing(*REDIRECTS),
    "in another order, and more": listing("https://other.example/", *reversed(REDIRECTS)),
    "twice": listing(*REDIRECTS, *REDIRECTS),
    "with a charset": answer(json.dumps(REDIRECTS).encode(), media_type="application/json; charset=utf-8"),
}


@pytest.mark.parametrize("message", LISTS.values(), ids=LISTS)
def test_the_host_is_the_sector_when_every_redirect_uri_is_listed(
    authority: Authority, certificate: Path, message: bytes
) -> None:
    assert judged_document(authority, certificate, message) == APP


INCOMPLETE = {
    "nothing": listing(),
    "one of two": listing(REDIRECTS[0]),
    "another case": listing(REDIRECTS[0], REDIRECTS[1].upper()),
    "another ending": listing(REDIRECTS[0], REDIRECTS[1] + "/"),
    "a part": listing(REDIRECTS[0], REDIRECTS[1][:-1]),
    "in one text": listing(" ".join(REDIRECTS)),
}


@pytest.mark.parametrize("message", INCOMPLETE.values(), ids=INCOMPLETE)
def test_a_redirect_uri_that_is_not_listed_to_the_letter_refuses_the_registration(
    authority: Authority, certificate: Path, message: bytes
) -> None:
    refusal = "sector_identifier_uri does not list every one of redirect_uris"
    assert judged_document(authority, certificate, message) == refusal


TYPE = "sector_identifier_uri must lead to a document of the type application/json"
ARRAY = "sector_identifier_uri must lead to a JSON array"
STRINGS = "sector_identifier_uri must lead to a JSON array of strings"
GOOD = json.dumps(REDIRECTS).encode()
OTHERS = {
    "html": (answer(GOOD, media_type="text/html"), TYPE),
    "text": (answer(GOOD, media_type="text/plain"), TYPE),
    "no type": (b"HTTP/1.1 200 OK\r\n\r\n" + GOOD, TYPE),
    "something like it": (answer(GOOD, media_type="application/jsonp"), TYPE),
    "an object": (answer(b'{"redirect_uris":[]}'), ARRAY),
    "a text": (answer(b'"com.example.app:/callback"'), ARRAY),
    "nothing": (answer(b""), ARRAY),
    "no JSON": (answer(b"root:x:0:0:root:/root:/bin/sh"), ARRAY),
    "deep": (answer(b"[" * 20000), ARRAY),
    "a mark before": (answer(b"\xef\xbb\xbf" + GOOD), ARRAY),
    "UTF-16": (answer(GOOD.decode().encode("utf-16")), ARRAY),
    "a number among": (listing(*REDIRECTS, 1), STRINGS),
    "null among": (listing(*REDIRECTS, None), STRINGS),
    "a list inside": (listing(list(REDIRECTS)), STRINGS),
}


@pytest.mark.parametrize(("message", "refusal"), OTHERS.values(), ids=OTHERS)
def test_any_other_document_is_refused_without_a_word_of_what_is_in_it(
    authority: Authority, certificate: Path, message: bytes, refusal: str
) -> None:
    assert judged_document(authority, certificate, message) == refusal


def test_a_document_that_cannot_be_fetched_is_refused_alike_whatever_is_the_matter(
    authority: Authority, certificate: Path
) -> None:
    names = {APP: [["127.0.0.1"]], "private.example": [["10.0.0.1"]]}
    with (
        https_peer(certificate, saying(answer(b"", status="404 Not Found"))) as peer,
        fetching(ca_file=authority.ca_file, look_up=WrittenAnswers(names)) as it,
    ):
        hosts = (peer.url(host=APP), f"https://{APP}:22/", "https://private.example/", "https://unknown.example/")
        refusals = {judged(it, uri) for uri in hosts}
    assert refusals == {"sector_identifier_uri cannot be fetched"}


def test_the_log_hears_why_a_document_cannot_be_fetched() -> None:
    names = {"private.example": [["10.0.0.1"]]}
    with (
        fetching(look_up=WrittenAnswers(names)) as it,
        pytest.raises(InvalidClientMetadata) as caught,
    ):
        it.runner.run(check_sector(it.fetcher, "https://private.example/", ()))
    assert caught.value.reason == "sector_identifier_uri: an address of its host is private"


def test_a_uri_that_nobody_may_fetch_is_told_its_fault_and_not_fetched() -> None:
    faults = {
        "http://app.example/x": "is not an https URI",
        "https://user@app.example/": "holds a user name or a password",
        "https://app.example/#x": "has a fragment",
        "https://127.0.0.1/": "has an IP address for a host; give a name",
        "sector": "is not an https URI",
        "": "is not an https URI",
    }
    with fetching() as it:
        for uri, fault in faults.items():
            assert judged(it, uri) == f"sector_identifier_uri {fault}"
        assert it.events.events == []


def test_a_sector_on_this_machine_is_not_asked_for_unless_allowed() -> None:
    with canary() as bird, fetching(allowed=()) as it:
        assert judged(it, f"https://localhost:{bird.port}/") == "sector_identifier_uri cannot be fetched"
        assert bird.connections() == 0
