"""The certificate by which the server proves its name in TLS, as files."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    certificate: Path
    """PEM: the server's own certificate first, then those between it and the root."""
    key: Path
    """PEM: the private key of the first certificate, unencrypted."""


class CertificateUnusable(Exception):
    """The files cannot be served with: which setting is wrong, and a sentence about the file that it names."""

    def __init__(self, setting: str, sentence: str) -> None:
        super().__init__(f"{setting}: {sentence}")
        self.setting = setting
        self.sentence = sentence
