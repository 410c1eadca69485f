"""Scopes in words for ordinary people."""

from collections.abc import Iterable

_WORDS = {
    "openid": "Recognise you when you come back",
    "profile": "See your name",
    "email": "See your email address",
    "phone": "See your phone number",
    "address": "See your postal address",
    "offline_access": "Keep you signed in while you are away",
}
_SAID_OTHERWISE = {"dcr"}  # the page about registering a device says it in whole sentences


def scope_words(scope: Iterable[str]) -> tuple[str, ...]:
    """What each scope lets an app do. A scope of the operator's own is shown by its name."""
    return tuple(_WORDS.get(name, name) for name in scope if name not in _SAID_OTHERWISE)
