"""The only way out of a setup jail: an HTTP proxy on a socket file that reaches the project's hosts and no others.

A name is looked up once, here, and the connection goes to what was found: a name that stands for another machine a
moment later changes nothing, and a name that stands for a private one is refused."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from agents.exceptions import AddressRefused
from agents.sandbox.forward import join
from agents.workspaces.addresses import is_public, look_up

SOCKET = "proxy.sock"
HEAD_BYTES = 65_536
SECONDS = 30.0
PORTS = {"http": 80, "https": 443}
_HOP = re.compile(rb"^(connection|proxy-[a-z-]+|keep-alive)\s*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Hosts:
    """Which hosts may be asked: `name` (at 80 and 443) or `name:port`. Those in `private` may lie in a private
    network."""

    allowed: frozenset[str] = frozenset()
    private: frozenset[str] = frozenset()

    @classmethod
    def of(cls, allowed: Iterable[str], private: Iterable[str] = ()) -> Hosts:
        own = frozenset(name.lower() for name in private)
        return cls(frozenset(name.lower() for name in allowed) | own, own)

    def narrowed(self, named: Iterable[str] | None) -> Hosts:
        """Only those that are also named here; None leaves them as they are. Nothing can be added."""
        if named is None:
            return self
        kept = frozenset(name.lower() for name in named)
        return Hosts(self.allowed & kept, self.private & kept)

    def pinned(self, host: str, port: int) -> list[str]:
        """The addresses to connect to. Raises AddressRefused."""
        if not _holds(self.allowed, host, port):
            raise AddressRefused(f"{host}:{port} is not among the project's hosts: let the operator add it.")
        found = look_up(host, port)
        if not _holds(self.private, host, port):
            for address in found:
                if not is_public(address):
                    raise AddressRefused(f"{host} is at {address}, inside a private network.")
        return found


def _holds(names: frozenset[str], host: str, port: int) -> bool:
    return f"{host}:{port}" in names or (host in names and port in PORTS.values())


@dataclass(frozen=True, slots=True)
class Asked:
    """A host that something in the jail asked for. `refused` says why it was not reached, "" where it was."""

    host: str
    port: int
    refused: str = ""


@contextmanager
def proxying(folder: Path, hosts: Hosts, told: Callable[[Asked], None]) -> Iterator[Path]:
    """Serve on a socket in `folder`, which only we can enter; `told` hears of each host from threads of ours."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / SOCKET))
        listener.listen(128)
        thread = threading.Thread(target=_serve, args=(listener, hosts, told), name="proxy", daemon=True)
        thread.start()
        try:
            yield folder
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def _serve(listener: socket.socket, hosts: Hosts, told: Callable[[Asked], None]) -> None:
    while True:
        try:
            caller, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_answer, args=(caller, hosts, told), daemon=True).start()


def _answer(caller: socket.socket, hosts: Hosts, told: Callable[[Asked], None]) -> None:
    with caller, suppress(OSError):
        caller.settimeout(SECONDS)
        head, rest = _head(caller)
        wish = _read(head)
        if wish is None:
            _refuse(caller, 400, "This is a proxy: ask for CONNECT host:port or http://host/path.")
            return
        try:
            addresses = hosts.pinned(wish.host, wish.port)
        except AddressRefused as error:
            told(Asked(wish.host, wish.port, str(error)))
            _refuse(caller, 403, str(error))
            return
        told(Asked(wish.host, wish.port))
        _pass_on(caller, addresses, wish, rest)


def _connected(addresses: Iterable[str], port: int) -> socket.socket:
    """A connection to the first address that answers; raises the last one's OSError."""
    failed = OSError("it has no address")
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout=SECONDS)
        except OSError as error:
            failed = error
    raise failed


def _pass_on(caller: socket.socket, addresses: list[str], wish: _Wish, rest: bytes) -> None:
    try:
        server = _connected(addresses, wish.port)
    except OSError as error:
        _refuse(caller, 502, f"{wish.host} does not answer: {error}")
        return
    with server:
        if wish.head:
            server.sendall(wish.head + rest)
        else:
            caller.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            server.sendall(rest)
        for end in (caller, server):
            end.settimeout(None)
        join(caller, server)


@dataclass(frozen=True, slots=True)
class _Wish:
    """`head` is what the server is sent first; empty for a tunnel."""

    host: str
    port: int
    head: bytes = b""


def _head(caller: socket.socket) -> tuple[bytes, bytes]:
    data = b""
    while b"\r\n\r\n" not in data and len(data) < HEAD_BYTES:
        more = caller.recv(4096)
        if not more:
            break
        data += more
    head, _, rest = data.partition(b"\r\n\r\n")
    return head, rest


def _read(head: bytes) -> _Wish | None:
    """What is asked for; None for what cannot be read."""
    first, *fields = head.split(b"\r\n")
    try:
        method, target, version = first.decode("ascii").split(" ")
        parts = urlsplit(f"//{target}" if method == "CONNECT" else target)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return None
    if not host or (method == "CONNECT") != (not parts.scheme) or parts.scheme not in ("", "http"):
        return None
    if method == "CONNECT":
        return _Wish(host, port or PORTS["https"])
    path = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    kept = [field for field in fields if not _HOP.match(field)]
    lines = [f"{method} {path} {version}".encode(), *kept, b"Connection: close", b"", b""]
    return _Wish(host, port or PORTS["http"], b"\r\n".join(lines))


def _refuse(caller: socket.socket, code: int, words: str) -> None:
    body = f"{words}\n".encode()
    fields = ("Content-Type: text/plain", f"Content-Length: {len(body)}", "Connection: close")
    caller.sendall("\r\n".join((f"HTTP/1.1 {code} Refused", *fields, "", "")).encode() + body)
