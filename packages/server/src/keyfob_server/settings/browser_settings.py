"""The settings of what browsers and the people at them are let do."""

from keyfob_server.rules.origins import origin_fault
from keyfob_server.rules.policy import Policy
from keyfob_server.settings.kinds import Whole, Words
from keyfob_server.settings.problems import quoted
from keyfob_server.settings.setting import Setting

_P = Policy(base_url="")


def _check_origin(text: str) -> str:
    if fault := origin_fault(text):
        raise ValueError(f"must be an origin such as https://app.example.com; {quoted(text)} {fault}")
    return text


ORIGINS = (
    Setting(
        "cors_origins", "policy.cors_origins", Words("origins", _check_origin, may_be_empty=True), _P.cors_origins,
        "Web origins whose pages may call the token, registration, userinfo, revocation and introspection endpoints "
        "for any client (CORS), such as `https://app.example.com`: scheme, host and port, exact. Never `*` or `null`.",
    ),
)  # fmt: skip

CONSENT = (
    Setting(
        "lifetimes.consent_s", "policy.consent_lifetime_s", Whole(0, 10 * 365 * 86400), _P.consent_lifetime_s,
        "For so long a person who allowed an app is not asked again for the same; 0: asked at each sign-in.",
        unit="seconds",
    ),
)  # fmt: skip
