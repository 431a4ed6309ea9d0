"""Where a repository at a URL may be: which schemes, and which machines.

Whoever adds a repository lets this host open a connection, so an address that leads into a private network is refused
unless the operator named its host, and git is told the very addresses that were looked at: a name that stands for
another machine a second later changes nothing.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from agents.exceptions import AddressRefused

PORTS = {"https": 443, "http": 80, "ssh": 22}
SHORT_SSH = re.compile(r"(?:(?P<user>[A-Za-z0-9_.-]+)@)?(?P<host>[A-Za-z0-9_.-]+):(?!//|:)(?P<path>[^\s].*)\Z")
HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_.])?\Z")
TUNNELS = tuple(map(ipaddress.ip_network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))
"""IPv6 ranges that carry an IPv4 address, private ones too."""


@dataclass(frozen=True, slots=True)
class Address:
    """A repository elsewhere. `url` is as it was given, without a password: one with a password is refused."""

    url: str
    scheme: str
    host: str
    port: int


def is_address(text: str) -> bool:
    """Whether this is an address elsewhere and no path: `scheme://` other than `file://`, or `host:path`."""
    return ("://" in text and not text.startswith("file://")) or SHORT_SSH.match(text) is not None


def parse_address(text: str) -> Address:
    """Read a URL or `user@host:path`. Raises AddressRefused with what to give instead."""
    if "://" not in text:
        short = SHORT_SSH.match(text)
        if short is None:
            raise AddressRefused(f"{text!r} is no address of a repository: give https://HOST/PATH or ssh://HOST/PATH.")
        return Address(text, "ssh", _host(short["host"]), PORTS["ssh"])
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise AddressRefused(f"{text!r} is no address that can be read ({error}).") from error
    if parts.scheme not in PORTS:
        raise AddressRefused(
            f"'{parts.scheme}' is not a way to reach a repository here: use https or ssh, or add a clone's folder."
        )
    if parts.password or (parts.username and parts.scheme != "ssh"):
        raise AddressRefused(
            "Leave user name and password out of the URL: it is stored and shown. "
            "For a private repository use ssh with a key of the user that runs Signalbox."
        )
    if not parts.path.strip("/"):
        raise AddressRefused(f"{text!r} names no repository: its path is missing.")
    return Address(text, parts.scheme, _host(parts.hostname or ""), port or PORTS[parts.scheme])


def _host(host: str) -> str:
    if not HOST.match(host) and not _is_ip(host):
        raise AddressRefused(f"{host!r} is no name of a host.")
    return host.lower()


def options(address: Address, allowed: Collection[str]) -> tuple[str, ...]:
    """git's options for a connection to this address: pinned to what its name stands for now, without redirects.

    `allowed` are hosts (`name` or `name:port`) that may be private. Raises AddressRefused."""
    found = look_up(address.host, address.port)
    if address.host not in allowed and f"{address.host}:{address.port}" not in allowed:
        private = next((ip for ip in found if not is_public(ip)), None)
        if private:
            raise AddressRefused(
                f"{address.host} is at {private}, inside a private network. If that is meant, "
                f"let the operator add it: SIGNALBOX_GIT_HOSTS={address.host}"
            )
    if address.scheme == "ssh":
        ssh = f"ssh -o BatchMode=yes -o HostName={found[0]} -o HostKeyAlias={address.host} -o ProxyCommand=none"
        return ("-c", f"core.sshCommand={ssh}")
    shown = ",".join(f"[{ip}]" if ":" in ip else ip for ip in found)
    pin = f"http.curloptResolve={address.host}:{address.port}:{shown}"
    return ("-c", pin, "-c", "http.followRedirects=false", "-c", "http.proxy=")


def look_up(host: str, port: int) -> list[str]:
    """What a name stands for now, as addresses. Raises AddressRefused."""
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressRefused(f"{host} was not found ({error}). Look at the address and the network.") from error
    return list(dict.fromkeys(str(answer[4][0]).split("%")[0] for answer in answers))


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def is_public(text: str) -> bool:
    """Whether an address is one of the open internet."""
    ip = ipaddress.ip_address(text)
    mapped = getattr(ip, "ipv4_mapped", None)
    if mapped:
        return is_public(str(mapped))
    return ip.is_global and not ip.is_multicast and not any(ip.version == 6 and ip in net for net in TUNNELS)
