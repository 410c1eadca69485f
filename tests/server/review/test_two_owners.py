"""Two owners who take each other out at the same moment: one of them stays, and the other one is told."""

import asyncio
from urllib.parse import urlencode

import httpx
import pytest

from support_admin import AdminBrowser, add_account, an_administrator, form_token
from support_app import Keyfob
from support_sql import value


def disabling(browser: AdminBrowser, user_name: str) -> tuple[str, dict[str, str]]:
    token = form_token(browser.get("/admin/accounts"))
    form = {"form_token": token, "act": "disable", "user": user_name, "reason": "a try"}
    cookie = "; ".join(f"{name}={text}" for name, text in browser.cookies.items())
    return urlencode(form), {"content-type": "application/x-www-form-urlencoded", "cookie": cookie}


@pytest.mark.parametrize("number", range(3))
def test_of_two_owners_who_disable_each_other_at_one_moment_one_stays(keyfob: Keyfob, number: int) -> None:
    names = (f"left{number}", f"right{number}")
    for name in names:
        add_account(keyfob, name, "owner")
    browsers = [an_administrator(keyfob, name) for name in names]
    sent = [disabling(browser, name) for browser, name in zip(browsers, reversed(names), strict=True)]

    async def both() -> list[httpx.Response]:
        asked = (
            browser._ask("POST", "/admin/account-changes", body, headers)
            for browser, (body, headers) in zip(browsers, sent, strict=True)
        )
        return await asyncio.gather(*asked)

    answers = keyfob.run(both())
    assert sorted(answer.status_code for answer in answers) == [303, 403]
    text = "select count(*) from accounts where user_name in (?, ?) and status = 'active'"
    assert value(keyfob.database, text, *names) == 1
