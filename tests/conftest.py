import gc
import os
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

# The same code gets the same verdict on every run; the nightly run is the one that explores.
settings.register_profile("quick", deadline=None, derandomize=True, max_examples=20)
settings.register_profile("every_change", deadline=None, derandomize=True)
settings.register_profile("nightly", deadline=None, max_examples=2000, print_blob=True)
IN_MEMORY = Path("/dev/shm")  # noqa: S108 - pytest makes a folder of its own in it
ENOUGH_BYTES = 2**30

if os.environ.get("KEYFOB_NIGHTLY") == "1":
    settings.load_profile("nightly")
elif os.environ.get("TESTS_QUICK") == "1":
    settings.load_profile("quick")
    # a commit does not wait for a disk there; what is durable is tested by killing processes, which are not quick
    if IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free > ENOUGH_BYTES:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(IN_MEMORY))
else:
    settings.load_profile("every_change")


def pytest_make_parametrize_id(val: object) -> str | None:
    """Bytes are named by their length: random ones would give a test another name in each process of a parallel run."""
    return f"{len(val)} bytes" if isinstance(val, bytes) else None


def pytest_collection_finish() -> None:
    """What was collected lives as long as the run: no garbage collection during a test has to look at it again."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Captured output travels between processes as UTF-8, also when a test logged a lone surrogate."""
    report = yield
    report.sections = [(title, text.encode(errors="backslashreplace").decode()) for title, text in report.sections]
    return report
