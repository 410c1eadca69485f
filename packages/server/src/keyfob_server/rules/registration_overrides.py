"""What an administrator decided of registration at run time: it lies over what the settings file says."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Final, TypeVar

from keyfob_server.rules.policy import Policy

SETTING: Final = "registration"
"""The name of the stored document."""
AUTHENTICATE: Final = ("user", "client", "both")
LEAST_LIFETIME_S: Final = 10
MOST_LIFETIME_S: Final = 90 * 86400
MAX_SCOPES: Final = 100

_SCOPE = re.compile(r"[!#-\[\]-~]{1,100}")
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class RegistrationOverrides:
    """None leaves what the settings say."""

    enabled: bool | None = None
    authenticate: str | None = None
    templatized: bool | None = None
    non_templatized: bool | None = None
    initial_token_lifetime_s: int | None = None
    allowed_scopes: tuple[str, ...] | None = None

    @property
    def any(self) -> bool:
        return self != _NOTHING

    def encode(self) -> str:
        """The document to store; empty when nothing is overridden."""
        said = {name: value for name, value in asdict(self).items() if value is not None}
        return json.dumps(said, sort_keys=True) if said else ""


_NOTHING: Final = RegistrationOverrides()


def parse(text: str | None) -> RegistrationOverrides:
    """Raises ValueError for what `encode` did not write: half a decision is none."""
    if not text:
        return _NOTHING
    document = json.loads(text)
    if not isinstance(document, dict) or set(document) - {field.name for field in fields(RegistrationOverrides)}:
        raise ValueError("not a document of registration settings")
    scopes = document.get("allowed_scopes")
    if scopes is not None and not (isinstance(scopes, list) and all(isinstance(one, str) for one in scopes)):
        raise ValueError("allowed_scopes: not a list of texts")
    found = RegistrationOverrides(
        enabled=_read(document, "enabled", bool),
        authenticate=_read(document, "authenticate", str),
        templatized=_read(document, "templatized", bool),
        non_templatized=_read(document, "non_templatized", bool),
        initial_token_lifetime_s=_read(document, "initial_token_lifetime_s", int),
        allowed_scopes=None if scopes is None else tuple(scopes),
    )
    if fault := overrides_fault(found):
        raise ValueError(fault)
    return found


def overrides_fault(overrides: RegistrationOverrides) -> str | None:
    """What cannot be so, as a sentence; None when it can."""
    if overrides.authenticate is not None and overrides.authenticate not in AUTHENTICATE:
        return "say who authenticates: user, client or both"
    if overrides.templatized is False and overrides.non_templatized is False and overrides.enabled is not False:
        return "allow registration with a template, without one, or both; or switch registration off"
    lifetime = overrides.initial_token_lifetime_s
    if lifetime is not None and not LEAST_LIFETIME_S <= lifetime <= MOST_LIFETIME_S:
        return f"an initial token lives {LEAST_LIFETIME_S} to {MOST_LIFETIME_S} seconds"
    scopes = overrides.allowed_scopes
    if scopes is None:
        return None
    if not 1 <= len(scopes) <= MAX_SCOPES or len(set(scopes)) != len(scopes):
        return f"name 1 to {MAX_SCOPES} different scopes"
    if "dcr" in scopes:
        return "the scope dcr is for registering, and never for what was registered"
    if not all(_SCOPE.fullmatch(scope) for scope in scopes):
        return "a scope has 1 to 100 visible ASCII characters, and no quotes or backslashes"
    return None


def apply(policy: Policy, overrides: RegistrationOverrides) -> Policy:
    """The policy in force. The default scope never says more than what is allowed."""
    present = policy.registration
    allowed = _else(overrides.allowed_scopes, present.allowed_scopes)
    registration = replace(
        present,
        enabled=_else(overrides.enabled, present.enabled),
        authenticate=_else(overrides.authenticate, present.authenticate),
        templatized=_else(overrides.templatized, present.templatized),
        non_templatized=_else(overrides.non_templatized, present.non_templatized),
        allowed_scopes=allowed,
        default_scope=tuple(scope for scope in present.default_scope if scope in allowed),
    )
    lifetime = _else(overrides.initial_token_lifetime_s, policy.initial_token_lifetime_s)
    return replace(policy, registration=registration, initial_token_lifetime_s=lifetime)


def in_force(policy: Policy) -> RegistrationOverrides:
    """What a policy says of everything that can be overridden."""
    registration = policy.registration
    return RegistrationOverrides(
        enabled=registration.enabled,
        authenticate=registration.authenticate,
        templatized=registration.templatized,
        non_templatized=registration.non_templatized,
        initial_token_lifetime_s=policy.initial_token_lifetime_s,
        allowed_scopes=registration.allowed_scopes,
    )


def _read(document: Mapping[str, object], name: str, kind: type[_Value]) -> _Value | None:
    value = document.get(name)
    # bool is an int to Python, and `true` is no number of seconds
    if value is None or (isinstance(value, kind) and (kind is bool or not isinstance(value, bool))):
        return value
    raise ValueError(f"{name}: not of its type")


def _else(value: _Value | None, otherwise: _Value) -> _Value:
    return otherwise if value is None else value
