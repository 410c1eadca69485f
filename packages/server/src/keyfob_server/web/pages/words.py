"""Scopes in words for ordinary people."""

from collections.abc import Iterable

from keyfob_server.rules.scope_texts import ScopeTexts

_WORDS = {
    "openid": "Recognise you when you come back",
    "profile": "See your name",
    "email": "See your email address",
    "phone": "See your phone number",
    "address": "See your postal address",
    "offline_access": "Keep you signed in while you are away",
}
_SAID_OTHERWISE = {"dcr"}  # the page about registering a device says it in whole sentences


def scope_words(scope: Iterable[str], texts: ScopeTexts) -> tuple[str, ...]:
    """What each scope lets an app do: the operator's text, else ours, else its name."""
    return tuple(texts.text(name) or _WORDS.get(name, name) for name in scope if name not in _SAID_OTHERWISE)


SIGN_IN_ERRORS = {
    "": "",
    "wrong": "User name or password is not right. Please try again.",
    "busy": "Too many people are signing in right now. Please try again in a moment.",
    "owner": "This app is registered on this device for another account. Sign in with that account.",
}
"""What the sign-in page says of itself, by the reason that it is shown again."""

ERROR_PAGES = {
    "unknown_client": ("Unknown app", "The app that sent you here is not known to this server."),
    "redirect_uri": (
        "This request cannot go on",
        "The app asked for an answer at an address that it has not registered.",
    ),
    "request": ("This request cannot be read", "The app sent a request that does not make sense here."),
    "app": ("The app cannot go on", "The app's request was refused."),
}
"""Title and text of the error page, by kind."""

_ADVICE = {
    "unknown client": "If you registered this device a while ago, remove the app's registration there and start again.",
}


def error_advice(code: str, description: str) -> str:
    """What to do next. The error code is for the person who writes the app."""
    return _ADVICE.get(description, f"Go back to the app and try again. For its developer: {code}, {description}.")
