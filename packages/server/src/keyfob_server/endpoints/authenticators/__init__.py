"""One file per way to sign in, and the table of them. The key is the last part of the sign-in page's address."""

from collections.abc import Awaitable, Callable, Mapping

from keyfob_protocol.parameters import Parameters
from keyfob_server.endpoints.authenticators import username_password
from keyfob_server.endpoints.authenticators.verdict import SignedIn, SignInFailed
from keyfob_server.endpoints.browser import Browser
from keyfob_server.endpoints.services import Services

AUTHENTICATORS: Mapping[str, Callable[[Services, Parameters, Browser], Awaitable[SignedIn | SignInFailed]]] = {
    username_password.NAME: username_password.authenticate,
}
