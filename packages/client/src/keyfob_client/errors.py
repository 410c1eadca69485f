"""What can go wrong, one class for each thing that an app would do about it.

`fault` says whose it is, `title` names the step as a person knows it, `advice` says what to do next. `explanation` is a
sentence for people; it never holds a secret. When a server gave the reason, `error`, `description` and `client_status`
are its own words (RFC 6749 section 5.2).
"""

from dataclasses import dataclass
from typing import ClassVar, Literal

Fault = Literal["app", "server", "network", "person", "security"]

ClientStatus = Literal["inactive", "revoked", "deleted", "expired"]

Stage = Literal[
    "configuration",
    "metadata",
    "authorization_request",
    "authorization_response",
    "registration",
    "refresh",
    "end_session",
    "id_token",
    "connection",
    "store",
]

TITLES: dict[Stage, str] = {
    "configuration": "Invalid Configuration Error",
    "metadata": "Metadata Download Error",
    "authorization_request": "Authorization Request Error",
    "authorization_response": "Authorization Response Error",
    "registration": "Registration Error",
    "refresh": "Refresh Token Error",
    "end_session": "Logout Request Error",
    "id_token": "Invalid ID Token",
    "connection": "Connection Error",
    "store": "Secure Storage Error",
}


@dataclass(frozen=True, slots=True)
class ErrorAnswer:
    """An OAuth error as the server gave it. `error` is never empty; the rest is empty or None when absent."""

    error: str
    description: str = ""
    client_status: ClientStatus | None = None


class ClientError(Exception):
    fault: ClassVar[Fault] = "server"
    advice: ClassVar[str] = "Try again later."

    def __init__(self, explanation: str, *, stage: Stage, answer: ErrorAnswer | None = None) -> None:
        super().__init__(explanation)
        self.explanation = explanation
        self.stage = stage
        self.error = answer.error if answer else None
        self.description = answer.description if answer else ""
        self.client_status = answer.client_status if answer else None

    @property
    def title(self) -> str:
        return TITLES[self.stage]

    def __str__(self) -> str:
        """Title, OAuth error with its description, and what to do: three things on one line."""
        words = f"{self.error}: {self.description}" if self.error and self.description else self.error
        told = f" ({words})" if words else ""
        return f"{self.title}: {self.explanation}{told} {self.advice}"


class InvalidConfiguration(ClientError):
    """The app asks for what the server does not offer, or its configuration cannot be read."""

    fault = "app"
    advice = "The app's configuration and the server's settings must be brought together; a person cannot mend it."


class ServerAnswerRefused(ClientError):
    """The server's answer breaks the protocol. Nothing of it was used."""

    fault = "server"
    advice = "Tell the operator of the server."


class ServerUnavailable(ClientError):
    """The server says that it cannot answer now: 5xx, 429, `server_error`, `temporarily_unavailable`.

    The same request may be sent again after `retry_after_s` seconds, where the server said how many.
    """

    fault = "server"
    advice = "Try again in a while."

    def __init__(
        self, explanation: str, *, stage: Stage, answer: ErrorAnswer | None = None, retry_after_s: int | None = None
    ) -> None:
        super().__init__(explanation, stage=stage, answer=answer)
        self.retry_after_s = retry_after_s


class ConnectionFailed(ClientError):
    """No answer: no route, no name, no trust in the certificate, or too slow. The request may have been acted upon."""

    fault = "network"
    advice = "Check the connection and try again."


class AuthorizationCancelled(ClientError):
    """The browser was closed or nobody answered in time. Not an error to show: go back to where the person was."""

    fault = "person"
    advice = "Start again whenever you like."


class AccessDenied(ClientError):
    """The person, or the server on behalf of the owner of this registration, said no."""

    fault = "person"
    advice = "Sign in with the account that registered this app."


class AuthorizationExpired(ClientError):
    """A code or an initial token was not accepted: too old, or its answer was lost. Nothing is broken."""

    fault = "network"
    advice = "Start this step again."


class SignedOut(ClientError):
    """The refresh token is spent (`invalid_grant`). The registration is good: sign in again."""

    fault = "person"
    advice = "Sign in again."


class RegistrationSuspended(ClientError):
    """`client_status` is `inactive`: keep the registration, it may come back."""

    fault = "server"
    advice = "Ask the operator, then try again; the registration is kept."


class RegistrationLost(ClientError):
    """Revoked, deleted, expired, or credentials that are no longer known. The app drops its registration."""

    fault = "server"
    advice = "Register this app again."


class SecurityRefusal(ClientError):
    """An answer that somebody else may have made: wrong `state`, `iss`, `nonce`, signature. Nothing of it was used."""

    fault = "security"
    advice = "Start again. If it comes back, somebody may be interfering: tell the operator."


class InvalidIdToken(SecurityRefusal):
    """The ID token does not prove who signed in (OpenID Connect Core section 3.1.3.7)."""

    def __init__(self, explanation: str) -> None:
        super().__init__(explanation, stage="id_token")


class StoreUnavailable(ClientError):
    """There is no secure storage here, or it is locked. Secrets are never written anywhere else."""

    fault = "person"
    advice = "Unlock the keyring, or start a keyring service, and try again."
