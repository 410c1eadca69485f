"""The ten steps. Each shows what goes over the wire and raises when something is not as it should be."""

import re
from collections.abc import Callable

from demo_story.app_process import AppProcess
from demo_story.database import LIST
from demo_story.operator_commands import TEMPLATE_ID
from demo_story.stage import Stage, must, must_be

Step = Callable[[Stage, AppProcess], None]
_CLIENT_ID = re.compile(r"^ {4}client_id: ([0-9a-f-]{36})$", re.MULTILINE)
_REFRESH_TOKEN = re.compile(r"^ {4}refresh_token: (\S+)$", re.MULTILINE)


def register(stage: Stage, app: AppProcess) -> None:
    must_be(app.view, "Registration", "the view of a new install")
    before = stage.requests_so_far()
    said = stage.act(app, "register", lambda url: stage.person.signs_in(url, "register"))
    must_be(app.view, "Unauthenticated", "the view after registration")
    must_be(stage.sign_in_posts(before), 1, "sign-in forms that the server was sent")
    issued = _CLIENT_ID.search(said)
    must(issued, "the registration answer shows no client_id")
    stage.client_id = issued[1] if issued else ""


def single_sign_on(stage: Stage, app: AppProcess) -> None:
    before = stage.requests_so_far()
    said = stage.act(app, "sign in", lambda url: stage.person.passes_through(url, "single-sign-on"))
    must_be(app.view, "Authenticated", "the view after single sign-on")
    must(f"client_id={stage.client_id}" in said, "the app did not ask as the new instance")
    posts = stage.sign_in_posts(before)
    must_be(posts, 0, "sign-in forms that the server was sent")
    print(f"The server counted {posts} POSTs to a sign-in page.")


def refresh(stage: Stage, app: AppProcess) -> None:
    said = stage.act(app, "refresh")
    must_be(app.view, "Authenticated", "the view after a refresh")
    must("grant_type=refresh_token" in said, "the app sent no refresh request")
    must(_REFRESH_TOKEN.search(said), "the answer brought no new refresh token")


def restarted(stage: Stage, app: AppProcess) -> None:
    """`app` is a new process: only the secret store can have told it."""
    must_be(app.view, "Unauthenticated", "the view after a restart")
    before = stage.requests_so_far()
    said = stage.act(app, "sign in", lambda url: stage.person.passes_through(url, "after-restart"))
    must_be(app.view, "Authenticated", "the view after a restart and single sign-on")
    must(f"client_id={stage.client_id}" in said, "the app did not read its own client id back")
    must_be(stage.sign_in_posts(before), 0, "sign-in forms that the server was sent")


def sign_out_and_in(stage: Stage, app: AppProcess) -> None:
    stage.act(app, "sign out", lambda url: stage.person.passes_through(url, "sign-out"))
    must_be(app.view, "Unauthenticated", "the view after signing out")
    before = stage.requests_so_far()
    stage.act(app, "sign in", lambda url: stage.person.signs_in(url, "sign-in-again"))
    must_be(app.view, "Authenticated", "the view after signing in again")
    must_be(stage.sign_in_posts(before), 1, "sign-in forms that the server was sent")


def seen_by_administrator_and_owner(stage: Stage, _app: AppProcess) -> None:
    rows = stage.administrator.runs(LIST)
    must_be(rows, [(stage.client_id, "demouser", "active")], "client, user and status in the database")
    said = stage.owner_names_the_device("My blue phone")
    print(f"The owner's page /devices says: {said}")
    must("My blue phone" in said, "the owner's page does not say the name that the owner gave")


