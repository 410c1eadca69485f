"""A second use of a code ends what the first one yields, also what it is about to yield."""

import asyncio
import json
import ssl
from pathlib import Path
from threading import Event

import httpx

from support_app import (
    BASE,
    REDIRECT,
    REGISTER,
    REGISTRATION_CLIENT,
    SEED_REQUEST,
    TOKEN,
    Pkce,
    answer_of,
    bearer,
)
from support_callers import FromAnywhere
from support_https_peer import Authority, answer, https_peer
from support_outbound import PATIENT, RecordedEvents, WrittenAnswers, guarded_fetcher, keyfob_with_fetcher
from support_sql import rows


def test_c1_a_code_that_is_replayed_while_its_token_registers_leaves_no_live_instance(
    authority: Authority, certificate: Path, tmp_path: Path
) -> None:
    asked, replayed = Event(), Event()

    def say(connection: ssl.SSLSocket) -> None:
        """The sector's document, once the code was used again."""
        asked.set()
        assert replayed.wait(30)
        connection.sendall(answer(json.dumps([REDIRECT]).encode()))

    look_up = WrittenAnswers({"app.example": [["127.0.0.1"]]})
    fetcher = guarded_fetcher(RecordedEvents(), ca_file=authority.ca_file, look_up=look_up, limits=PATIENT)
    with https_peer(certificate, say) as peer, keyfob_with_fetcher(tmp_path, fetcher) as keyfob:
        browser, pkce = keyfob.browser(), Pkce()
        page = keyfob.authorize(browser, pkce, client_id=REGISTRATION_CLIENT, scope="dcr", nonce="", prompt="login")
        form = {
            "grant_type": "authorization_code",
            "client_id": REGISTRATION_CLIENT,
            "code": answer_of(browser.sign_in(page))["code"],
            "redirect_uri": REDIRECT,
            "code_verifier": pkce.verifier,
        }
        token = keyfob.token(form).json()["access_token"]
        sector = {"subject_type": "pairwise", "sector_identifier_uri": peer.url("/sector.json", host="app.example")}

        async def race() -> tuple[httpx.Response, httpx.Response]:
            async with httpx.AsyncClient(transport=FromAnywhere(keyfob.app), base_url=BASE) as client:
                registering = asyncio.create_task(
                    client.post(REGISTER, json=SEED_REQUEST | sector, headers=bearer(token))
                )
                assert await asyncio.to_thread(asked.wait, 30)
                again = await client.post(TOKEN, data=form)
                replayed.set()
                return await registering, again

        registered, again = keyfob.run(race())
        assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
        assert (registered.status_code, registered.json()["error"]) == (401, "invalid_token")
        statuses = rows(keyfob.database, "select status from dynamically_registered_clients")
        assert {status for (status,) in statuses} <= {"revoked"}
        keyfob.run(fetcher.close())
