"""What an administrator may issue."""

from dataclasses import dataclass
from typing import Final

from keyfob_protocol.errors import InvalidRedirectUri
from keyfob_protocol.redirect_uris import check_redirect_uri
from keyfob_server.rules.accounts import is_plain_text

LONGEST_LIFE_S: Final = 90 * 86400
"""The rows of instances outlive it, so no token ever works a second time because a row was swept."""
SHORTEST_LIFE_S: Final = 60
MOST_USES: Final = 1_000_000
_MOST_REDIRECT_URIS: Final = 20
_LONGEST_NOTE: Final = 200


@dataclass(frozen=True, slots=True)
class NewInitialToken:
    """An initial token as it is asked for."""

    uses: int | None = 1
    """None: any number until it expires."""
    lifetime_s: int = 86400
    user_name: str = ""
    """Whose the instances will be; empty: each belongs to whoever signs in through it first."""
    template: str = ""
    """It makes instances of this one alone; empty: whatever the registration asks for."""
    redirect_uris: tuple[str, ...] = ()
    """The only ones that may be registered; empty: any."""
    note: str = ""
    policies: tuple[str, ...] = ()
    """Names of registration policies; each once."""


def new_token_fault(new: NewInitialToken) -> str | None:
    """A sentence about the first thing that is wrong; None when nothing is."""
    if new.uses is not None and not 1 <= new.uses <= MOST_USES:
        return f"an initial token has 1 to {MOST_USES} uses, or any number of them"
    if not SHORTEST_LIFE_S <= new.lifetime_s <= LONGEST_LIFE_S:
        return f"an initial token lives {SHORTEST_LIFE_S} seconds to {LONGEST_LIFE_S // 86400} days"
    if len(new.note) > _LONGEST_NOTE or not is_plain_text(new.note):
        return f"a note has at most {_LONGEST_NOTE} characters, and no control characters"
    if len(new.redirect_uris) > _MOST_REDIRECT_URIS:
        return f"an initial token names at most {_MOST_REDIRECT_URIS} redirect URIs"
    if len(set(new.policies)) != len(new.policies):
        return "an initial token names each registration policy once"
    for uri in new.redirect_uris:
        try:
            check_redirect_uri(uri)
        except InvalidRedirectUri as error:
            return f"a redirect URI of an initial token: {error.description}"
    return None
