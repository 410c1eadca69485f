"""What an OAuth error means to an app: which class it becomes, and so what the app does."""

from typing import get_args

from keyfob_client.errors import (
    AccessDenied,
    AuthorizationExpired,
    ClientError,
    ClientStatus,
    ErrorAnswer,
    InvalidConfiguration,
    RegistrationLost,
    RegistrationSuspended,
    ServerUnavailable,
    SignedOut,
    Stage,
)

MAX_DESCRIPTION_LENGTH = 300


def error_answer(error: str, description: str, client_status: str | None) -> ErrorAnswer:
    """The server's words made fit to show: control characters go, and long text is cut.

    A `client_status` that is not known counts as `inactive`, the one that loses nothing.
    """
    known: ClientStatus | None = next((status for status in get_args(ClientStatus) if status == client_status), None)
    return ErrorAnswer(
        error=_printable(error),
        description=_printable(description),
        client_status=known if known or not client_status else "inactive",
    )


def refusal(answer: ErrorAnswer, *, stage: Stage, instance: bool) -> ClientError:
    """`instance` says whose credentials were refused: this install's own, or the app's registration client."""
    kind, explanation = _meaning(answer, stage=stage, instance=instance)
    return kind(explanation, stage=stage, answer=answer)


def _meaning(answer: ErrorAnswer, *, stage: Stage, instance: bool) -> tuple[type[ClientError], str]:
    found: tuple[type[ClientError], str]
    match answer:
        case ErrorAnswer(error="server_error" | "temporarily_unavailable"):
            found = ServerUnavailable, "The server cannot answer now."
        case ErrorAnswer(client_status="inactive") if instance:
            found = RegistrationSuspended, "This app on this device is suspended."
        case ErrorAnswer(client_status="revoked" | "deleted" | "expired") if instance:
            found = RegistrationLost, f"The registration of this app on this device is {answer.client_status}."
        case ErrorAnswer(error="invalid_client") if instance:
            found = RegistrationLost, "The server does not know this app's registration any more."
        case ErrorAnswer(error="invalid_grant") if stage == "refresh":
            found = SignedOut, "This sign-in has ended."
        case ErrorAnswer(error="invalid_grant" | "invalid_token"):
            found = AuthorizationExpired, "The server did not accept this step any more."
        case ErrorAnswer(error="access_denied"):
            found = AccessDenied, "The sign-in was refused."
        case _:
            found = InvalidConfiguration, "The server refused the request."
    return found


def _printable(text: str) -> str:
    return "".join(character for character in text[:MAX_DESCRIPTION_LENGTH] if character.isprintable())
