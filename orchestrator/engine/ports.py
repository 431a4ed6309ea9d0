"""Ranges of ports for worktrees: each live one on a host has its own, so that two servers never want the same."""

from __future__ import annotations

import socket
from collections.abc import Iterator

from django.db import IntegrityError, transaction

from agents.exceptions import AgentsError
from orchestrator.models import Workspace

FIRST, LAST, SIZE = 20_000, 29_990, 10
"""Below the range from which the kernel takes ports for connections."""
OF_CHECKS = LAST
"""Checks have a loopback of their own: all of them get the same."""


class NoPorts(AgentsError):
    """Every range is with a live worktree, or something listens in it."""


def variables(first: int) -> dict[str, str]:
    """What a worktree's commands are told."""
    return {"PORT": str(first), "PORT_RANGE_START": str(first)}


def take(workspace: Workspace) -> int:
    """Give a worktree's row a range until it is removed, and return the first port. Raises NoPorts."""
    for first in _free(workspace.host):
        try:
            with transaction.atomic():
                Workspace.objects.filter(pk=workspace.pk).update(port=first)
        except IntegrityError:
            continue  # another worker was faster
        workspace.port = first
        return first
    raise NoPorts(f"All ports from {FIRST} to {LAST} are in use on this host: end programs that listen there.")


def _free(host: str) -> Iterator[int]:
    taken = set(Workspace.objects.filter(host=host).exclude(port=None).values_list("port", flat=True))
    for first in range(FIRST, LAST, SIZE):
        if first not in taken and all(_is_free(port) for port in range(first, first + SIZE)):
            yield first


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
