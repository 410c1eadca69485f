"""The settings of what ends by itself."""

from keyfob_server.rules.policy import Policy
from keyfob_server.settings.kinds import Whole
from keyfob_server.settings.setting import Setting

_DAY = 86400
_YEAR = 365 * _DAY
_P = Policy(base_url="")

INSTANCES = (
    Setting(
        "instances.never_used_s", "policy.instance_never_used_s", Whole(3600, 10 * _YEAR), _P.instance_never_used_s,
        "An instance that nobody signed in through expires so long after its registration.", unit="seconds",
    ),
    Setting(
        "instances.idle_s", "policy.instance_idle_s", Whole(_DAY, 10 * _YEAR), _P.instance_idle_s,
        "An instance that was used expires after so long without a sign-in or a refresh.", unit="seconds",
    ),
    Setting(
        "instances.tombstone_s", "policy.tombstone_s", Whole(90 * _DAY, 10 * _YEAR), _P.tombstone_s,
        "For so long after its end an app is told what became of its registration; then the row goes.",
        unit="seconds",
    ),
)  # fmt: skip
