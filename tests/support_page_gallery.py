"""Every page in every state that matters, on a server of its own."""

import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from keyfob_server.web.pages.assets import static_routes
from keyfob_server.web.pages.render import DemoAccount, Pages
from keyfob_server.web.pages.views import (
    BackLink,
    ConfirmView,
    ErrorView,
    FormPostView,
    MessageView,
    NotFoundView,
    SignedOutView,
    SignInView,
    SignOutView,
    StaleView,
    StayedView,
    UnavailableView,
    View,
)
from support_device_gallery import DEVICES, devices_saying

APP = "Harbour Bank"
STATE = "1.a7.20780.c2VhbGVk"
LONG = "Unbreakable" * 91
REVERSED = "Bank \u202emoc.live\u202c of \u2066trust"
REFERENCE = "01a4-7c2e"

_SIGN_IN = SignInView(app_name=APP, action="/submitted", state=STATE)
_CONFIRM = ConfirmView(
    app_name=APP,
    user_display="demouser",
    redirect_display="io.curity.dcrclient",
    action="/submitted",
    state=STATE,
    device_name="Anna's phone",
    scopes=("Recognise you when you come back", "See your name"),
)

GALLERY: dict[str, View] = {
    "sign_in": _SIGN_IN,
    "sign_in_hinted": SignInView(app_name=APP, action="/submitted", state=STATE, user_name="demouser"),
    "sign_in_wrong": SignInView(
        app_name=APP,
        action="/submitted",
        state=STATE,
        user_name="demouser",
        error="That user name and password do not belong together. Try again.",
        wrong_fields=("password",),
    ),
    "sign_in_empty": SignInView(
        app_name=APP,
        action="/submitted",
        state=STATE,
        error="Type your user name and your password.",
        wrong_fields=("username", "password"),
    ),
    "sign_in_registering": SignInView(
        app_name=APP, action="/submitted", state=STATE, registering=True, device_name="Anna's phone"
    ),
    "sign_in_nameless": SignInView(app_name="", action="/submitted", state=STATE, registering=True),
    "confirm": _CONFIRM,
    "confirm_claiming": replace(_CONFIRM, claiming=True),
    "confirm_registering": ConfirmView(
        app_name=APP,
        user_display="demouser",
        redirect_display="io.curity.dcrclient",
        action="/submitted",
        state=STATE,
        registering=True,
        device_name="Anna's phone",
    ),
    "error": ErrorView(title="This app is not known here", text="The link that brought you here names no known app."),
    "error_back": ErrorView(
        title="The app asked for something it may not have",
        text="It asked for a scope that this server does not have.",
        back=BackLink("https://app.example/callback?error=invalid_scope&state=xyz"),
    ),
    "error_back_form": ErrorView(
        title="The app asked for something it may not have",
        text="It asked for a scope that this server does not have.",
        back=BackLink("https://app.example/callback", (("error", "invalid_scope"), ("state", "xyz"))),
    ),
    # here the policy names no place to post to, so the page stays
    "form_post": FormPostView(BackLink("https://app.example/callback", (("code", STATE), ("state", "xyz")))),
    "stale": StaleView(restart_uri="/page/sign_in?again=1"),
    "stale_without_restart": StaleView(),
    "sign_out": SignOutView(action="/submitted", state=STATE, app_name=APP, user_display="demouser"),
    "sign_out_bare": SignOutView(action="/submitted", state=STATE),
    "signed_out": SignedOutView(app_name=APP),
    "signed_out_devices": SignedOutView(app_name=APP, devices="/plain"),
    "signed_out_bare": SignedOutView(),
    "stayed": StayedView(app_name=APP),
    "message": MessageView(title="This device is switched off", text="An administrator has switched it off."),
    "message_again": MessageView(title="Not signed in", text="You are not signed in here.", again="/plain"),
    **DEVICES,
    "unavailable": UnavailableView(retry_after_s=2),
    "not_found": NotFoundView(),
}


def views_saying(text: str) -> dict[str, View]:
    """Every page that shows what somebody chose, with `text` in each such place."""
    return {
        "sign_in": SignInView(
            app_name=text,
            action="/submitted",
            state=STATE,
            user_name=text,
            error=text,
            wrong_fields=("username",),
            registering=True,
            device_name=text,
        ),
        "sign_in_plain": SignInView(app_name=text, action="/submitted", state=STATE, user_name=text),
        "confirm": ConfirmView(
            app_name=text,
            user_display=text,
            redirect_display=text,
            action="/submitted",
            state=STATE,
            device_name=text,
            scopes=(text, text),
        ),
        "error": ErrorView(title=text, text=text, advice=text),
        "sign_out": SignOutView(action="/submitted", state=STATE, app_name=text, user_display=text),
        "signed_out": SignedOutView(app_name=text),
        "stayed": StayedView(app_name=text),
        "message": MessageView(title=text, text=text, advice=text),
        **devices_saying(text),
    }


@dataclass(slots=True)
class PageGallery:
    port: int
    visits: Counter[str] = field(default_factory=Counter)
    """How often each path was asked for."""
    posts: list[dict[str, str]] = field(default_factory=list)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def other_origin(self) -> str:
        """The same server under a name that makes it another origin."""
        return f"http://localhost:{self.port}"

    def page(self, name: str) -> str:
        return f"{self.base}/page/{name}"


def _gallery_app(gallery: PageGallery) -> Starlette:
    pages = Pages(https=False)
    demo = Pages(https=False, demo=DemoAccount("demouser", "Password1"))

    async def page(request: Request) -> Response:
        gallery.visits[request.url.path] += 1
        chosen = demo if "demo" in request.query_params else pages
        sources = tuple(request.query_params.getlist("form_action"))
        return chosen.render(GALLERY[request.path_params["name"]], form_action=sources, request_id=REFERENCE)

    async def saying(request: Request) -> Response:
        view = views_saying(request.query_params["text"])[request.path_params["name"]]
        answer = pages.render(view, status=200, request_id=request.query_params["text"])
        if "bare" in request.query_params:  # without the policy, so that escaping alone is judged
            del answer.headers["content-security-policy"]
        return answer

    async def unescaped(request: Request) -> Response:
        answer = pages.render(GALLERY["message"])
        if "bare" in request.query_params:
            del answer.headers["content-security-policy"]
        del answer.headers["content-length"]
        return HTMLResponse(f"<!doctype html><p>{request.query_params['text']}</p>", headers=dict(answer.headers))

    async def framed(request: Request) -> Response:
        frame = request.query_params["src"]
        return HTMLResponse(f'<!doctype html><iframe name="inner" src="{frame}"></iframe>')

    async def plain(_request: Request) -> Response:
        return HTMLResponse("<!doctype html><h1>plain</h1>")

    async def submitted(request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        gallery.posts.append(form)
        if "goto" in request.query_params:
            return RedirectResponse(request.query_params["goto"], status_code=303)
        return pages.render(MessageView(title="Received", text="The form arrived."))

    return Starlette(
        routes=[
            Route("/page/{name}", page),
            Route("/saying/{name}", saying),
            Route("/unescaped", unescaped),
            Route("/framed", framed),
            Route("/plain", plain),
            Route("/submitted", submitted, methods=["POST"]),
            *static_routes(https=False),
        ]
    )


@contextmanager
def open_page_gallery() -> Iterator[PageGallery]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        gallery = PageGallery(port=listening.getsockname()[1])
        config = uvicorn.Config(_gallery_app(gallery), log_level="error", lifespan="off", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield gallery
        finally:
            server.should_exit = True
            thread.join()
