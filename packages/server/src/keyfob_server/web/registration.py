from keyfob_server.endpoints.register import authorize_registration, register
from keyfob_server.endpoints.services import Services
from keyfob_server.web.address import remote_address
from keyfob_server.web.asgi import Receive, Scope
from keyfob_server.web.limits import Limits, header
from keyfob_server.web.parse import read_json
from keyfob_server.web.write import Answer, json_answer


async def post_registration(services: Services, limits: Limits, scope: Scope, receive: Receive) -> Answer:
    """Size first, then the token, then the content: nobody unknown gets a body parsed. Cookies are not read."""
    body = await read_json(scope, receive, limits)
    token = await authorize_registration(services, header(scope, b"authorization"), remote_address(scope))
    return json_answer((await register(services, token, body)).document(), status=201)
