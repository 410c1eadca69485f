"""From a view to a page."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from starlette.responses import Response

from keyfob_server.web.headers import page_headers
from keyfob_server.web.pages import views
from keyfob_server.web.pages.agreed_views import AgreedAppsView
from keyfob_server.web.pages.assets import assets
from keyfob_server.web.pages.device_views import DevicesView, NoRoomView, RemovalView
from keyfob_server.web.pages.text import shown, shown_origin

# For each view its template and the status that it is answered with unless the caller says otherwise.
TEMPLATES: Final[dict[type[views.View], tuple[str, int]]] = {
    views.SignInView: ("sign_in.html", 200),
    views.ConfirmView: ("confirm.html", 200),
    views.ErrorView: ("error.html", 400),
    views.FormPostView: ("form_post.html", 200),
    views.StaleView: ("stale.html", 400),
    views.SignOutView: ("sign_out.html", 200),
    views.SignedOutView: ("signed_out.html", 200),
    views.StayedView: ("stayed.html", 200),
    views.MessageView: ("message.html", 200),
    views.UnavailableView: ("unavailable.html", 503),
    views.NotFoundView: ("not_found.html", 404),
    DevicesView: ("devices.html", 200),
    RemovalView: ("remove_devices.html", 200),
    NoRoomView: ("no_room.html", 200),
    AgreedAppsView: ("agreed_apps.html", 200),
}


@cache
def template_environment() -> Environment:
    """Everything is escaped, and a name that is missing is an error. One for all apps: a template is compiled once."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent.parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(shown=shown, shown_origin=shown_origin)
    return environment


def load_templates() -> dict[str, Template]:
    """Every page's template, compiled: one that does not parse stops the start, not a request."""
    environment = template_environment()
    return {name: environment.get_template(name) for name, _ in TEMPLATES.values()}


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """What the sign-in page of a demo tells, since a demo has no secrets."""

    user_name: str
    password: str
    administrator: str = ""
    """Who can use the admin pages, with the same password."""


@dataclass(frozen=True, slots=True)
class Pages:
    https: bool
    """Whether the base URL begins with https; then browsers are told to stay with it."""
    product_name: str = "Keyfob"
    demo: DemoAccount | None = None
    """Set in demo mode: every page then says so."""
    templates: dict[str, Template] = field(default_factory=load_templates, repr=False)

    def render(
        self,
        view: views.View,
        *,
        status: int | None = None,
        form_action: tuple[str, ...] = (),
        request_id: str = "",
    ) -> Response:
        """The page of a view, with all its headers.

        `form_action` are the CSP sources that a form's answer may redirect to, besides ourselves. `request_id` is shown
        on the pages that report trouble, so that a person can quote it.
        """
        template, usual_status = TEMPLATES[type(view)]
        text = self.templates[template].render(
            view=view,
            product_name=self.product_name,
            demo=self.demo,
            request_id=request_id,
            stylesheet=assets()["keyfob.css"].path,
            icon=assets()["keyfob.svg"].path,
            touch_icon=assets()["keyfob-180.png"].path,
            form_post_script=assets()["form_post.js"].path,
        )
        own_forms = not isinstance(view, views.FormPostView)
        headers = dict(page_headers(https=self.https, form_action=form_action, own_forms=own_forms))
        if isinstance(view, views.UnavailableView):
            headers["Retry-After"] = str(view.retry_after_s)
        return Response(
            text.encode("utf-8", "replace"),
            status_code=usual_status if status is None else status,
            media_type="text/html",
            headers=headers,
        )
