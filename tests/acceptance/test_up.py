"""One command starts everything; what goes wrong at the start is said with the way out."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar

import pytest

from tests.acceptance.terminal import ROOT, Terminal
from tests.acceptance.web.served import until
from tests.services import free_port


@contextmanager
def make_up(data, **environment: str) -> Iterator[tuple[str, list[str]]]:
    """`make up` as typed; yields the address and what it prints, and ends it as Ctrl-C in its terminal would."""
    port = str(free_port())
    variables = Terminal(data, PORT=port, **environment).environment
    process = subprocess.Popen(
        ["make", "--no-print-directory", "up"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env=variables, cwd=ROOT, start_new_session=True,
    )  # fmt: skip
    said: list[str] = []
    listener = threading.Thread(target=lambda: said.extend(process.stdout or ()), daemon=True)
    listener.start()
    try:
        until(lambda: "for your approval" in "".join(said) or process.poll() is not None, lambda: "".join(said), 120)
        yield f"http://localhost:{port}", said
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(60)
        listener.join(5)


class Visitor:
    """Somebody with cookies and no browser."""

    def __init__(self) -> None:
        self.jar = CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def get(self, address: str) -> str:
        return self.opener.open(address, timeout=60).read().decode()

    def sign_in(self, link: str) -> str:
        form = self.get(link)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
        assert token, form
        sent = urllib.request.Request(link, f"csrfmiddlewaretoken={token[1]}".encode(), {"Referer": link})
        return self.opener.open(sent, timeout=60).read().decode()


def link_in(said: list[str]) -> str:
    found = re.search(r"http\S+/sign-in/\S+", "".join(said))
    assert found, said
    return found[0]


@pytest.mark.ledger("C3")
def test_one_command_brings_a_page_with_the_example_waiting_and_a_way_in(tmp_path):
    with make_up(tmp_path / "data") as (address, said):
        stranger = Visitor().get(address)
        assert "Sign in" in stranger
        assert "tidebook" not in stranger.lower()
        person = Visitor()
        inbox = person.sign_in(link_in(said))
        assert "Approve the dispatch plan" in inbox
        assert "no longer works" in Visitor().get(link_in(said))
    first = link_in(said)
    with make_up(tmp_path / "data") as (address, said):
        assert link_in(said) != first
        assert "1 dispatch plan waits" in "".join(said)
        assert Visitor().sign_in(link_in(said)).count("/dispatch/") == inbox.count("/dispatch/") > 0


def test_a_taken_port_names_its_holder_and_the_way_out(tmp_path):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        refused = Terminal(tmp_path / "data", PORT=str(port)).refused("up")
    assert f"Cannot listen on 127.0.0.1:{port}" in refused
    assert f"pid {os.getpid()}" in refused
    assert f"PORT={port + 1} make up" in refused


def test_listening_to_others_is_warned_of(tmp_path):
    with make_up(tmp_path / "data", HOST="0.0.0.0") as (_, said):
        assert "WARNING: listening on 0.0.0.0" in "".join(said)
