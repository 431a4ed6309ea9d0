"""The only place that runs git.

Every repository we look at may be hostile: its config, hooks, attributes and filters were written by others. So each
call pins the directories, takes nothing from the environment, and sets what could run a program at command scope,
which no repository's own config can override.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO, cast

from agents.exceptions import GitError, GitMissing, GitTimeout
from agents.workspaces import locks

STANDARD_PATH = "/usr/local/bin:/usr/bin:/bin"
OLDEST = (2, 38)
TIMEOUT_SECONDS = 300.0

HARDENED = {
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "core.untrackedCache": "false",
    "core.sshCommand": "ssh -o BatchMode=yes",
    "core.alternateRefsCommand": "true",
    "core.askPass": "",
    "core.pager": "cat",
    "core.attributesFile": "/dev/null",
    "core.excludesFile": "/dev/null",
    "core.autocrlf": "false",
    "core.quotePath": "false",
    "core.logAllRefUpdates": "false",
    "credential.helper": "",
    "protocol.ext.allow": "never",
    "submodule.recurse": "false",
    "fetch.recurseSubmodules": "false",
    "transfer.fsckObjects": "true",
    "commit.gpgSign": "false",
    "log.showSignature": "false",
    "maintenance.auto": "false",
    "gc.auto": "0",
    "advice.detachedHead": "false",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What git said. `truncated` where the caller's `limit` cut the output."""

    code: int
    out: bytes
    truncated: bool = False

    @property
    def text(self) -> str:
        return os.fsdecode(self.out).rstrip("\n")

    @property
    def names(self) -> tuple[str, ...]:
        """The fields of NUL-separated output; bytes that are no UTF-8 survive as surrogates."""
        return tuple(os.fsdecode(name) for name in self.out.split(b"\0")[:-1])


@dataclass(frozen=True, slots=True)
class Git:
    """One repository, as pinned directories. `objects` reads another repository's objects in place of its own. From
    one that is `ours` alone, a lock that a killed git left is removed."""

    git_dir: Path
    work_tree: Path | None = None
    index: Path | None = None
    objects: Path | None = None
    ours: bool = False

    def run(
        self,
        *arguments: str,
        stdin: bytes | IO[bytes] = b"",
        into: IO[bytes] | None = None,
        accept: Sequence[int] = (0,),
        environment: Mapping[str, str] | None = None,
        timeout: float = TIMEOUT_SECONDS,
    ) -> Answer:
        """Run one git command; `into` takes its output in place of the answer. Raises GitError when the exit code is
        not in `accept`, GitTimeout when it hangs."""
        given = stdin if isinstance(stdin, bytes) else None
        process = self._start(arguments, environment, None if given is not None else cast("IO[bytes]", stdin), into)
        try:
            out, err = process.communicate(given, timeout=timeout)
        except subprocess.TimeoutExpired:
            raise GitTimeout(arguments, f"no end after {timeout:g} s") from None
        finally:
            _end(process)
        if process.returncode in accept:
            return Answer(process.returncode, out or b"")
        said = os.fsdecode(err)
        if self.ours and given is not None and into is None and locks.cleared(said, self.git_dir):
            return self.run(*arguments, stdin=given, accept=accept, environment=environment, timeout=timeout)
        raise GitError(arguments, said, process.returncode)

    def read_up_to(self, limit: int, *arguments: str, timeout: float = TIMEOUT_SECONDS) -> Answer:
        """The first `limit` bytes a command prints; what prints more is stopped and the answer `truncated`."""
        process = self._start(arguments)
        assert process.stdin and process.stdout and process.stderr
        watchdog = threading.Timer(timeout, os.killpg, (process.pid, signal.SIGKILL))
        watchdog.start()
        try:
            out = process.stdout.read(limit + 1)
            if len(out) > limit:
                return Answer(0, out[:limit], truncated=True)
            err = process.stderr.read()
            if process.wait():
                raise GitError(arguments, os.fsdecode(err), process.returncode)
            return Answer(0, out)
        finally:
            watchdog.cancel()
            _end(process)

    def run_telling(
        self, heard: Callable[[str], None], *arguments: str, delay: int = 1, timeout: float = TIMEOUT_SECONDS
    ) -> None:
        """Run one git command; `heard` gets what it says of its progress, line by line, once it has taken `delay`
        seconds. Raises GitError."""
        process = self._start(arguments, {"GIT_PROGRESS_DELAY": str(delay)})
        assert process.stderr
        watchdog = threading.Timer(timeout, os.killpg, (process.pid, signal.SIGKILL))
        watchdog.start()
        said = b""
        try:
            while chunk := os.read(process.stderr.fileno(), 4096):
                *lines, said = re.split(rb"[\r\n]", said + chunk)
                for line in lines:
                    heard(os.fsdecode(line).strip())
            if process.wait():
                raise GitError(arguments, os.fsdecode(said), process.returncode)
        finally:
            watchdog.cancel()
            _end(process)

    def _start(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str] | None = None,
        source: IO[bytes] | None = None,
        into: IO[bytes] | None = None,
    ) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(
                [program(), *arguments],
                stdin=source or subprocess.PIPE,
                stdout=into or subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=self.work_tree or self.git_dir.parent,
                env={**self.environment, **(environment or {})},
                start_new_session=True,
            )
        except (ValueError, OSError) as error:
            raise GitError(arguments, str(error)) from error

    @property
    def environment(self) -> dict[str, str]:
        pinned = {
            "GIT_DIR": self.git_dir,
            "GIT_WORK_TREE": self.work_tree,
            "GIT_INDEX_FILE": self.index,
            "GIT_OBJECT_DIRECTORY": self.objects,
        }
        return {**closed_environment(self.git_dir), **{name: str(path) for name, path in pinned.items() if path}}


