"""What a server under a loopback name leaves out."""

from keyfob_server.web.asgi import AsgiApp, Message, Receive, Scope, Send

_TRANSPORT_SECURITY = b"strict-transport-security"


def without_transport_security(app: AsgiApp) -> AsgiApp:
    """Browsers remember Strict-Transport-Security by host name, whatever the port: said by one server on `localhost` it
    would lock a developer out of every other one there that speaks plain http.
    """

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_less(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [(name, value) for name, value in message["headers"] if name.lower() != _TRANSPORT_SECURITY]
                message = {**message, "headers": kept}
            await send(message)

        await app(scope, receive, send_less)

    return serve
