"""Row J9: nothing that an app registers takes the place of what the server says."""

import base64
import json

from support_app import Keyfob

RESERVED = ("iss", "sub", "aud", "exp", "iat", "role", "roles", "client_id", "acr", "amr", "auth_time", "sid")


def test_j9_members_of_a_registration_named_like_claims_change_no_token(keyfob: Keyfob) -> None:
    named: dict[str, object] = dict.fromkeys(RESERVED, "owned")
    plain, hostile = keyfob.new_instance(), keyfob.new_instance(None, **named)
    assert [name for name in RESERVED if hostile.document.get(name) == "owned"] == []
    told = []
    for instance in (plain, hostile):
        tokens = keyfob.tokens(instance)
        claims = json.loads(base64.urlsafe_b64decode(tokens.id_token.split(".")[1] + "=="))
        assert "owned" not in str(claims)
        userinfo = keyfob.userinfo(tokens.access_token).json()
        assert "owned" not in str(userinfo)
        told.append((sorted(claims), claims["iss"], claims["sub"], userinfo["sub"]))
    assert told[0] == told[1]
