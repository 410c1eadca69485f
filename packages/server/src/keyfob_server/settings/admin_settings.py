"""Where administrators' browsers find the admin pages."""

from keyfob_server.settings.base_url import check_base_url
from keyfob_server.settings.kinds import Text
from keyfob_server.settings.setting import Setting


def _check(text: str) -> str:
    return check_base_url(text) if text else text


ADMIN = (
    Setting(
        "admin_base_url", "admin_base_url", Text("a URL", _check), "",
        "The address of the admin pages, as administrators' browsers write it: `https://` with host and port alone, "
        "`http://` only for a loopback host. Empty: made of `admin_host` and `admin_port`. Where that would be plain "
        "http on a network there are no admin pages.",
    ),
)  # fmt: skip
