"""The server's own certificate, where no proxy in front of it speaks TLS."""

from keyfob_server.settings.kinds import Text, matching
from keyfob_server.settings.setting import Setting

_FILE = Text("a path", matching(r"[^\0]*", "the path of a file"))

TLS = (
    Setting(
        "tls_certificate", "tls_certificate", _FILE, "",
        "The file of the certificate for the host of `base_url` (PEM, with those between it and the root). With it "
        "both listeners speak TLS, and a changed file is taken without a restart. Empty: a proxy in front speaks TLS.",
    ),
    Setting("tls_key", "tls_key", _FILE, "", "The file of its private key (PEM, no passphrase, mode 0600)."),
)  # fmt: skip
