from keyfob_server.endpoints.revocation import revoke
from keyfob_server.endpoints.services import Services
from keyfob_server.web.address import remote_address
from keyfob_server.web.asgi import Receive, Scope
from keyfob_server.web.limits import Limits, header
from keyfob_server.web.parse import read_form
from keyfob_server.web.write import NO_STORE, Answer


async def post_revocation(services: Services, limits: Limits, scope: Scope, receive: Receive) -> Answer:
    """RFC 7009 section 2.2: the status says everything, the body nothing."""
    form = await read_form(scope, receive, limits)
    await revoke(services, form, header(scope, b"authorization"), remote_address(scope))
    return Answer(200, b"", NO_STORE)
