"""One exception for each registered error code.

`description` is what the peer sees; `reason` is for the log alone. `by_redirect` says whether the code may travel to a
redirect URI (RFC 6749 section 4.1.2.1, OpenID Connect Core section 3.1.2.6).
"""

from typing import ClassVar, Literal

ClientStatus = Literal["inactive", "revoked", "deleted", "expired"]


class ProtocolError(Exception):
    code: ClassVar[str] = "server_error"
    status: ClassVar[int] = 400
    by_redirect: ClassVar[bool] = False

    def __init__(
        self, description: str = "", *, reason: str | None = None, client_status: ClientStatus | None = None
    ) -> None:
        super().__init__(description)
        self.description = description
        self.reason = reason or description
        self.client_status = client_status

    def document(self) -> dict[str, str]:
        """The JSON error object of RFC 6749 section 5.2, with the house member `client_status`."""
        members = {"error": self.code}
        if self.description:
            members["error_description"] = self.description
        if self.client_status:
            members["client_status"] = self.client_status
        return members


class InvalidRequest(ProtocolError):
    code = "invalid_request"
    by_redirect = True


class InvalidClient(ProtocolError):
    code = "invalid_client"
    status = 401


class InvalidGrant(ProtocolError):
    code = "invalid_grant"


class UnauthorizedClient(ProtocolError):
    code = "unauthorized_client"
    by_redirect = True


class UnsupportedGrantType(ProtocolError):
    code = "unsupported_grant_type"


class UnsupportedResponseType(ProtocolError):
    code = "unsupported_response_type"
    by_redirect = True


class InvalidScope(ProtocolError):
    code = "invalid_scope"
    by_redirect = True


class InvalidTarget(ProtocolError):
    """RFC 8707 section 2."""

    code = "invalid_target"
    by_redirect = True


class AccessDenied(ProtocolError):
    code = "access_denied"
    by_redirect = True


class ServerError(ProtocolError):
    code = "server_error"
    status = 500
    by_redirect = True


class TemporarilyUnavailable(ProtocolError):
    code = "temporarily_unavailable"
    status = 503
    by_redirect = True


class TooManyRequests(ProtocolError):
    """429 (RFC 6585 section 4). OAuth registered no code for it; this one says what a client should do (ADR 0020)."""

    code = "temporarily_unavailable"
    status = 429

    def __init__(self, description: str = "", *, reason: str | None = None, retry_after_s: int = 1) -> None:
        super().__init__(description, reason=reason)
        self.retry_after_s = retry_after_s


class IdempotencyKeyReused(ProtocolError):
    """422: the key of a request that was another one (wire.md section 3.4). OAuth registered no code for it."""

    code = "invalid_request"
    status = 422


class LoginRequired(ProtocolError):
    code = "login_required"
    by_redirect = True


class ConsentRequired(ProtocolError):
    code = "consent_required"
    by_redirect = True


class InteractionRequired(ProtocolError):
    code = "interaction_required"
    by_redirect = True


class AccountSelectionRequired(ProtocolError):
    code = "account_selection_required"
    by_redirect = True


class UnmetAuthenticationRequirements(ProtocolError):
    """OpenID Connect Core Error Code unmet_authentication_requirements."""

    code = "unmet_authentication_requirements"
    by_redirect = True


class RequestNotSupported(ProtocolError):
    code = "request_not_supported"
    by_redirect = True


class RequestUriNotSupported(ProtocolError):
    code = "request_uri_not_supported"
    by_redirect = True


class RegistrationNotSupported(ProtocolError):
    code = "registration_not_supported"
    by_redirect = True


class InvalidToken(ProtocolError):
    """RFC 6750 section 3.1."""

    code = "invalid_token"
    status = 401


class MissingToken(ProtocolError):
    """No credentials at all: a bare challenge, without an error code (RFC 6750 section 3.1)."""

    code = "invalid_token"
    status = 401


class InsufficientScope(ProtocolError):
    """RFC 6750 section 3.1."""

    code = "insufficient_scope"
    status = 403


class InvalidRedirectUri(ProtocolError):
    """RFC 7591 section 3.2.2."""

    code = "invalid_redirect_uri"


class InvalidClientMetadata(ProtocolError):
    """RFC 7591 section 3.2.2."""

    code = "invalid_client_metadata"


class InvalidSoftwareStatement(ProtocolError):
    """RFC 7591 section 3.2.2."""

    code = "invalid_software_statement"


class UnapprovedSoftwareStatement(ProtocolError):
    """RFC 7591 section 3.2.2."""

    code = "unapproved_software_statement"
