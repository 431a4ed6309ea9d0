"""Commands that mean harm, in the real jail. Each test first shows that the harm was tried."""

from __future__ import annotations

import os
import resource
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest

from agents.exceptions import ToolRefused
from agents.sandbox import Caps, Host, probe
from agents.tools.paths import read_bytes, write_bytes
from tests.integration.agents.sandbox.test_process import running, unique_sleep

pytestmark = pytest.mark.ledger("X16")

FORKS = """
import os, time
count = 0
try:
    while count < 500:
        if os.fork() == 0:
            time.sleep(30)
        count += 1
except OSError as error:
    print("stopped", error.strerror, count)
"""
DAEMON = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.closerange(0, 256)
        time.sleep({naps})
    os._exit(0)
os.wait()
print("gone to the background", flush=True)
"""


def capped(**caps) -> Host:
    return Host(caps=Caps(**caps))


def python(code: str) -> str:
    return f"python3 - <<'CODE'\n{code}\nCODE"


# --- output ---------------------------------------------------------------------------------------------------------


def test_one_line_of_100_mb_of_nul_and_bad_utf_8_is_bounded_in_memory(shell):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    done = shell("head -c 100000000 /dev/zero; printf '\\377\\376'", output_bytes=100_000)
    assert done.bytes_total == 100_000_002 and done.output.endswith(b"\xff\xfe")
    assert len(done.output) < 101_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # kB


@pytest.mark.soak
def test_5_gb_of_output_are_bounded_in_memory(shell):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    done = shell("head -c 5000000000 /dev/zero | tr '\\0' y", output_bytes=100_000)
    assert done.bytes_total == 5_000_000_000 and done.truncated
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


# --- processes ------------------------------------------------------------------------------------------------------


def test_a_daemon_of_a_double_fork_ends_with_its_command(shell):
    naps = unique_sleep()
    done = shell(python(DAEMON.format(naps=naps)))
    assert done.output == b"gone to the background\n" and done.seconds < 5
    assert not running(naps)


def test_killing_everything_in_sight_reaches_nothing_of_ours(shell):
    with subprocess.Popen(["sleep", "60"]) as bystander:
        done = shell(
            f"kill -9 {bystander.pid}; kill -9 {os.getpid()}; kill -9 1 $PPID; echo tried; kill -9 -1; echo on"
        )
        assert b"tried" in done.output
        assert bystander.poll() is None
        bystander.kill()


def test_a_fork_bomb_meets_the_cap_and_leaves_nothing(shell):
    done = shell(python(FORKS), host=capped(processes=40), total_seconds=20)
    assert b"stopped Resource temporarily unavailable" in done.output
    assert int(done.output.split()[-1]) < 45
    assert done.starved == ("pids" if "pids" in probe().cgroups else "")


def test_memory_processor_time_and_open_files_have_caps(shell):
    memory = shell(python("b'x' * 600_000_000"), host=capped(memory_bytes=200_000_000))
    assert b"MemoryError" in memory.output
    turning = shell(python("while True: pass"), host=capped(cpu_seconds=1), total_seconds=60)
    assert turning.signal in (9, 24) and not turning.timed_out
    files = shell(python("x = [open('/dev/null') for _ in range(500)]"), host=capped(open_files=100))
    assert b"Too many open files" in files.output


def test_every_private_place_has_a_cap(shell):
    places = "/tmp /home/agent /dev/shm"
    line = f"for p in {places}; do head -c 9000000 /dev/zero > $p/big; stat -c %s $p/big; done; touch /run/x /dev/x"
    done = shell(line, host=capped(scratch_bytes=4_000_000))
    assert done.output.count(b"No space left on device") == 3
    assert done.output.count(b"Read-only file system") == 2


def test_no_further_namespace_can_be_made(shell):
    if probe().nests:
        pytest.skip("This container's /proc/sys is read-only: mount it writable.")
    done = shell("unshare -Ur id; unshare -n true; echo $?")
    assert done.output.count(b"unshare failed") == 2


# --- network --------------------------------------------------------------------------------------------------------

REACH = """
import socket
for kind, where in {targets}:
    try:
        family = socket.AF_UNIX if isinstance(where, str) else socket.AF_INET
        s = socket.socket(family, kind)
        s.settimeout(2)
        s.connect(where)
        s.sendall(b"hello from the jail")
        print("sent", where, flush=True)
    except OSError as error:
        print("refused", type(error).__name__, where)
