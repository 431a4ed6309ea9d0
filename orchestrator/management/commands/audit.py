"""manage.py audit verify|anchor: does the record add up, and where does it stand."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from orchestrator import chain
from orchestrator.management.person import PersonCommand
from orchestrator.models import RunHead


class Command(PersonCommand):
    help = "Check the hash-chained record of every run, or print the heads to keep elsewhere."

    def declare(self, add: Callable[..., ArgumentParser]) -> None:
        verify = add("verify", "find changed, missing or added events; exit 1 when there are any")
        verify.add_argument("--run", type=int, default=None, help="only this run (default: all)")
        add("anchor", "print the head of every chain")

    def do_verify(self, options: dict[str, Any]) -> None:
        breaks = list(chain.verify(options["run"]))
        heads = RunHead.objects.count() if options["run"] is None else 1
        value = [{"chain": b.chain, "seq": b.seq, "what": b.what} for b in breaks]
        lines = [f"{_name(b.chain)}, event {b.seq}: {b.what}" for b in breaks]
        self.out(options, value, "\n".join(lines) or f"{heads} chains hold.")
        if breaks:
            raise SystemExit(1)

    def do_anchor(self, options: dict[str, Any]) -> None:
        heads = RunHead.objects.order_by("chain")
        value = [{"chain": h.chain, "seq": h.seq, "hash": h.hash} for h in heads]
        self.out(options, value, "\n".join(f"{_name(h.chain):14} {h.seq:6}  {h.hash}" for h in heads))


def _name(number: int) -> str:
    return f"run {number}" if number else "installation"
