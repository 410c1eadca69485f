from keyfob_protocol.identifiers import ClientId
from keyfob_server.rules.acts import Act, InstanceChange
from keyfob_server.rules.receipts import receipt_of


def test_a_receipt_says_what_died_when_and_why() -> None:
    receipt = receipt_of(ClientId("phone"), "revoked", InstanceChange(100, 3, 1), Act("ben", "stolen", "192.0.2.1"))
    assert receipt.claims("https://id.example") == {
        "iss": "https://id.example",
        "iat": 100,
        "client_id": "phone",
        "client_status": "revoked",
        "effective_at": 100,
        "grants": 3,
        "sessions": 1,
        "by": "ben",
        "reason": "stolen",
    }
