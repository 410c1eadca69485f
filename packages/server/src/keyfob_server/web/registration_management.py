"""One registration, at `{registration}/{client_id}` and below it (RFC 7592)."""

from keyfob_protocol.identifiers import ClientId
from keyfob_protocol.parameters import Parameters
from keyfob_server.endpoints.bearer import refuse_other_transports
from keyfob_server.endpoints.registration_management import (
    ManagedRegistration,
    authorize_management,
    delete,
    read,
    rotate_secret,
    update,
)
from keyfob_server.endpoints.services import Services
from keyfob_server.web.address import remote_address
from keyfob_server.web.asgi import Receive, Scope
from keyfob_server.web.limits import Limits, header, read_body
from keyfob_server.web.parse import form_of, query_parameters, read_json
from keyfob_server.web.registration import open_registration
from keyfob_server.web.write import NO_STORE, Answer, json_answer


async def manage_registration(services: Services, limits: Limits, scope: Scope, receive: Receive) -> Answer:
    """GET, HEAD, PUT, DELETE. Size first, then the token, then the content, as at the registration endpoint."""
    services = await open_registration(services)
    if scope["method"] == "PUT":
        body = await read_json(scope, receive, limits)
        return json_answer((await update(services, await _managed(services, scope), body)).document())
    await read_body(scope, receive, limits)
    managed = await _managed(services, scope)
    if scope["method"] == "DELETE":
        await delete(services, managed)
        return Answer(204, b"", NO_STORE)
    return json_answer((await read(services, managed)).document())


async def post_secret(services: Services, limits: Limits, scope: Scope, receive: Receive) -> Answer:
    """House: a form that may be empty, or no body at all."""
    services = await open_registration(services)
    body = await read_body(scope, receive, limits)
    managed = await _managed(services, scope)
    form = Parameters() if header(scope, b"content-type") is None else form_of(scope, body)
    return json_answer((await rotate_secret(services, managed, form)).document())


async def _managed(services: Services, scope: Scope) -> ManagedRegistration:
    refuse_other_transports(tuple(name for name, _ in query_parameters(scope).pairs()))
    client_id = ClientId(scope["path_params"]["client_id"])
    return await authorize_management(services, client_id, header(scope, b"authorization"), remote_address(scope))
