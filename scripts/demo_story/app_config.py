"""The app's config.json with the issuer of the server that runs; what the app's own start script does."""

import json
from pathlib import Path

from demo_story.child_process import ROOT

CONFIG = ROOT / "examples" / "config.json"


def write_config(folder: Path, issuer: str, *, software_id: str = "") -> Path:
    """A copy in `folder`, so that the checkout stays as it is. `software_id`: the template to register by."""
    document = json.loads(CONFIG.read_text())
    document["issuer"] = issuer
    if software_id:
        document["softwareID"] = software_id
    copy = folder / "config.json"
    copy.write_text(json.dumps(document, indent=2) + "\n")
    return copy
