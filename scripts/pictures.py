"""make pictures: the README's pictures, taken by the browser test that tells the example's story."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STORY = "tests/acceptance/web/test_story.py"
PICTURES = {
    "decision-card.png": "decision-review-rebuild-1440-light.png",
    "plan-page.png": "plan-1440-light.png",
}
"""Name in docs/images, and the screenshot that it is."""


def main() -> int:
    """Take them anew; the exit code is that of the tests."""
    story = [sys.executable, "-m", "pytest", STORY, "-q"]
    code = subprocess.run(story, cwd=ROOT, env=os.environ | {"PICTURES": "1"}, check=False).returncode
    if code == 0:
        for name, taken in PICTURES.items():
            shutil.copyfile(ROOT / "tests" / "screenshots" / taken, ROOT / "docs" / "images" / name)
            print(f"docs/images/{name}")
    return code


if __name__ == "__main__":
    raise SystemExit(main())
