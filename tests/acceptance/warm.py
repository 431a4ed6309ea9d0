"""Many commands at a terminal without the start of an interpreter for each: a process that has loaded the program forks
one for every command. What runs is `manage.py` itself."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import tempfile
import threading
import traceback
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from tests.acceptance.terminal import ROOT, Said, Terminal

LOADED = ("project", "run", "plan", "decide", "inbox", "vault", "audit", "signin-link")


class WarmTerminal(Terminal):
    """A terminal whose commands start at once, but for the first one. Close it, or use it as a context."""

    process: subprocess.Popen[str] | None = None

    def __enter__(self) -> WarmTerminal:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """End the process. The next command starts another."""
        if self.process:
            self.process.communicate(timeout=30)
        self.process = None

    def __call__(self, *words: str, cwd: Path | None = None) -> Said:
        assert cwd is None, "a warm terminal stays in its folder"
        process = self.process = self.process or self._started()
        assert process.stdin and process.stdout
        process.stdin.write(json.dumps(words) + "\n")
        process.stdin.flush()
        return Said(**json.loads(process.stdout.readline()))

    def _started(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.acceptance.warm"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=self.environment, cwd=ROOT,
        )  # fmt: skip


def _serve() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orchestrator.settings")
    import django

    django.setup()
    for name in LOADED:
        import_module(f"orchestrator.management.commands.{name}")
    gc.freeze()
    for line in sys.stdin:
        print(json.dumps(_told(json.loads(line))), flush=True)


def _be_a_command(words: list[str]) -> NoReturn:
    """`manage.py` from its start to its end, but for taking the interpreter apart: that took longer than a command."""
    sys.argv = ["manage.py", *words]
    sys.stdin.close()
    code: object = 1
    try:
        code = import_module("manage").main()
    except SystemExit as ended:
        code = ended.code or 0
    except BaseException:
        traceback.print_exc()
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 1)


def _told(words: list[str]) -> dict[str, object]:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            _be_a_command(words)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode())
    return {"code": code, "out": texts[0], "err": texts[1]}


if __name__ == "__main__":
    _serve()
