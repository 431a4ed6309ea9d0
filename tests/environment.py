"""What settings read from the environment, for all tests: a data folder of their own. A plugin (`-p`), because
pytest-django reads the settings before any conftest; with the usual folder two test runs would share one database."""

from __future__ import annotations

import os
import tempfile

_DATA = tempfile.TemporaryDirectory(prefix="signalbox-tests-")
os.environ["SIGNALBOX_DATA"] = _DATA.name
os.environ.pop("ANTHROPIC_API_KEY", None)
os.environ.setdefault("SIGNALBOX_REHEARSAL_DELAY", "0")
