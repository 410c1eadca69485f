"""Files that are written whole or not at all, and are durable when the call returns."""

import contextlib
import os
from pathlib import Path

PRIVATE = 0o600


def write_private(path: Path, content: bytes, *, mode: int = PRIVATE, replace: bool = True) -> None:
    """Raises FileExistsError when `path` is taken and `replace` is off, and other kinds of OSError."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        _write_draft(draft, content, mode)
        if replace:
            draft.replace(path)
        else:
            # A link is refused when the name is taken; a rename would overwrite.
            path.hardlink_to(draft)
    finally:
        draft.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _write_draft(draft: Path, content: bytes, mode: int) -> None:
    # A draft of the same name is the rest of a process that died; only our own user can have made it in this folder.
    with contextlib.suppress(FileNotFoundError):
        draft.unlink()
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE)
    with os.fdopen(descriptor, "wb") as file:
        # The process's umask may have taken bits away; it cannot have added any.
        os.fchmod(descriptor, mode)
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
