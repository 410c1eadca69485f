from keyfob_server.endpoints.bearer import refuse_other_transports
from keyfob_server.endpoints.services import Services
from keyfob_server.endpoints.userinfo import userinfo
from keyfob_server.web.asgi import Receive, Scope
from keyfob_server.web.limits import Limits, header, read_body
from keyfob_server.web.parse import query_parameters, read_form
from keyfob_server.web.write import Answer, json_answer


async def get_userinfo(services: Services, limits: Limits, scope: Scope, receive: Receive) -> Answer:
    """GET and POST (OpenID Connect Core section 5.3.1)."""
    names = {name for name, _ in query_parameters(scope).pairs()}
    if scope["method"] == "POST":
        if header(scope, b"content-type") is None:
            await read_body(scope, receive, limits)
        else:
            names |= {name for name, _ in (await read_form(scope, receive, limits)).pairs()}
    refuse_other_transports(tuple(names))
    return json_answer(await userinfo(services, header(scope, b"authorization")))
