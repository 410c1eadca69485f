"""Every admin page in every state that matters, on a server of its own."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from keyfob_server.web.admin.render import AdminPages
from keyfob_server.web.pages.assets import static_routes
from keyfob_server.web.pages.render import DemoAccount
from support_admin_views import ADMIN_GALLERY, saying
from support_page_gallery import PageGallery


def _app(gallery: PageGallery) -> Starlette:
    pages, demo = AdminPages(https=False), AdminPages(https=False, demo=DemoAccount("admin", "Password1"))

    async def page(request: Request) -> Response:
        gallery.visits[request.url.path] += 1
        chosen = demo if "demo" in request.query_params else pages
        return chosen.render(ADMIN_GALLERY[request.path_params["name"]], request_id="01a4-7c2e")

    async def said(request: Request) -> Response:
        text = request.query_params["text"]
        answer = pages.render(saying(ADMIN_GALLERY[request.path_params["name"]], text), request_id=text)
        if "bare" in request.query_params:  # without the policy, so that escaping alone is judged
            del answer.headers["content-security-policy"]
        return answer

    return Starlette(routes=[Route("/page/{name}", page), Route("/saying/{name}", said), *static_routes(https=False)])


@contextmanager
def open_admin_gallery() -> Iterator[PageGallery]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        gallery = PageGallery(port=listening.getsockname()[1])
        config = uvicorn.Config(_app(gallery), log_level="error", lifespan="off", ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield gallery
        finally:
            server.should_exit = True
            thread.join()
