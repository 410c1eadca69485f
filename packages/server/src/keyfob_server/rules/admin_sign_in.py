"""What the `state` of an administrator's sign-in claims."""

import json
from dataclasses import dataclass
from typing import ClassVar, cast


@dataclass(frozen=True, slots=True)
class AdminSignInClaims:
    """Bound to the browser by the hash of a cookie that lives for this sign-in alone."""

    PURPOSE: ClassVar[str] = "admin_sign_in"

    cookie_hash: str
    return_to: str
    """The path, with its query, to go to afterwards."""
    expires_at: int
    password_since: int
    """A password that was given before this moment is too old, whatever became of the request on its way."""

    def encode(self) -> bytes:
        return json.dumps([self.cookie_hash, self.return_to, self.expires_at, self.password_since]).encode()

    @classmethod
    def decode(cls, payload: bytes) -> "AdminSignInClaims":
        return cls(*cast("tuple[str, str, int, int]", json.loads(payload)))


def own_return(path: str) -> str:
    """The path if it is one of the admin pages', else their first page: no sign-in ends anywhere else."""
    inside = path == "/admin" or path.startswith(("/admin/", "/admin?"))
    return path if inside and path.isascii() and path.isprintable() and "\\" not in path else "/admin"
