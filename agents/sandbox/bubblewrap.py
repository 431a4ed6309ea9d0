"""The command line that asks bubblewrap for a jail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from agents.sandbox.environment import HOME, REPO, tool_folders
from agents.sandbox.fences import is_folder
from agents.sandbox.types import Ground, Jail, SandboxState

NAMESPACES = (
    "--unshare-all", "--unshare-user", "--uid", "1000", "--gid", "1000", "--hostname", "jail",
    "--die-with-parent", "--new-session", "--cap-drop", "ALL",
)  # fmt: skip
"""user, pid, net, ipc, uts and, where there are any, cgroup."""
NONE_FURTHER = ("--disable-userns",)
"""No further ones can be made inside. A container whose /proc/sys is read-only cannot say so."""

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/opt", "/nix/store", "/gnu/store")
ETC = (
    "alternatives", "fonts", "java*", "ld.so.cache", "os-release", "pki/ca-trust", "pki/tls/certs", "services",
    "ssl/certs", "ssl/openssl.cnf",
)  # fmt: skip
"""What programs read and nobody keeps secrets in. Few, for every mount costs a quarter of a millisecond."""
OWN_ETC = Path(__file__).with_name("etc")
"""Users, groups and hosts are files of ours."""
SCRATCH = ("/tmp", str(HOME), "/dev/shm")  # noqa: S108
PROXY = "/run/proxy"

Words = tuple[str, ...]


def jailed(
    state: SandboxState,
    jail: Jail,
    ground: Ground,
    argv: Sequence[str],
    *,
    status: int | None = None,
    gate: int | None = None,
) -> list[str]:
    """The full command line. On the open descriptor `status` bubblewrap tells, as JSON lines, that the command is about
    to begin and how it ended; where there is a `gate`, it begins when that one is closed."""
    descriptors = {"--json-status-fd": status, "--block-fd": gate}
    report = [word for name, open_one in descriptors.items() if open_one is not None for word in (name, str(open_one))]
    further = () if state.nests else NONE_FURTHER
    return [
        state.program, *NAMESPACES, *further, *report, *base(jail.host.caps.scratch_bytes), *_shown(jail),
        *_repo(jail, ground.tree), *_reports(jail, ground), *_hidden(jail), "--remount-ro", "/dev", "--remount-ro", "/",
        "--chdir", str(REPO), "--", *argv,
    ]  # fmt: skip


def base(scratch_bytes: int) -> Words:
    """The system, read-only, and empty private places to write in."""
    found = ["--dev", "/dev", "--proc", "/proc"]
    for path in system():
        found += _same(path)
    found += ("--ro-bind", str(OWN_ETC), "/etc/own")
    for file in OWN_ETC.iterdir():
        found += ("--symlink", f"own/{file.name}", f"/etc/{file.name}")
    for place in SCRATCH:
        found += ("--size", str(scratch_bytes), "--tmpfs", place)
    return (*found, "--symlink", "../tmp", "/var/tmp", "--dir", "/run")  # noqa: S108


@cache
def system() -> tuple[Path, ...]:
    """What this host has of the system's places."""
    etc = (path for name in ETC for path in Path("/etc").glob(name))
    return tuple(path for path in (*map(Path, SYSTEM), *etc) if path.exists())


def _same(path: Path) -> Words:
    """A place as it is here: a link stays one, all else is mounted."""
    if path.is_symlink():
        return ("--symlink", str(path.readlink()), str(path))
    return ("--ro-bind", str(path), str(path))


def _shown(jail: Jail) -> Iterator[str]:
    """What lies elsewhere and is read: tools, the project's repository, the proxy's socket."""
    for path in dict.fromkeys((*tool_folders(jail.host), *jail.readable)):
        yield from ("--ro-bind", str(path.resolve()), str(path))
    if jail.proxy is not None:
        yield from ("--ro-bind", str(jail.proxy.folder), PROXY)


def _repo(jail: Jail, tree: Path | None) -> Iterator[str]:
    """The worktree at its fixed place, closed parts of it over that, what setup made, and git's own always closed.

    What setup made is shown only where a folder still stands for it: bubblewrap would follow a link, and make what is
    missing."""
    source = jail.worktree.resolve()
    if tree is None:
        yield from ("--overlay-src", str(source), "--tmp-overlay", str(REPO))
    else:
        yield from _fenced(jail, tree)
    for mount in jail.kit.mounts:
        if is_folder(source, tuple(mount.path.split("/"))):
            yield from ("--ro-bind", str(mount.source), str(REPO / mount.path))
    if (source / ".git").exists() and not (source / ".git").is_symlink():
        yield from ("--ro-bind", str(source / ".git"), str(REPO / ".git"))


def _reports(jail: Jail, ground: Ground) -> Words:
    if jail.reports is None:
        return ()
    return ("--bind", str(ground.top / "reports" if ground.top else jail.reports), str(jail.reports))


def _fenced(jail: Jail, tree: Path) -> Iterator[str]:
    mounts = jail.fence.mounts(tree) if jail.writable else {"": True}
    for path, writable in sorted(mounts.items(), key=lambda mount: mount[0].count("/") + bool(mount[0])):
        yield from ("--bind" if writable else "--ro-bind", str(tree.resolve() / path), str(REPO / path))


def _hidden(jail: Jail) -> Iterator[str]:
    """A hidden folder looks empty where something shown holds it; what is shown below it stays."""
    shown = [*map(Path, SYSTEM), *tool_folders(jail.host)]
    for path in (path.resolve() for path in jail.hidden):
        if path.is_dir() and any(path.is_relative_to(place) for place in shown):
            yield from ("--tmpfs", str(path))
            for below in (below for below in jail.readable if below.is_relative_to(path)):
                yield from ("--ro-bind", str(below.resolve()), str(below))
