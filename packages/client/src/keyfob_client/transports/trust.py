"""Whom a transport believes to be the server."""

import ssl
from pathlib import Path

from keyfob_client.errors import InvalidConfiguration


def trusting(ca_file: Path) -> ssl.SSLContext:
    """A context that trusts the authorities of one PEM file, and no others. Raises InvalidConfiguration."""
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise InvalidConfiguration("The file of trusted certificates cannot be used.", stage="connection") from error
    # the library's default may be older: systems differ
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
