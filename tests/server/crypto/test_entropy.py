import os
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from keyfob_server.crypto import base64url
from keyfob_server.crypto.entropy import SystemEntropy
from keyfob_server.crypto.roots import create_roots
from keyfob_server.crypto.sealing import AesGcmSealer
from keyfob_server.ports.world import Entropy

# With 255 degrees of freedom: eight standard deviations above the mean, one chance in 10^12 for a fair source.
CHI_SQUARE_LIMIT = 255 + 8 * (2 * 255) ** 0.5


def chi_square(content: bytes) -> float:
    """Pearson's statistic of the 256 byte values against an even spread."""
    expected = len(content) / 256
    counts = Counter(content)
    return sum((counts[value] - expected) ** 2 / expected for value in range(256))


def test_an_id_is_a_uuid_of_version_7_with_the_present_time_in_lower_case() -> None:
    entropy: Entropy = SystemEntropy()
    before = time.time_ns() // 1_000_000
    text = entropy.uuid7()
    after = time.time_ns() // 1_000_000
    value = UUID(text)
    assert str(value) == text
    assert value.version == 7
    assert value.variant == "specified in RFC 4122"
    assert before <= value.int >> 80 <= after


def test_ids_of_one_process_rise() -> None:
    entropy = SystemEntropy()
    ids = [entropy.uuid7() for _ in range(20_000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)


def test_ids_of_many_threads_all_differ() -> None:
    entropy = SystemEntropy()
    with ThreadPoolExecutor(8) as pool:
        batches = list(pool.map(lambda _: [entropy.uuid7() for _ in range(5_000)], range(8)))
    assert len({text for batch in batches for text in batch}) == 40_000
    for batch in batches:
        assert batch == sorted(batch)


def test_ids_rise_also_when_the_clock_is_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    entropy = SystemEntropy()
    before = entropy.uuid7()
    present = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: present - 3600 * 10**9)
    during = [entropy.uuid7() for _ in range(10_000)]
    assert [before, *during] == sorted({before, *during})


def test_c7_a_hundred_thousand_ids_all_differ_in_their_random_part_too() -> None:
    entropy = SystemEntropy()
    tails = {UUID(entropy.uuid7()).int & (1 << 62) - 1 for _ in range(100_000)}
    assert len(tails) == 100_000


def test_c7_the_random_bits_of_ids_are_evenly_spread() -> None:
    entropy = SystemEntropy()
    tails = b"".join(UUID(entropy.uuid7()).bytes[9:] for _ in range(50_000))
    assert chi_square(tails) < CHI_SQUARE_LIMIT


def test_c7_a_hundred_thousand_sealed_values_of_one_payload_all_differ_and_are_evenly_spread() -> None:
    entropy = SystemEntropy()
    sealer = AesGcmSealer(create_roots(entropy), issuer="https://id.example", incarnation="first", entropy=entropy)
    texts = [sealer.seal("code", bytes(16), now=1_750_000_000) for _ in range(100_000)]
    assert len(set(texts)) == 100_000
    # Version, key id and day stand in clear in the first seven bytes.
    assert chi_square(b"".join((base64url.decode(text) or b"")[7:] for text in texts)) < CHI_SQUARE_LIMIT


def test_c7_the_measure_finds_a_source_that_is_slightly_uneven() -> None:
    fair = os.urandom(500_000)
    assert chi_square(fair) < CHI_SQUARE_LIMIT
    assert chi_square(fair.replace(b"\x00", b"\x01")) > CHI_SQUARE_LIMIT
    assert chi_square(bytes(value & 0xFE for value in fair)) > CHI_SQUARE_LIMIT


def test_f26_a_client_secret_has_256_bits_that_never_come_twice() -> None:
    entropy = SystemEntropy()
    secrets = [entropy.bytes(32) for _ in range(20_000)]
    assert {len(secret) for secret in secrets} == {32}
    assert len(set(secrets)) == 20_000
    assert {len(base64url.encode(secret)) for secret in secrets[:100]} == {43}
    assert chi_square(b"".join(secrets)) < CHI_SQUARE_LIMIT


def test_two_processes_share_nothing() -> None:
    program = (
        "from keyfob_server.crypto.entropy import SystemEntropy as S; e = S(); print(e.uuid7(), e.bytes(16).hex())"
    )
    first, second = (
        subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()
        for _ in range(2)
    )
    assert UUID(first[0]).int & (1 << 62) - 1 != UUID(second[0]).int & (1 << 62) - 1
    assert first[1] != second[1]
