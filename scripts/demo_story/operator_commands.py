"""An operator's commands, typed beside the server that runs."""

import json
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

from demo_story.child_process import PATIENCE_S, ChildFailed, environment
from demo_story.server_process import PROGRAM

TEMPLATE_ID = "mobile-dcr-template-client"
# What the registration client's redirect URIs are: those of a phone, and those of a desktop.
_TEMPLATE = """[[template]]
id = "{id}"
client_name = {name}
redirect_uris = ["io.curity.dcrclient:/callback", "http://127.0.0.1/callback"]
post_logout_redirect_uris = ["io.curity.dcrclient:/logoutcallback", "http://127.0.0.1/logoutcallback"]
application_type = "native"
grant_types = ["authorization_code", "refresh_token"]
scope = "openid profile"
"""


@dataclass(frozen=True, slots=True)
class Operator:
    """`keyfob` with the settings that the demo's server wrote down."""

    config_file: Path
    folder: Path
    """Where documents are written that are applied."""

    def runs(self, *arguments: str | Path) -> str:
        """Type the command, show what it says, and return that. Raises ChildFailed."""
        print(f"$ keyfob {shlex.join(str(one) for one in arguments)}")
        done = subprocess.run(
            [PROGRAM, "--config", self.config_file, *arguments],
            capture_output=True,
            text=True,
            env=environment(),
            timeout=PATIENCE_S,
            check=False,
        )
        if done.returncode:
            raise ChildFailed(f"keyfob says: {done.stderr.strip()}")
        for line in done.stdout.splitlines():
            print(f"    {line}")
        return done.stdout

    def names_the_app(self, client_name: str, reason: str) -> str:
        """Apply the template with this name of the app; nothing else of it changes from one time to the next."""
        document = self.folder / "template.toml"
        document.write_text(_TEMPLATE.format(id=TEMPLATE_ID, name=json.dumps(client_name)), encoding="utf-8")
        return self.runs("template", "apply", document, "--yes", "--reason", reason)
