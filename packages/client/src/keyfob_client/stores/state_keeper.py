"""Keeps the state of one server in a secure store, under the issuer's name."""

from dataclasses import dataclass

from keyfob_client.auth_state import AuthState, UnreadableState, parse_auth_state
from keyfob_client.stores.secure_store import SecureStore
from keyfob_protocol.identifiers import Issuer


@dataclass(frozen=True, slots=True)
class StateKeeper:
    """Only the registration is kept, unless the app chooses more."""

    store: SecureStore
    issuer: Issuer
    with_tokens: bool = False
    with_unanswered: bool = False
    """A registration's initial token, `Idempotency-Key` and body, from before it is sent until its answer is kept."""

    def load(self) -> AuthState:
        """An unregistered state when nothing is stored, or nothing readable. Raises StoreUnavailable."""
        data = self.store.get(self.issuer)
        if data is None:
            return AuthState(self.issuer)
        try:
            return parse_auth_state(data, issuer=self.issuer)
        except UnreadableState:
            return AuthState(self.issuer)

    def save(self, state: AuthState) -> None:
        """Raises StoreUnavailable."""
        unanswered = self.with_unanswered and state.unanswered is not None
        if state.registration is None and not unanswered:
            self.store.delete(self.issuer)
        else:
            data = state.to_json(with_tokens=self.with_tokens, with_unanswered=self.with_unanswered)
            self.store.set(self.issuer, data)
