// The package oidc-provider as an operator would set it up: everything in memory, opaque access tokens, refresh tokens
// that rotate, nothing logged. A visit of the interaction signs the one account in, so that a session can begin.
import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import * as oidc from "oidc-provider";
import MemoryAdapter from "./node_modules/oidc-provider/lib/adapters/memory_adapter.js";

const [port, initialAccessToken] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const redirect_uris = ["https://app.example/callback"];
const SCOPE = "openid profile offline_access";

const key = (alg, type, options) => ({
  ...generateKeyPairSync(type, options).privateKey.export({ format: "jwk" }),
  alg,
  use: "sig",
});
const client = (id, members) => ({ client_id: id, client_secret: `${id}-0123456789abcdef0123456789abcdef`, ...members });
const person = (id, alg) =>
  client(id, {
    redirect_uris,
    grant_types: ["authorization_code", "refresh_token"],
    scope: SCOPE,
    id_token_signed_response_alg: alg,
  });

// The package's own store forgets the oldest of a thousand entries, sessions among them: this one keeps all.
const kept = new Map();

const provider = new (oidc.Provider ?? oidc.default)(issuer, {
  adapter: (model) => new MemoryAdapter(model, kept),
  jwks: { keys: [key("RS256", "rsa", { modulusLength: 2048 }), key("ES256", "ec", { namedCurve: "P-256" })] },
  clients: [
    person("rs256", "RS256"),
    person("es256", "ES256"),
    client("service", { redirect_uris: [], response_types: [], grant_types: ["client_credentials"] }),
  ],
  cookies: { keys: ["a key of the bench's own"] },
  scopes: ["openid", "offline_access", "profile"],
  claims: { openid: ["sub"], profile: ["name"] },
  conformIdTokenClaims: false,
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: () => true },
    revocation: { enabled: true },
    registration: { enabled: true, initialAccessToken },
  },
  rotateRefreshToken: true,
  issueRefreshToken: async (_ctx, asking) => asking.grantTypeAllowed("refresh_token"),
  findAccount: (_ctx, id) => ({ accountId: id, claims: async () => ({ sub: id, name: "Demo User" }) }),
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  async loadExistingGrant(ctx) {
    const { client: asking, session } = ctx.oidc;
    const known = session.grantIdFor(asking.clientId);
    if (known) return provider.Grant.find(known);
    const grant = new provider.Grant({ clientId: asking.clientId, accountId: session.accountId });
    grant.addOIDCScope(SCOPE);
    await grant.save();
    return grant;
  },
});

const answer = provider.callback();
createServer(async (request, response) => {
  if (request.url.startsWith("/interaction/")) {
    await provider.interactionFinished(request, response, { login: { accountId: "demouser" } });
  } else {
    answer(request, response);
  }
}).listen(Number(port), "127.0.0.1");
