"""The setup jail: a command that makes a worktree ready may ask the project's hosts, and nobody else."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from agents.exceptions import SandboxUnavailable
from agents.sandbox import forward
from agents.sandbox.bubblewrap import PROXY
from agents.sandbox.probing import probe
from agents.sandbox.proxy import SOCKET, Asked, Hosts, proxying
from agents.sandbox.scratch import private_folder
from agents.sandbox.types import Host, Jail, Kit, Proxy, SandboxState

PORT = 3128
ADDRESS = f"http://127.0.0.1:{PORT}"
VARIABLES = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), ADDRESS)


def _unheard(asked: Asked) -> None:
    """For callers that do not want to know which hosts were asked."""


@contextmanager
def setup_jail(
    worktree: Path,
    hosts: Hosts,
    *,
    told: Callable[[Asked], None] = _unheard,
    host: Host | None = None,
    readable: Sequence[Path] = (),
    hidden: Sequence[Path] = (),
    kit: Kit | None = None,
    sandbox: SandboxState | None = None,
    total_seconds: float = 1800.0,
    idle_seconds: float = 600.0,
) -> Iterator[Jail]:
    """A jail to run setup commands in, as long as the context lasts. `told` hears of each host that is asked, from
    other threads. `limits` are a Jail's seconds and bytes. Raises SandboxUnavailable without bubblewrap: nothing else
    here can hold a command's network."""
    state = sandbox or probe()
    if state.kind != "bubblewrap":
        raise SandboxUnavailable(f"{state.reason} Setup needs bubblewrap: run `{state.install_hint}`.")
    with private_folder() as folder:
        shutil.copyfile(forward.__file__, folder / "forward.py")
        with proxying(folder, hosts, told):
            host = host or Host()
            own = replace(host, tools=(*host.tools, *_interpreter()))
            yield Jail(
                "setup", worktree, writable=True, environment=VARIABLES, readable=tuple(readable),
                hidden=tuple(hidden), kit=kit or Kit(), host=own,
                proxy=Proxy(folder), total_seconds=total_seconds, idle_seconds=idle_seconds,
            )  # fmt: skip


def forwarded(argv: Sequence[str]) -> list[str]:
    """The command with a forwarder around it, as it is started inside the jail."""
    python = str(Path(sys.executable).resolve())
    return [python, "-I", "-S", f"{PROXY}/forward.py", str(PORT), f"{PROXY}/{SOCKET}", *argv]


def _interpreter() -> tuple[Path, ...]:
    """Our own Python, which runs the forwarder, where it lies outside the system."""
    prefix = Path(sys.base_prefix)
    return () if prefix.is_relative_to("/usr") else (prefix,)
