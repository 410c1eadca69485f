"""The three cookies: which browser this is, which session it has, and who signed in from it before."""

from dataclasses import dataclass

from keyfob_protocol.identifiers import SessionId
from keyfob_server.rules.sessions import browser_hash_of, session_id_of
from keyfob_server.web.asgi import Scope
from keyfob_server.web.limits import header


@dataclass(frozen=True, slots=True)
class Cookies:
    """`__Host-` and Secure under https; plain on an http loopback base URL, where browsers would drop them."""

    https: bool

    @property
    def _prefix(self) -> str:
        return "__Host-keyfob-" if self.https else "keyfob-"

    def read_browser(self, scope: Scope) -> str | None:
        value = self._read(scope, "browser")
        return value if browser_hash_of(value) else None

    def read_session(self, scope: Scope) -> SessionId | None:
        return session_id_of(self._read(scope, "session"))

    def read_device(self, scope: Scope) -> str | None:
        return self._read(scope, "device")

    def set_browser(self, value: str) -> str:
        return self._line("browser", value)

    def set_session(self, value: str) -> str:
        """The Set-Cookie line; an empty value removes the cookie."""
        return self._line("session", value)

    def set_device(self, value: str, *, lifetime_s: int) -> str:
        """Unlike the others it outlives the browser's run."""
        return f"{self._line('device', value)}; Max-Age={lifetime_s}"

    def _read(self, scope: Scope, name: str) -> str | None:
        """None also when the cookie came twice: nobody says which one counts."""
        wanted = self._prefix + name
        pairs = (pair.strip().partition("=") for pair in (header(scope, b"cookie") or "").split(";"))
        values = [value for key, _, value in pairs if key == wanted]
        return values[0] if len(values) == 1 else None

    def _line(self, name: str, value: str) -> str:
        end = "" if value else "; Max-Age=0"
        secure = "; Secure" if self.https else ""
        return f"{self._prefix}{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{end}"