"""


def test_no_server_of_this_host_is_reached_by_tcp_udp_or_abstract_socket(shell):
    """Ours, Redis and PostgreSQL are servers on loopback like these; so is a resolver."""
    abstract = f"\0signalbox-{os.getpid()}"
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        with socket.socket(socket.AF_UNIX) as local:
            local.bind(abstract)
            local.listen()
            targets = [(1, tcp.getsockname()), (2, udp.getsockname()), (1, abstract), (1, ("169.254.169.254", 80)),
                       (2, ("169.254.169.254", 80)), (2, ("8.8.8.8", 53)), (1, ("10.0.0.1", 22))]  # fmt: skip
            done = shell(python(REACH.format(targets=targets)))
            for server in (tcp, udp, local):
                server.settimeout(0.1)
                with pytest.raises(TimeoutError):
                    server.accept() if server is not udp else server.recv(99)
    # A datagram to loopback is sent to nobody: the jail's loopback is its own.
    assert done.output.count(b"refused") >= 6 and done.output.count(b"sent") <= 1, done.output


def test_a_socket_file_of_the_host_is_not_there(shell, tmp_path):
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "redis.sock"))
        server.listen()
        done = shell(python(REACH.format(targets=[(1, str(tmp_path / "redis.sock"))])))
    assert b"refused FileNotFoundError" in done.output


# --- what is the person's -------------------------------------------------------------------------------------------

LOOK = """
cat {home}/.ssh/id_ed25519 {home}/.aws/credentials {data}/secret_key {data}/signalbox.sqlite3 /etc/shadow
cat /proc/1/environ /proc/*/environ | tr '\\0' '\\n'; ls -A {home} {data} /root /home /work /srv /mnt /boot /var
find / -xdev -name 'id_ed25519' 2>/dev/null; env; cat /proc/*/cmdline | tr '\\0' ' '
"""


def test_keys_environment_data_and_other_peoples_files_are_not_there(shell, monkeypatch, tmp_path):
    home, data = tmp_path / "ada", tmp_path / "signalbox"
    for name in ("ada/.ssh/id_ed25519", "ada/.aws/credentials", "signalbox/secret_key", "signalbox/signalbox.sqlite3"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("the person's own secret")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("DATABASE_URL", "postgres://ada:hunter22@db/x")
    done = shell(LOOK.format(home=home, data=data), hidden=(data,))
    assert done.output.count(b"No such file or directory") >= 5
    for secret in (b"own secret", b"hunter22", b"root:$", b"-m pytest"):
        assert secret not in done.output
    assert b"HOME=/home/agent" in done.output


# --- its own worktree -----------------------------------------------------------------------------------------------


def test_a_worktree_can_be_emptied_and_no_more(shell, worktree):
    beside = worktree.parent / "beside"
    beside.mkdir()
    done = shell("rm -rf /repo/* /repo/.[!.]* /repo/../* ; rmdir /repo; echo $?; ls -A /repo")
    assert b"Device or resource busy" in done.output or b"Read-only file system" in done.output
    assert done.output.endswith(b"1\n.git\n")
    assert beside.is_dir() and [path.name for path in worktree.iterdir()] == [".git"]


SWAP = """
import os, shutil
def lay():
    for name in ("way", "real", "evil"):
        os.unlink(name) if os.path.islink(name) else shutil.rmtree(name, ignore_errors=True)
    os.makedirs("real")
    open("real/secret", "w").write("public")
    os.symlink({outside!r}, "evil")
    os.rename("real", "way")
laid = False
while True:
    try:
        if not laid:
            lay()
            laid = True
            print("begun", flush=True)
        os.rename("way", "real"); os.rename("evil", "way")
        os.sched_yield()
        os.rename("way", "evil"); os.rename("real", "way")
    except OSError:  # a write that met no folder has made one where the link was to go
        laid = False
"""


def test_a_folder_swapped_for_a_link_between_check_and_use_leads_nowhere(shell, worktree, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text("private")
    over = threading.Event()
    begun = threading.Event()
    swapping = threading.Thread(
        target=shell, args=(python(SWAP.format(outside=str(outside))),),
        kwargs={"cancelled": over.is_set, "on_output": lambda _: begun.set()},
    )  # fmt: skip
    swapping.start()
    assert begun.wait(20)
    met: set[str] = set()
    until = time.monotonic() + 60
    while not {"read", "link"} <= met and time.monotonic() < until:
        met |= {_tried(worktree) for _ in range(3000)}
    over.set()
    swapping.join()
    assert {"read", "link"} <= met
    assert (outside / "secret").read_text() == "private"


def _tried(worktree: Path) -> str:
    """What came of reading and writing through the folder that is being swapped."""
    try:
        assert read_bytes(worktree, "way/secret", 99) in (b"public", b"")
        write_bytes(worktree, "way/secret", b"public")
    except ToolRefused as refused:
        return "link" if "symbolic link" in str(refused) else "missing"
    return "read"