def suspended_and_back(stage: Stage, app: AppProcess) -> None:
    stage.administrator.sets_status(stage.client_id, "inactive")
    said = stage.act(app, "refresh")
    must("inactive" in said and "the registration is kept" in said, "the app does not say that it is suspended")
    with stage.start_app() as another:
        must_be(another.view, "Unauthenticated", "the view of a suspended app after a restart")
    stage.administrator.sets_status(stage.client_id, "active")
    # What was issued before the suspension stays dead: the app has to sign in again.
    stage.act(app, "refresh")
    must_be(app.view, "Unauthenticated", "the view after the first refresh that is answered again")
    said = stage.act(app, "sign in", lambda url: stage.person.passes_through(url, "active-again"))
    must_be(app.view, "Authenticated", "the view after the suspension was lifted")
    must(f"client_id={stage.client_id}" in said, "the app did not keep its registration")


def revoked(stage: Stage, app: AppProcess) -> None:
    stage.administrator.sets_status(stage.client_id, "revoked")
    said = stage.act(app, "refresh")
    must("revoked" in said, "the app does not say that it was revoked")
    must_be(app.view, "Registration", "the view of a revoked app")
    with stage.start_app() as another:
        must_be(another.view, "Registration", "the view of a revoked app after a restart")


def by_a_template(stage: Stage, app: AppProcess) -> None:
    """The app names the template and itself; whatever an operator changes in the template is so at once."""
    must_be(app.view, "Registration", "the view of a new install")
    stage.operator.names_the_app("Garden", "the first release")
    said = stage.act(app, "register", lambda url: stage.person.signs_in(url, "register-by-template"))
    asked = said.partition("<< HTTP 201")[0].rpartition(">> POST")[2]
    must(TEMPLATE_ID in asked and "redirect_uris" not in asked, "the app did not register by the template's name alone")
    issued = _CLIENT_ID.search(said)
    must(issued, "the registration answer shows no client_id")
    stage.client_id = issued[1] if issued else ""
    stage.act(app, "sign in", lambda url: stage.person.passes_through(url, "instance-of-a-template"))
    must_be(app.view, "Authenticated", "the view of an instance of a template")
    stage.operator.names_the_app("Garden and Balcony", "the app has a new name")
    must("client_name: Garden and Balcony" in stage.read_registration(), "the registration has not the new name")
    stage.act(app, "refresh")
    must_be(app.view, "Authenticated", "the view after a change that takes nothing away")
    stage.act(app, "sign out", lambda url: stage.person.passes_through(url, "template-sign-out"))
    stage.act(app, "sign in", lambda url: stage.person.signs_in(url, "the-new-name", told="Garden and Balcony"))
    must_be(app.view, "Authenticated", "the view after signing in at a page with the new name")


def revoked_at_the_admin_pages(stage: Stage, app: AppProcess) -> None:
    told = stage.revokes_at_the_pages(stage.client_id, user_name="demouser", reason="the phone was stolen")
    print(f"The admin page says: {told}")
    must_be(told, "Revoked 1 instance", "the heading of the admin page")
    said = stage.act(app, "refresh")
    must("client_status: revoked" in said, "the server does not tell the app that it was revoked")
    must_be(app.view, "Registration", "the view of a revoked app")
    stage.operator.runs("audit", "list", "--of", "instance", stage.client_id)


FIRST_RUN: tuple[tuple[str, Step], ...] = (
    ("register by user sign-in", register),
    ("sign in as the new instance by single sign-on", single_sign_on),
    ("refresh", refresh),
)
SECOND_RUN: tuple[tuple[str, Step], ...] = (
    ("restart the app: the registration is read back from the secret store", restarted),
    ("sign out, and sign in again with the password", sign_out_and_in),
    ("the administrator sees client, user and status, the owner their device", seen_by_administrator_and_owner),
    ("inactive by plain SQL suspends the app, active brings it back", suspended_and_back),
    ("revoked by plain SQL: the app drops its registration", revoked),
)
TEMPLATE_RUN: tuple[tuple[str, Step], ...] = (
    ("register by a template, and change the template for all its installs", by_a_template),
    ("the administrator finds the stolen phone at the admin pages and revokes it", revoked_at_the_admin_pages),
)
