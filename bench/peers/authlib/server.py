"""Authlib on Flask as its documentation sets it up: opaque tokens that rotate, sessions in Flask's cookie."""

import os
import time
from secrets import compare_digest, token_hex

import store
from authlib.integrations.flask_oauth2 import AuthorizationServer, ResourceProtector
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc6750 import BearerTokenValidator
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7591 import ClientMetadataClaims, ClientRegistrationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from authlib.oidc.core import OpenIDCode, UserInfo, UserInfoEndpoint
from authlib.oidc.registration import ClientMetadataClaims as OpenIDMetadataClaims
from flask import Flask, Response, json, request, session
from joserfc.jwk import ECKey, KeySet, RSAKey

ISSUER = os.environ["BENCH_ISSUER"]
INITIAL_TOKEN = os.environ["BENCH_INITIAL_TOKEN"]
CODE_LIFETIME_S = 60
KEYS = {
    "RS256": RSAKey.generate_key(2048, {"kid": "rsa", "alg": "RS256", "use": "sig"}),
    "ES256": ECKey.generate_key("P-256", {"kid": "ec", "alg": "ES256", "use": "sig"}),
}
METADATA = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": f"{ISSUER}/token",
    "userinfo_endpoint": f"{ISSUER}/userinfo",
    "jwks_uri": f"{ISSUER}/jwks",
    "registration_endpoint": f"{ISSUER}/register",
    "introspection_endpoint": f"{ISSUER}/introspect",
    "revocation_endpoint": f"{ISSUER}/revoke",
    "scopes_supported": ["openid", "profile", "offline_access"],
    "response_types_supported": ["code"],
    "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
    "subject_types_supported": ["public"],
    "id_token_signing_alg_values_supported": list(KEYS),
    "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
    "code_challenge_methods_supported": ["S256"],
}
DISCOVERY = json.dumps(METADATA)
JWKS = json.dumps(KeySet(list(KEYS.values())).as_dict(private=False))

app = Flask(__name__)
app.secret_key = token_hex(32)
app.config["OAUTH2_REFRESH_TOKEN_GENERATOR"] = True
app.config["OAUTH2_SCOPES_SUPPORTED"] = METADATA["scopes_supported"]


def person(user, scope):
    return UserInfo(sub=user, name="Demo User").filter(scope)


class CodeGrant(grants.AuthorizationCodeGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")

    def save_authorization_code(self, code, request):
        sent = request.payload.data
        store.codes[request.client.client_id, code] = store.Code(
            code,
            request.user,
            request.payload.redirect_uri,
            request.scope,
            sent.get("nonce"),
            session["auth_time"],
            sent.get("code_challenge"),
            sent.get("code_challenge_method"),
            time.time() + CODE_LIFETIME_S,
        )

    def query_authorization_code(self, code, client):
        found = store.codes.get((client.client_id, code))
        return found if found and found.expires_at > time.time() else None

    def delete_authorization_code(self, authorization_code):
        store.codes.pop((self.request.client.client_id, authorization_code.code), None)

    def authenticate_user(self, authorization_code):
        return authorization_code.user


class Rotation(grants.RefreshTokenGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic", "client_secret_post")
    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token):
        found = store.refresh_tokens.get(refresh_token)
        return None if found is None or found.is_revoked() else found

    def authenticate_user(self, refresh_token):
        return refresh_token.user

    def revoke_old_credential(self, refresh_token):
        refresh_token.revoked = True


class IdToken(OpenIDCode):
    def exists_nonce(self, nonce, request):  # noqa: ARG002 - every code is new, as the challenge shows
        return False

    def resolve_client_private_key(self, client):
        return KEYS[self.get_client_algorithm(client)]

    def get_encode_header(self, client):
        alg = self.get_client_algorithm(client)
        return {"alg": alg, "kid": KEYS[alg].kid}

    def get_client_claims(self, client):
        return {"iss": ISSUER, "aud": [client.get_client_id()]}

    def generate_user_info(self, user, scope):
        return person(user, scope)


class Registration(ClientRegistrationEndpoint):
    def get_server_metadata(self):
        return METADATA

    def authenticate_token(self, request):
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        return token if scheme == "Bearer" and compare_digest(token, INITIAL_TOKEN) else None

    def save_client(self, client_info, client_metadata, request):  # noqa: ARG002 - its signature
        client = store.Client(client_info["client_id"], client_info["client_secret"], client_metadata)
        store.clients[client.client_id] = client
        return client


class Introspection(IntrospectionEndpoint):
    def query_token(self, token_string, token_type_hint):
        return store.find_token(token_string, token_type_hint)

    def check_permission(self, token, client, request):  # noqa: ARG002 - its signature
        return token.check_client(client)

    def introspect_token(self, token):
        return {
            "active": True,
            "client_id": token.client.client_id,
            "token_type": "Bearer",
            "sub": token.user,
            "scope": token.scope,
            "iss": ISSUER,
            "iat": int(token.issued_at),
            "exp": int(token.issued_at) + token.expires_in,
        }


class Revocation(RevocationEndpoint):
    def query_token(self, token_string, token_type_hint):
        return store.find_token(token_string, token_type_hint)

    def revoke_token(self, token, request):  # noqa: ARG002 - its signature
        token.revoked = True


class Bearer(BearerTokenValidator):
    def authenticate_token(self, token_string):
        return store.access_tokens.get(token_string)


class AboutUser(UserInfoEndpoint):
    def generate_user_info(self, user, scope):
        return person(user, scope)


server = AuthorizationServer(app, query_client=store.clients.get, save_token=store.save_token)
server.register_grant(CodeGrant, [IdToken(), CodeChallenge(required=True)])
server.register_grant(Rotation)
server.register_grant(grants.ClientCredentialsGrant)
bearer = ResourceProtector()
bearer.register_token_validator(Bearer())
server.register_endpoint(Registration(claims_classes=[ClientMetadataClaims, OpenIDMetadataClaims]))
server.register_endpoint(Introspection)
server.register_endpoint(Revocation)
server.register_endpoint(AboutUser(resource_protector=bearer))


@app.get("/.well-known/openid-configuration")
def discovery():
    return Response(DISCOVERY, mimetype="application/json")


@app.get("/jwks")
def jwks():
    return Response(JWKS, mimetype="application/json")


@app.post("/login")
def login():
    session["user"], session["auth_time"] = request.form["username"], int(time.time())
    return "", 204


@app.get("/authorize")
def authorize():
    """The one account has consented once and for all."""
    user = session.get("user")
    try:
        grant = server.get_consent_grant(end_user=user)
    except OAuth2Error as error:
        return server.handle_error_response(None, error)
    if user is None:
        return "sign in first", 401
    return server.create_authorization_response(grant_user=user, grant=grant)


@app.post("/token")
def token():
    return server.create_token_response()


@app.post("/register")
def register():
    return server.create_endpoint_response("client_registration")


@app.post("/introspect")
def introspect():
    return server.create_endpoint_response("introspection")


@app.post("/revoke")
def revoke():
    return server.create_endpoint_response("revocation")


@app.get("/userinfo")
def userinfo():
    return server.create_endpoint_response("userinfo")