def closed_environment(*trusted: Path) -> dict[str, str]:
    """Variables of every git process: no system or personal config, no prompt, no lazy fetch, our settings on top.
    `trusted` directories may belong to somebody else."""
    settings = [*HARDENED.items(), *(("safe.directory", str(path)) for path in trusted)]
    numbered = {f"GIT_CONFIG_KEY_{place}": key for place, (key, _) in enumerate(settings)}
    numbered |= {f"GIT_CONFIG_VALUE_{place}": value for place, (_, value) in enumerate(settings)}
    return {
        "PATH": STANDARD_PATH,
        "LC_ALL": "C",
        "HOME": "/nonexistent",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_ATTR_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ALLOW_PROTOCOL": "https:http:ssh",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_LITERAL_PATHSPECS": "1",
        "GIT_CONFIG_COUNT": str(len(settings)),
        **numbered,
    }


def program() -> str:
    """The absolute path of git; raises GitMissing when it is absent or too old."""
    return _probed()[0]


def version() -> str:
    """What git calls itself, "git version 2.47.3"; raises GitMissing."""
    return _probed()[1]


@cache
def _probed() -> tuple[str, str]:
    found = shutil.which("git", path=STANDARD_PATH)
    if found is None:
        raise GitMissing("git is not installed. Run `apt-get install git`.")
    said = subprocess.run([found, "version"], capture_output=True, text=True, timeout=20, check=True).stdout.strip()
    if tuple(map(int, re.findall(r"\d+", said)[:2])) < OLDEST:
        raise GitMissing(f"{said} is too old: install git 2.38 or newer.")
    return found, said


@dataclass(frozen=True, slots=True)
class Commit:
    """One commit of a log. `when` is the committer's time, ISO 8601 with offset."""

    oid: str
    tree: str
    parents: tuple[str, ...]
    message: str
    author: str
    author_email: str
    committer: str
    committer_email: str
    when: str = field(compare=False)


def read_log(git: Git, base: str | None, head: str, limit: int) -> tuple[Commit, ...]:
    """Commits reachable from `head` and not from `base` (oids), newest first."""
    from git import Repo  # imported when first used: it costs 0.2 s and asks git for its version

    wanted = f"{base}..{head}" if base else head
    with closing(Repo(git.git_dir)) as repository:
        repository.git.update_environment(**git.environment)
        return tuple(_commit(found) for found in repository.iter_commits(wanted, max_count=limit))


def _commit(found: object) -> Commit:
    from git.objects import Commit as Found

    assert isinstance(found, Found)
    return Commit(
        oid=found.hexsha,
        tree=found.tree.hexsha,
        parents=tuple(parent.hexsha for parent in found.parents),
        message=found.message if isinstance(found.message, str) else found.message.decode(errors="replace"),
        author=found.author.name or "",
        author_email=found.author.email or "",
        committer=found.committer.name or "",
        committer_email=found.committer.email or "",
        when=found.committed_datetime.isoformat(),
    )


def personal_config(git_dir: Path | None, key: str) -> str | None:
    """One value as the person's own git sees it, in a repository or (None) anywhere, their global config included:
    the one place that asks it."""
    where = str(git_dir or "/nonexistent")
    environment = {"PATH": STANDARD_PATH, "LC_ALL": "C", "HOME": str(Path.home()), "GIT_DIR": where}
    asked = subprocess.run(
        [program(), "config", "--get", key], capture_output=True, env=environment, timeout=20, check=False
    )
    return os.fsdecode(asked.stdout).strip() or None


def _end(process: subprocess.Popen[bytes]) -> None:
    """git's helpers share its session: none may outlive it."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe:
            pipe.close()
