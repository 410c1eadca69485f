"""The settings of alarms: what an operator hears before a ceiling is reached."""

from keyfob_server.rules.alarms import WatchPolicy
from keyfob_server.settings.kinds import Whole
from keyfob_server.settings.setting import Setting

_MOST = 2**53
_W = WatchPolicy()

REGISTRATION_ALARMS = (
    Setting(
        "registration.rate_alarm_after_s", "policy.watch.rate_alarm_after_s", Whole(1, 86400), _W.rate_alarm_after_s,
        "Registrations that go on being refused by `registration.max_per_second` for so long raise an alarm.",
        unit="seconds",
    ),
    Setting(
        "registration.instances_ceiling", "policy.watch.instances_ceiling", Whole(0, 1_000_000_000),
        _W.instances_ceiling,
        "How many living instances of one template, or of none, are expected: an alarm at 80 % and at 100 %. Nothing "
        "is refused. 0: nobody counts.",
    ),
)  # fmt: skip

STORAGE = (
    Setting(
        "storage.quota_bytes", "policy.watch.storage_quota_bytes", Whole(0, _MOST), _W.storage_quota_bytes,
        "How large the database may become: an alarm at 80 %; at 100 % new registrations are 503, and everything else "
        "goes on. 0: any size.", unit="bytes",
    ),
    Setting(
        "storage.least_free_bytes", "policy.watch.least_free_bytes", Whole(0, _MOST), _W.least_free_bytes,
        "How much room the disk of a SQLite file should have: an alarm when it is near that or less. Nothing is "
        "refused. 0: nobody looks.", unit="bytes",
    ),
)  # fmt: skip
