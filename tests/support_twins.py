"""Twins of the real server with one part made wrong, over the same installation: properties must find them out."""

from keyfob_server.composition.server import public_app
from keyfob_server.endpoints.services import Services
from keyfob_server.web.app import PublicApp
from support_app import Keyfob


def twin(keyfob: Keyfob, services: Services) -> Keyfob:
    """The same database, keys and clock behind an app with other services."""
    return twin_app(keyfob, public_app(services))


def twin_app(keyfob: Keyfob, app: PublicApp) -> Keyfob:
    return Keyfob(keyfob.installation, app, keyfob.clock, keyfob._runner)
