import re

from keyfob_server.endpoints.introspection import introspect
from keyfob_server.endpoints.services import Services
from keyfob_server.endpoints.signed_introspection import RESPONSE_TYPE, access_token_jwt, introspection_jwt
from keyfob_server.web.address import remote_address
from keyfob_server.web.asgi import Receive, Scope
from keyfob_server.web.limits import Limits, header, header_lines
from keyfob_server.web.parse import read_form
from keyfob_server.web.write import Answer, json_answer, no_content, text_answer

_RESPONSE_JWT = f"application/{RESPONSE_TYPE}"
_ACCESS_TOKEN_JWT = "application/jwt"
_REFUSED = re.compile(r"q=0(?:\.0*)?\s*$", re.IGNORECASE)


async def post_introspection(services: Services, limits: Limits, scope: Scope, receive: Receive) -> Answer:
    """JSON, unless the caller asks for one of the signed forms first."""
    form = await read_form(scope, receive, limits)
    answer = await introspect(services, form, header(scope, b"authorization"), remote_address(scope))
    match _wanted(header_lines(scope, b"accept")):
        case "response":
            return text_answer(introspection_jwt(services, answer), _RESPONSE_JWT)
        case "access token":
            token = access_token_jwt(services, answer)
            return no_content() if token is None else text_answer(token, _ACCESS_TOKEN_JWT)
        case _:
            return json_answer(answer.members)


def _wanted(lines: list[bytes]) -> str:
    """The first media type that is served here, and not refused by a weight of 0; a list may come in several lines (RFC
    9110 section 5.3).
    """
    for part in b",".join(lines).decode("latin-1").split(","):
        media_type, _, parameters = part.partition(";")
        if _REFUSED.search(parameters):
            continue
        match media_type.strip().lower():
            case "application/token-introspection+jwt":
                return "response"
            case "application/jwt":
                return "access token"
            case "application/json" | "*/*" | "application/*":
                break
    return "json"
