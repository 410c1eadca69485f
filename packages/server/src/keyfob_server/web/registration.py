from keyfob_server.endpoints.register import register
from keyfob_server.endpoints.services import Services
from keyfob_server.web.address import remote_address
from keyfob_server.web.asgi import Receive, Scope
from keyfob_server.web.limits import Limits, header
from keyfob_server.web.parse import read_json
from keyfob_server.web.write import Answer, json_answer


async def post_registration(services: Services, limits: Limits, scope: Scope, receive: Receive) -> Answer:
    """Size first, then the token, then the content. Cookies are not read."""
    body = await read_json(scope, receive, limits)
    authorization, key = header(scope, b"authorization"), header(scope, b"idempotency-key")
    registered = await register(services, authorization, body, key, remote_address(scope))
    return json_answer(registered.document(), status=201)
