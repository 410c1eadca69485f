"""What lies on the disk of keys: the database's files and every copy of them are searched for each private part."""

import base64
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from keyfob_server.composition.root_key_acts import add_root_key, promote_root_key
from keyfob_server.crypto.signing_keys import open_signing_keys
from support_app import Keyfob, running_keyfob
from support_keys import ACT, look_again, publish, tools_of

MARKS: Final = (b"PRIVATE KEY", b'"d":', b'"p":', b'"dp":', b'"k":')
PRIVATE: Final = {"RSA": ("d", "p", "q", "dp", "dq", "qi"), "EC": ("d",)}


def spellings(part: bytes) -> Iterator[bytes]:
    yield part
    yield part.hex().encode()
    yield base64.b64encode(part).rstrip(b"=")
    yield base64.urlsafe_b64encode(part).rstrip(b"=")


def private_parts(keyfob: Keyfob) -> dict[str, bytes]:
    """Every signing key's numbers and its PKCS #8, and every root key, by a name for the message."""
    roots = keyfob.installation.key_watch.keys.root.roots
    found = {f"root key {key.id}": key.key for key in (*roots.sealing, *roots.verification, *roots.pairwise)}
    opened = open_signing_keys(keyfob.run(keyfob.installation.store.list_signing_keys()), roots)
    assert opened.refusals == ()
    for kid, key in opened.by_kid.items():
        members = key.jwk.as_dict(private=True)
        for name in PRIVATE[str(members["kty"])]:
            found[f"{name} of {kid}"] = base64.urlsafe_b64decode(str(members[name]) + "==")
        private = key.jwk.private_key
        assert private is not None
        found[f"PKCS #8 of {kid}"] = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return found


def named(parts: dict[str, bytes], content: bytes) -> list[str]:
    marks = [mark.decode() for mark in MARKS if mark in content]
    return marks + [name for name, part in parts.items() if any(form in content for form in spellings(part))]


def test_l11_no_private_key_lies_in_the_database_its_log_a_copy_or_a_dump(tmp_path: Path) -> None:
    with running_keyfob(tmp_path / "keyfob") as keyfob:
        tools, settings = tools_of(keyfob.installation), keyfob.installation.settings
        keyfob.run(add_root_key(tools, settings, "verification", act=ACT))
        keyfob.run(promote_root_key(tools, settings, "verification", act=ACT))
        look_again(keyfob)
        publish(keyfob, ahead_s=60)
        publish(keyfob, ahead_s=0, alg="ES256")
        parts = private_parts(keyfob)
        assert len(parts) == 4 + 2 * 7 + 2 * 2
        copy = tmp_path / "copy.db"
        with closing(sqlite3.connect(keyfob.database)) as shell:
            shell.execute("vacuum into ?", (str(copy),))
            dump = "\n".join(shell.iterdump()).encode()
        assert b"signing_keys" in dump
        assert named(parts, dump) == []
        files = [copy, *(path for path in keyfob.database.parent.iterdir() if path != settings.key_file)]
        assert {path.name for path in files} >= {"keyfob.db", "keyfob.db-wal", "keyfob.db-shm", "copy.db"}
        assert {path.name: found for path in files if (found := named(parts, path.read_bytes()))} == {}
        # The search finds what lies in clear: the key file is the one place where root keys do.
        in_file = named(parts, settings.key_file.read_bytes())
        assert in_file == [name for name in parts if name.startswith("root key")]
