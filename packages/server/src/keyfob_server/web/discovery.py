from keyfob_server.endpoints.discovery import server_metadata
from keyfob_server.endpoints.registration_settings import with_present_registration
from keyfob_server.endpoints.services import Services
from keyfob_server.rules.policy import Policy
from keyfob_server.web.asgi import Receive, Scope
from keyfob_server.web.limits import Limits
from keyfob_server.web.write import Answer, RawHeaders, json_answer

# Public and the same for everybody: any origin may read it (wire.md section 4).
_PUBLIC: RawHeaders = (
    (b"cache-control", b"public, max-age=300"),
    (b"access-control-allow-origin", b"*"),
    (b"cross-origin-resource-policy", b"cross-origin"),
)


class ServerMetadataHandler:
    """Writes the document anew only when the policy or the signing algorithms are others than last time."""

    __slots__ = ("_answer", "_made_of")

    def __init__(self) -> None:
        self._made_of: tuple[Policy, tuple[str, ...]] | None = None
        self._answer = Answer(200, b"", ())

    async def __call__(self, services: Services, _limits: Limits, _scope: Scope, _receive: Receive) -> Answer:
        present = await with_present_registration(services)
        made_of = (present.policy, present.signer.algorithms())
        if made_of != self._made_of:
            self._answer = json_answer(server_metadata(present).document(), headers=_PUBLIC)
            self._made_of = made_of
        return self._answer


async def get_jwks(services: Services, _limits: Limits, _scope: Scope, _receive: Receive) -> Answer:
    return Answer(200, services.signer.jwks(), ((b"content-type", b"application/json"), *_PUBLIC))
