"""Restrict this very process by Landlock, then become the command: `landlock_exec.py SPEC COMMAND...`.

SPEC is JSON: {"read": [paths], "write": [paths]}. A program of its own, started by `landlock.py`; it imports nothing
of ours, so that the interpreter that starts it needs no path. Files are what Landlock holds everywhere; from ABI 4 on
TCP too, from ABI 6 on signals and abstract sockets."""

from __future__ import annotations

import ctypes
import json
import os
import stat
import struct
import sys

CREATE, ADD_RULE, RESTRICT = 444, 445, 446
NO_NEW_PRIVILEGES = 38
PATH_BENEATH = 1
EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
READ = EXECUTE | READ_FILE | READ_DIR
ALL = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}
"""ABI to all rights over files that it knows; each holds until the next."""
ON_FILES = EXECUTE | WRITE_FILE | READ_FILE | (1 << 14) | (1 << 15)
TCP_BIND_AND_CONNECT, ABSTRACT_SOCKETS_AND_SIGNALS = 3, 3

_libc = ctypes.CDLL(None, use_errno=True)


def abi() -> int:
    """The kernel's version of Landlock, 0 without it."""
    return max(0, int(_libc.syscall(CREATE, None, ctypes.c_size_t(0), 1)))


def restrict(read: list[str], write: list[str]) -> None:
    """Hold this process and all it starts, for good. Raises OSError."""
    version = abi()
    rights = ALL[max(known for known in ALL if known <= version)]
    fields = [rights, TCP_BIND_AND_CONNECT if version >= 4 else 0, ABSTRACT_SOCKETS_AND_SIGNALS if version >= 6 else 0]
    known = fields[: 1 + (version >= 4) + (version >= 6)]
    attributes = struct.pack(f"={len(known)}Q", *known)
    ruleset = _call(CREATE, attributes, ctypes.c_size_t(len(attributes)), 0)
    for paths, allowed in ((read, READ), (write, rights)):
        for path in paths:
            _allow(ruleset, path, allowed & rights)
    if _libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "no_new_privs")
    _call(RESTRICT, ruleset, 0)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    wanted = rights if stat.S_ISDIR(os.fstat(descriptor).st_mode) else rights & ON_FILES
    _call(ADD_RULE, ruleset, PATH_BENEATH, struct.pack("=Qi", wanted, descriptor), 0)
    os.close(descriptor)


def _call(number: int, *words: object) -> int:
    answer = int(_libc.syscall(number, *words))
    if answer < 0:
        raise OSError(ctypes.get_errno(), f"Landlock refused call {number}")
    return answer


if __name__ == "__main__":
    spec = json.loads(sys.argv[1])
    restrict(spec["read"], spec["write"])
    os.execvp(sys.argv[2], sys.argv[2:])  # noqa: S606
