"""Inside a setup jail: loopback TCP to the proxy's socket, around one command: `forward.py PORT SOCKET COMMAND...`.

A program of its own, mounted into the jail; it imports nothing of ours. It ends as the command ends."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading

CHUNK = 65536


def carry(source: socket.socket, target: socket.socket) -> None:
    """One direction, until its end."""
    with contextlib.suppress(OSError):
        while data := source.recv(CHUNK):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


def join(one: socket.socket, other: socket.socket) -> None:
    """Both directions, until both have ended."""
    with one, other:
        back = threading.Thread(target=carry, args=(other, one), daemon=True)
        back.start()
        carry(one, other)
        back.join()


def _serve(listener: socket.socket, path: str) -> None:
    while True:
        caller, _ = listener.accept()
        proxy = socket.socket(socket.AF_UNIX)
        try:
            proxy.connect(path)
        except OSError:
            caller.close()
            continue
        threading.Thread(target=join, args=(caller, proxy), daemon=True).start()


if __name__ == "__main__":
    port, path, *command = sys.argv[1:]
    listening = socket.create_server(("127.0.0.1", int(port)), backlog=128)
    threading.Thread(target=_serve, args=(listening, path), daemon=True).start()
    code = subprocess.run(command, check=False).returncode
    sys.exit(128 - code if code < 0 else code)
