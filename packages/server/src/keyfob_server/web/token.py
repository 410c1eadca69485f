from keyfob_server.endpoints.services import Services
from keyfob_server.endpoints.token import token
from keyfob_server.web.address import remote_address
from keyfob_server.web.asgi import Receive, Scope
from keyfob_server.web.limits import Limits, header
from keyfob_server.web.parse import read_form
from keyfob_server.web.write import Answer, json_answer


async def post_token(services: Services, limits: Limits, scope: Scope, receive: Receive) -> Answer:
    form = await read_form(scope, receive, limits)
    return json_answer((await token(services, form, header(scope, b"authorization"), remote_address(scope))).document())
