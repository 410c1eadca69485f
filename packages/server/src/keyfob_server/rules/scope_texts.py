"""What an operator's own scopes let an app do, in words for the person who is asked."""

import json
import re
from dataclasses import dataclass
from typing import Final

from keyfob_server.rules.accounts import is_plain_text

SETTING: Final = "scopes"
"""The name of the stored document."""
MAX_SCOPES: Final = 200
MAX_TEXT: Final = 120
_SCOPE = re.compile(r"[!#-\[\]-~]{1,100}")


@dataclass(frozen=True, slots=True)
class ScopeTexts:
    """Pairs of a scope and its text, in the order of the scopes."""

    pairs: tuple[tuple[str, str], ...] = ()

    def text(self, scope: str) -> str | None:
        return dict(self.pairs).get(scope)

    def encode(self) -> str:
        """The document to store; empty without a text."""
        return json.dumps(dict(self.pairs), ensure_ascii=False) if self.pairs else ""


def parse(text: str) -> ScopeTexts:
    """Raises ValueError for what `encode` did not write."""
    document = json.loads(text) if text else {}
    if not isinstance(document, dict):
        raise ValueError("not a document of scopes")  # noqa: TRY004 - one error for all that is stored wrongly
    found = ScopeTexts(tuple(sorted((scope, str(words)) for scope, words in document.items())))
    if fault := scope_texts_fault(found):
        raise ValueError(fault)
    return found


def scope_texts_fault(texts: ScopeTexts) -> str | None:
    """What cannot be so, as a sentence; None when it can."""
    if len(texts.pairs) > MAX_SCOPES:
        return f"there are at most {MAX_SCOPES} scopes"
    for scope, text in texts.pairs:
        if _SCOPE.fullmatch(scope) is None:
            return f"{scope!a} is no scope: 1 to 100 visible ASCII characters, no quotes or backslashes"
        if scope == "dcr":
            return "dcr has a page of its own, and no text"
        if not text.strip() or len(text) > MAX_TEXT or not is_plain_text(text):
            return f"the text of {scope} has 1 to {MAX_TEXT} characters, and no control characters"
    return None
