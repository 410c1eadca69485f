"""What the use cases work with, wired once by the composition."""

from dataclasses import dataclass, field

from keyfob_server.endpoints.background import Background
from keyfob_server.endpoints.repeat_watch import RepeatWatch
from keyfob_server.endpoints.rush_watch import RushWatch
from keyfob_server.ports.consents import ConsentStore
from keyfob_server.ports.devices import DeviceStore
from keyfob_server.ports.fetching import Fetcher
from keyfob_server.ports.grant_limits import GrantLimitStore
from keyfob_server.ports.initial_tokens import InitialTokenStore
from keyfob_server.ports.keys import TokenSigner
from keyfob_server.ports.limits import RateLimiter, SignInFailureStore
from keyfob_server.ports.origins import OriginStore
from keyfob_server.ports.passwords import Passwords
from keyfob_server.ports.registration_room import RegistrationRoom
from keyfob_server.ports.sealing import RefreshTokens, Sealer, SecretHasher
from keyfob_server.ports.sessions import SessionStore
from keyfob_server.ports.storage import HotStore, RegistrationStore
from keyfob_server.ports.stored_settings import StoredSettings
from keyfob_server.ports.subjects import PairwiseSubjects
from keyfob_server.ports.watching import WatchStore
from keyfob_server.ports.world import Entropy, Events
from keyfob_server.rules.policy import Policy


@dataclass(frozen=True, slots=True)
class Services:
    policy: Policy
    store: HotStore
    registrations: RegistrationStore
    sessions: SessionStore
    consents: ConsentStore
    origins: OriginStore
    sign_in_failures: SignInFailureStore
    stored_settings: StoredSettings
    limiter: RateLimiter
    initial_tokens: InitialTokenStore
    grant_limits: GrantLimitStore
    devices: DeviceStore
    watching: WatchStore
    registration_room: RegistrationRoom
    sealer: Sealer
    hasher: SecretHasher
    refresh_tokens: RefreshTokens
    signer: TokenSigner
    passwords: Passwords
    pairwise: PairwiseSubjects
    entropy: Entropy
    events: Events
    fetcher: Fetcher
    restored_at: int = 0
    """When a restore of the database was last declared, in epoch seconds; 0: never."""
    repeats: RepeatWatch = field(default_factory=RepeatWatch)
    rushes: RushWatch = field(default_factory=RushWatch)
    background: Background = field(default_factory=Background)
