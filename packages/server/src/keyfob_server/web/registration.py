from keyfob_server.endpoints.register import register
from keyfob_server.endpoints.registration_settings import with_present_registration
from keyfob_server.endpoints.services import Services
from keyfob_server.web.address import remote_address
from keyfob_server.web.asgi import Receive, Scope
from keyfob_server.web.limits import HttpRefusal, Limits, header
from keyfob_server.web.parse import read_json
from keyfob_server.web.write import Answer, json_answer


async def open_registration(services: Services) -> Services:
    """The services under the settings in force. Raises HttpRefusal 404 while registration is switched off."""
    present = await with_present_registration(services)
    if not present.policy.registration.enabled:
        raise HttpRefusal(404, "invalid_request", "there is nothing here")
    return present


async def post_registration(services: Services, limits: Limits, scope: Scope, receive: Receive) -> Answer:
    """Size first, then the token, then the content. Cookies are not read."""
    services = await open_registration(services)
    body = await read_json(scope, receive, limits)
    authorization, key = header(scope, b"authorization"), header(scope, b"idempotency-key")
    registered = await register(services, authorization, body, key, remote_address(scope))
    return json_answer(registered.document(), status=201)
