from keyfob_protocol.identifiers import AccountId
from keyfob_server.rules.known_device import MAX_ACCOUNTS, KnownDevice, after_sign_in

ANNA, BEN = AccountId("anna"), AccountId("ben")


def signed_in(device: KnownDevice | None, account_id: AccountId, now: int = 100) -> KnownDevice:
    return after_sign_in(device, account_id, new_id="new", now=now, lifetime_s=50)


def test_a_device_knows_who_signed_in_until_its_end() -> None:
    device = signed_in(None, ANNA)
    assert device == KnownDevice("new", (ANNA,), 150)
    assert [device.knows(ANNA, 149), device.knows(ANNA, 150), device.knows(BEN, 149)] == [True, False, False]


def test_each_sign_in_begins_the_time_anew_and_the_device_stays_the_same() -> None:
    device = signed_in(KnownDevice("old", (ANNA, BEN), 120), BEN)
    assert device == KnownDevice("old", (BEN, ANNA), 150)


def test_a_device_that_expired_is_a_new_one() -> None:
    assert signed_in(KnownDevice("old", (BEN,), 100), ANNA) == KnownDevice("new", (ANNA,), 150)


def test_only_the_latest_accounts_are_kept() -> None:
    device: KnownDevice | None = None
    for number in range(MAX_ACCOUNTS + 2):
        device = signed_in(device, AccountId(str(number)))
    assert device is not None
    assert device.accounts == tuple(AccountId(str(number)) for number in range(MAX_ACCOUNTS + 1, 1, -1))


def test_it_is_read_as_it_was_written() -> None:
    device = KnownDevice("old", (ANNA, BEN), 120)
    assert KnownDevice.decode(device.encode()) == device
