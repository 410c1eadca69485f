"""Everything that the steps of the story act on."""

import re
import subprocess
import sys
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from demo_story.admin_pages import AdminVisit
from demo_story.app_config import write_config
from demo_story.app_process import AppProcess, Visit, running_app
from demo_story.child_process import PATIENCE_S, environment
from demo_story.database import Administrator
from demo_story.operator_commands import Operator
from demo_story.own_devices import names_the_device
from demo_story.person import Person
from demo_story.server_process import Request, ServerProcess

READ = Path(__file__).with_name("registration_read.py")
SIGN_IN_PAGES = "/authn/authentication/"
_PARTS = re.compile(r"^(?=>> |-- |Error: )", re.MULTILINE)


class StoryFailed(Exception):
    """One sentence that says what is not as it should be."""


@dataclass(slots=True)
class Stage:
    server: ServerProcess
    person: Person
    administrator: Administrator
    operator: Operator
    config: Path
    """The app's config.json, which names this server."""
    session: Mapping[str, str]
    """Environment variables that lead to the secret store."""
    client_id: str = ""
    """Of the instance, once it is registered."""
    _shown: set[str] = field(default_factory=set)

    def register_by_template(self, software_id: str) -> None:
        """The app is another from now on: a release whose config.json names a template."""
        self.config = write_config(self.config.parent, self.server.issuer, software_id=software_id)

    def read_registration(self) -> str:
        """As the app that is registered; what the server answers is shown."""
        trust = ("--ca-file", self.server.authority) if self.server.authority else ()
        done = subprocess.run(
            [sys.executable, READ, self.config, *trust],
            capture_output=True,
            text=True,
            env=environment(self.session),
            timeout=PATIENCE_S,
            check=False,
        )
        must_be(done.returncode, 0, f"the end of reading a registration ({done.stderr.strip()[-200:]})")
        print(done.stdout, end="")
        return done.stdout

    def revokes_at_the_pages(self, client_id: str, *, user_name: str, reason: str) -> str:
        """An administrator at the admin pages does; what the page says at the end."""
        with self.person.someone_else() as somebody:
            return AdminVisit(somebody, self.server.admin_url).revokes(client_id, user_name=user_name, reason=reason)

    def owner_names_the_device(self, name: str) -> str:
        """Its owner does, at `/devices`; what that page says of the device."""
        return names_the_device(self.person, self.server.base_url, name)

    def start_app(self) -> AbstractContextManager[AppProcess]:
        return running_app(self.config, self.session, self.server.authority)

    def act(self, app: AppProcess, action: str, visit: Visit | None = None) -> str:
        """Let the app do something, and show all that it says."""
        print(f"[{app.view}] > {action}")
        said = app.act(action, visit)
        for part in filter(None, _PARTS.split(said)):
            print(self._once(part.rstrip("\n")))
        print(f"[{app.view}]", flush=True)
        return said

    def _once(self, part: str) -> str:
        """The documents that an app reads again and again are shown in full the first time."""
        if not part.startswith(">> GET") or part not in self._shown:
            self._shown.add(part)
            return part
        return f"{part.partition(chr(10))[0]}\n<< as before"

    def sign_in_posts(self, since: int) -> int:
        """How many forms with a password the server was sent, after its first `since` requests."""
        return sum(is_sign_in(request) for request in self.server.requests()[since:])

    def requests_so_far(self) -> int:
        return len(self.server.requests())


def is_sign_in(request: Request) -> bool:
    return request.method == "POST" and request.path.startswith(SIGN_IN_PAGES)


def must(true: object, otherwise: str) -> None:
    """Raises StoryFailed with the sentence `otherwise`."""
    if not true:
        raise StoryFailed(otherwise)


def must_be(found: object, wanted: object, what: str) -> None:
    must(found == wanted, f"{what}: {wanted!r} was expected, and {found!r} was found")
