"""Keeps the state of one server in a secure store, under the issuer's name."""

from dataclasses import dataclass

from keyfob_client.auth_state import AuthState, UnreadableState, parse_auth_state
from keyfob_client.stores.secure_store import SecureStore
from keyfob_protocol.identifiers import Issuer


@dataclass(frozen=True, slots=True)
class StateKeeper:
    """Only the registration is kept, unless the app chooses `with_tokens`. The initial token is never in a state."""

    store: SecureStore
    issuer: Issuer
    with_tokens: bool = False

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
        if state.registration is None:
            self.store.delete(self.issuer)
        else:
            self.store.set(self.issuer, state.to_json(with_tokens=self.with_tokens))
