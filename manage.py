#!/usr/bin/env python
"""Signalbox's command line."""

import os
import sys


def main() -> int:
    """Plan files are read without Django, whose settings alone cost more than the whole reading."""
    if len(sys.argv) > 2 and sys.argv[1] == "plan" and sys.argv[2] in ("show", "lint"):
        from plans.cli import main as plan

        return plan(sys.argv[2:])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orchestrator.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
    return 0


if __name__ == "__main__":
    sys.exit(main())
