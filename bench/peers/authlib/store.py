"""What Authlib asks of a store, over maps in memory: nothing is forgotten, nothing is durable."""

import time
from dataclasses import dataclass
from secrets import compare_digest

from authlib.oauth2.rfc6749 import ClientMixin, TokenMixin
from authlib.oauth2.rfc6749.util import list_to_scope, scope_to_list
from authlib.oidc.core import AuthorizationCodeMixin


@dataclass(slots=True)
class Client(ClientMixin):
    client_id: str
    client_secret: str
    client_metadata: dict

    @property
    def id_token_signed_response_alg(self):
        return self.client_metadata.get("id_token_signed_response_alg")

    def get_client_id(self):
        return self.client_id

    def get_default_redirect_uri(self):
        return self.client_metadata["redirect_uris"][0]

    def get_allowed_scope(self, scope):
        allowed = set(self.client_metadata.get("scope", "").split())
        return list_to_scope([one for one in scope_to_list(scope or "") if one in allowed])

    def check_redirect_uri(self, redirect_uri):
        return redirect_uri in self.client_metadata.get("redirect_uris", ())

    def check_client_secret(self, client_secret):
        return compare_digest(self.client_secret, client_secret)

    def check_endpoint_auth_method(self, method, endpoint):
        return endpoint != "token" or method == self.client_metadata["token_endpoint_auth_method"]

    def check_response_type(self, response_type):
        return response_type in self.client_metadata.get("response_types", ["code"])

    def check_grant_type(self, grant_type):
        return grant_type in self.client_metadata.get("grant_types", ["authorization_code"])


@dataclass(slots=True)
class Code(AuthorizationCodeMixin):
    code: str
    user: str
    redirect_uri: str
    scope: str
    nonce: str
    auth_time: int
    code_challenge: str
    code_challenge_method: str
    expires_at: float

    def get_redirect_uri(self):
        return self.redirect_uri

    def get_scope(self):
        return self.scope

    def get_nonce(self):
        return self.nonce

    def get_auth_time(self):
        return self.auth_time

    def get_acr(self):
        return None

    def get_amr(self):
        return None


@dataclass(slots=True)
class Token(TokenMixin):
    client: Client
    user: str | None
    scope: str
    issued_at: float
    expires_in: int
    revoked: bool = False

    def check_client(self, client):
        return self.client.client_id == client.client_id

    def get_scope(self):
        return self.scope

    def get_expires_in(self):
        return self.expires_in

    def is_expired(self):
        return time.time() > self.issued_at + self.expires_in

    def is_revoked(self):
        return self.revoked

    def get_user(self):
        return self.user

    def get_client(self):
        return self.client


clients: dict[str, Client] = {}
codes: dict[tuple[str, str], Code] = {}
access_tokens: dict[str, Token] = {}
refresh_tokens: dict[str, Token] = {}


def save_token(token, request):
    kept = Token(request.client, request.user, token.get("scope", ""), time.time(), token["expires_in"])
    access_tokens[token["access_token"]] = kept
    if "refresh_token" in token:
        refresh_tokens[token["refresh_token"]] = kept


def find_token(text, hint=None):
    first, second = (refresh_tokens, access_tokens) if hint == "refresh_token" else (access_tokens, refresh_tokens)
    return first.get(text) or second.get(text)
