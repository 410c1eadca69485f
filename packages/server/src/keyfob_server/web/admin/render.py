"""From an admin view to a page."""

from dataclasses import dataclass, field
from typing import Final

from jinja2 import Template
from starlette.responses import Response

from keyfob_server.web.admin import (
    account_views,
    client_views,
    initial_token_views,
    instance_views,
    key_views,
    registration_views,
    template_views,
    views,
)
from keyfob_server.web.headers import page_headers
from keyfob_server.web.pages.assets import assets
from keyfob_server.web.pages.render import DemoAccount, template_environment

AdminView = (
    views.NoticeView
    | views.RefusedView
    | views.ActView
    | instance_views.InstancesView
    | instance_views.InstanceView
    | instance_views.ChangeView
    | instance_views.ChangedView
    | registration_views.RegistrationView
    | account_views.AccountsView
    | account_views.AccountView
    | template_views.TemplatesView
    | template_views.TemplateView
    | template_views.TemplateChangeView
    | template_views.TemplateEditView
    | client_views.ClientsView
    | client_views.ClientView
    | initial_token_views.InitialTokensView
    | initial_token_views.NewInitialTokenView
    | initial_token_views.IssuedTokenView
    | key_views.KeysView
    | key_views.AuditView
)

TEMPLATES: Final[dict[type[AdminView], str]] = {
    views.NoticeView: "admin/notice.html",
    views.RefusedView: "admin/refused.html",
    views.ActView: "admin/act.html",
    instance_views.InstancesView: "admin/instances.html",
    instance_views.InstanceView: "admin/instance.html",
    instance_views.ChangeView: "admin/instance_change.html",
    instance_views.ChangedView: "admin/instance_changed.html",
    registration_views.RegistrationView: "admin/registration.html",
    account_views.AccountsView: "admin/accounts.html",
    account_views.AccountView: "admin/account.html",
    template_views.TemplatesView: "admin/templates.html",
    template_views.TemplateView: "admin/template.html",
    template_views.TemplateChangeView: "admin/template_change.html",
    template_views.TemplateEditView: "admin/template_edit.html",
    client_views.ClientsView: "admin/clients.html",
    client_views.ClientView: "admin/client.html",
    initial_token_views.InitialTokensView: "admin/initial_tokens.html",
    initial_token_views.NewInitialTokenView: "admin/initial_token_new.html",
    initial_token_views.IssuedTokenView: "admin/initial_token_issued.html",
    key_views.KeysView: "admin/keys.html",
    key_views.AuditView: "admin/audit.html",
}


def load_admin_templates() -> dict[str, Template]:
    """Every admin page's template, compiled."""
    environment = template_environment()
    return {name: environment.get_template(name) for name in TEMPLATES.values()}


@dataclass(frozen=True, slots=True)
class AdminPages:
    https: bool
    product_name: str = "Keyfob"
    demo: DemoAccount | None = None
    templates: dict[str, Template] = field(default_factory=load_admin_templates, repr=False)

    def render(self, view: AdminView, *, status: int = 200, request_id: str = "") -> Response:
        """The page with all its headers. `request_id` is shown on pages that report trouble."""
        text = self.templates[TEMPLATES[type(view)]].render(
            view=view,
            product_name=self.product_name,
            demo=self.demo,
            request_id=request_id,
            stylesheet=assets()["keyfob.css"].path,
            admin_stylesheet=assets()["admin.css"].path,
            icon=assets()["keyfob.svg"].path,
            touch_icon=assets()["keyfob-180.png"].path,
        )
        return Response(
            text.encode("utf-8", "replace"),
            status_code=status,
            media_type="text/html",
            headers=dict(page_headers(https=self.https)),
        )
