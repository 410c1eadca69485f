import os

from hypothesis import settings

NIGHTLY = os.environ.get("KEYFOB_NIGHTLY") == "1"

# The same code gets the same verdict on every run; the nightly run is the one that explores.
settings.register_profile("every_change", deadline=None, derandomize=True)
settings.register_profile("nightly", deadline=None, max_examples=2000, print_blob=True)
settings.load_profile("nightly" if NIGHTLY else "every_change")
