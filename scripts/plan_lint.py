#!/usr/bin/env python3
"""`plan lint` for pre-commit: needs Python 3.11 and nothing else."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from plans.cli import main

if __name__ == "__main__":
    sys.exit(main(["lint", *sys.argv[1:]]))
