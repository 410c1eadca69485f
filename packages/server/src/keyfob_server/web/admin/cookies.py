"""The cookies of the admin pages: the session, one that lives for a sign-in alone, and one that says who signed out."""

from dataclasses import dataclass

from keyfob_server.rules.admin_client import AdminAddress
from keyfob_server.rules.administrators import IDLE_S, SIGN_IN_S
from keyfob_server.web.asgi import Scope
from keyfob_server.web.limits import header


@dataclass(frozen=True, slots=True)
class AdminCookies:
    """`__Host-` and Secure under https; plain on an http loopback address, where browsers would drop them.

    Ports do not part cookies, so the names are others than those of the public pages.
    """

    address: AdminAddress

    def read_session(self, scope: Scope) -> str | None:
        return self._read(scope, "admin")

    def read_sign_in(self, scope: Scope) -> str | None:
        return self._read(scope, "admin-sign-in")

    def set_session(self, value: str) -> str:
        """The Set-Cookie line; an empty value removes the cookie.

        Strict where the sign-in comes back from the same site: a browser would leave such a cookie out of the redirects
        that follow a request from another one.
        """
        return self._line("admin", value, "Strict" if self.address.same_site else "Lax")

    def set_sign_in(self, value: str) -> str:
        return self._line("admin-sign-in", value, "Lax", SIGN_IN_S)

    def read_signed_out(self, scope: Scope) -> bool:
        return self._read(scope, "admin-out") is not None

    def set_signed_out(self, *, out: bool) -> str:
        """For as long as single sign-on would let the next person at this browser in without a password."""
        return self._line("admin-out", "1" if out else "", "Lax", IDLE_S)

    @property
    def _prefix(self) -> str:
        return "__Host-keyfob-" if self.address.https else "keyfob-"

    def _read(self, scope: Scope, name: str) -> str | None:
        """None also when it came twice: nobody says which one counts."""
        wanted = self._prefix + name
        pairs = (pair.strip().partition("=") for pair in (header(scope, b"cookie") or "").split(";"))
        values = [value for key, _, value in pairs if key == wanted]
        return values[0] if len(values) == 1 else None

    def _line(self, name: str, value: str, same_site: str, max_age_s: int | None = None) -> str:
        age = f"; Max-Age={max_age_s if value else 0}" if max_age_s is not None or not value else ""
        secure = "; Secure" if self.address.https else ""
        return f"{self._prefix}{name}={value}; Path=/; HttpOnly; SameSite={same_site}{secure}{age}"
