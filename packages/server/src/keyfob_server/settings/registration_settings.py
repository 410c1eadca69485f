"""The settings of who may register, and how often."""

from keyfob_server.rules.policy import RegistrationPolicy
from keyfob_server.settings.kinds import Choice, Flag, Whole
from keyfob_server.settings.setting import Setting

_R = RegistrationPolicy()

REGISTRATION_OWNERS = (
    Setting(
        "registration.authenticate", "policy.registration.authenticate", Choice(("user", "client", "both")),
        _R.authenticate,
        "Whose initial tokens register: `user`, a person's who signed in; `client`, a client's own, by client "
        "credentials; `both`. What administrators issue always counts.",
    ),
    Setting(
        "registration.templatized", "policy.registration.templatized", Flag(), _R.templatized,
        "Whether registrations are taken that name a template in `software_id`.",
    ),
    Setting(
        "registration.non_templatized", "policy.registration.non_templatized", Flag(), _R.non_templatized,
        "Whether registrations are taken that bring all their metadata themselves.",
    ),
    Setting(
        "registration.max_instances_per_owner", "policy.registration.max_instances_per_owner", Whole(0, 10_000),
        _R.max_instances_per_owner,
        "How many instances of one template, or of none, a person may have at a time; 0: any number.",
    ),
    Setting(
        "registration.max_new_per_day", "policy.registration.max_new_per_day", Whole(0, 10_000), _R.max_new_per_day,
        "Of those, how many may be registered within 24 hours; 0: any number.",
    ),
)  # fmt: skip
