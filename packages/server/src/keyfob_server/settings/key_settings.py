"""The settings of signing keys."""

from keyfob_server.rules.policy import Policy
from keyfob_server.settings.kinds import Whole
from keyfob_server.settings.setting import Setting

_DAY = 86400
_P = Policy(base_url="")

KEYS = (
    Setting(
        "keys.publish_ahead_s", "policy.key_publish_ahead_s", Whole(0, 30 * _DAY), _P.key_publish_ahead_s,
        "For so long a new signing key is published before it signs. Longer than anybody caches the key set.",
        unit="seconds",
    ),
    Setting(
        "keys.keep_published_s", "policy.key_keep_published_s", Whole(60, 365 * _DAY), _P.key_keep_published_s,
        "For so long a signing key stays published after another one took over. No token that it signed lives longer.",
        unit="seconds",
    ),
)  # fmt: skip
