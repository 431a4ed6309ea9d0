"""Many commands at a terminal without the start of an interpreter for each: a process that has loaded the program forks
one for every command. What runs is `manage.py` itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from tests.acceptance.terminal import ROOT, Said, Terminal

LOADED = ("project", "run", "plan", "decide")


class WarmTerminal(Terminal):
    """A terminal whose commands start at once. Use it as a context."""

    def __enter__(self) -> WarmTerminal:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.acceptance.warm"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=self.environment, cwd=ROOT,
        )  # fmt: skip
        return self

    def __exit__(self, *error: object) -> None:
        self.process.communicate(timeout=30)

    def __call__(self, *words: str, cwd: Path | None = None) -> Said:
        assert cwd is None and self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()
        return Said(**json.loads(self.process.stdout.readline()))


def _serve() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orchestrator.settings")
    import django

    django.setup()
    for name in LOADED:
        import_module(f"orchestrator.management.commands.{name}")
    for line in sys.stdin:
        print(json.dumps(_told(json.loads(line))), flush=True)


def _told(words: list[str]) -> dict[str, object]:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            sys.argv = ["manage.py", *words]
            sys.stdin.close()
            sys.exit(import_module("manage").main())
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode())
    return {"code": code, "out": texts[0], "err": texts[1]}


if __name__ == "__main__":
    _serve()
