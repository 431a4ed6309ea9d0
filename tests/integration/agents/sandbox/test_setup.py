"""The setup jail reaches the project's hosts through the proxy, and nothing else."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from agents.exceptions import SandboxUnavailable
from agents.sandbox import Asked, Hosts, probe, run, setup_jail

pytestmark = pytest.mark.ledger("X16")

GET = "import urllib.request as r; print(r.urlopen('{url}', timeout=10).read().decode())"
TUNNEL = """
import http.client
c = http.client.HTTPConnection("127.0.0.1", 3128, timeout=10)
c.set_tunnel("{host}", {port})
c.request("GET", "/deep?x=1")
print(c.getresponse().read().decode())
"""
BARE = "import socket; s = socket.create_connection(('127.0.0.1', {port}), 2); s.sendall(b'GET / HTTP/1.0\\r\\n\\r\\n')"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.seen.append((self.path, self.headers.get("Host"), self.headers.get("Connection")))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"here is {self.path}".encode())

    def log_message(self, *words) -> None:
        return


@contextmanager
def served() -> Iterator[http.server.ThreadingHTTPServer]:
    """A package index as any other, on this host's loopback; `seen` are the requests that reached it."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.seen = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()


class Index:
    def __init__(self, server, worktree) -> None:
        self.server, self.worktree = server, worktree
        self.port = server.server_address[1]
        self.asked: list[Asked] = []

    def ask(self, code: str, hosts: Hosts, **words):
        code = code.format(port=self.port, **words)
        with setup_jail(self.worktree, hosts, told=self.asked.append, total_seconds=30) as jail:
            return run(("python3", "-c", code), jail)


@pytest.fixture
def index(worktree):
    with served() as server:
        yield Index(server, worktree)


def test_an_allowed_host_is_reached_and_named(index):
    hosts = Hosts.of([], private=[f"localhost:{index.port}"])
    done = index.ask(GET, hosts, url=f"http://localhost:{index.port}/simple/bells?v=2")
    assert (done.exit_code, done.output) == (0, b"here is /simple/bells?v=2\n")
    assert index.server.seen == [("/simple/bells?v=2", f"localhost:{index.port}", "close")]
    assert index.asked == [Asked("localhost", index.port)]


def test_an_allowed_host_is_reached_through_a_tunnel(index):
    done = index.ask(TUNNEL, Hosts.of([], private=[f"localhost:{index.port}"]), host="localhost")
    assert (done.exit_code, done.output) == (0, b"here is /deep?x=1\n")
    assert index.asked == [Asked("localhost", index.port)]


@pytest.mark.parametrize(
    ("allowed", "url", "words"),
    [
        ([], "http://localhost:{port}/", "not among the project's hosts"),
        (["example.org"], "http://localhost:{port}/", "not among the project's hosts"),
        (["localhost"], "http://localhost:{port}/", "not among the project's hosts"),
        (["localhost:{port}"], "http://localhost:{port}/", "inside a private network"),
        (["127.0.0.1:{port}"], "http://127.0.0.1:{port}/", "inside a private network"),
        (["169.254.169.254"], "http://169.254.169.254/latest/meta-data/", "inside a private network"),
        (["[::1]:{port}", "::1:{port}"], "http://[::1]:{port}/", "inside a private network"),
        (["0x7f000001:{port}"], "http://0x7f000001:{port}/", "inside a private network"),
    ],
)
def test_a_host_that_is_not_allowed_or_is_private_is_refused_and_named(index, allowed, url, words):
    hosts = Hosts.of(name.format(port=index.port) for name in allowed)
    done = index.ask(GET, hosts, url=url.format(port=index.port))
    assert done.exit_code == 1 and b"403" in done.output
    assert [words in one.refused for one in index.asked] == [True]
    assert index.server.seen == []


def test_a_program_that_does_not_ask_the_proxy_reaches_nothing(index):
    done = index.ask(BARE, Hosts.of([], private=[f"127.0.0.1:{index.port}"]))
    assert done.exit_code == 1 and b"ConnectionRefused" in done.output
    assert index.server.seen == [] and index.asked == []


def test_names_are_looked_up_outside_alone(index):
    done = index.ask("import socket; socket.getaddrinfo('example.org', 80)", Hosts.of(["example.org"]))
    assert done.exit_code == 1 and b"gaierror" in done.output


def test_what_is_no_request_gets_an_answer_and_reaches_nothing(index):
    speak = (
        "import socket; s = socket.create_connection(('127.0.0.1', 3128), 5); "
        "s.sendall(b'\\x16\\x03\\x01 nonsense\\r\\n\\r\\n'); print(s.recv(99))"
    )
    assert b"400" in index.ask(speak, Hosts.of(["example.org"])).output
    assert index.asked == []


def test_the_end_of_the_command_is_the_end_of_the_jail(index):
    done = index.ask("import sys; print('set up'); sys.exit(7)", Hosts.of([]))
    assert (done.exit_code, done.output) == (7, b"set up\n")


def test_what_setup_makes_stays_in_the_worktree(index, worktree):
    index.ask("open('made.txt', 'w').write('here')", Hosts.of([]))
    assert (worktree / "made.txt").read_text() == "here"


def test_the_other_jails_have_no_way_to_the_proxy(index, shell):
    with setup_jail(index.worktree, Hosts.of([])):
        done = shell("ls -A /run; python3 -c \"import socket; socket.create_connection(('127.0.0.1', 3128), 1)\"")
    assert done.exit_code == 1 and b"proxy" not in done.output


def test_the_list_can_be_narrowed_and_never_widened():
    operators = Hosts.of(["index.example", "files.example:8443"], private=["mirror.internal:80"])
    assert operators.narrowed(None) == operators
    narrowed = operators.narrowed(["index.example", "evil.example", "*"])
    assert narrowed.allowed == {"index.example"} and narrowed.private == frozenset()
    assert operators.narrowed([]) == Hosts()


def test_without_bubblewrap_there_is_no_setup_jail(worktree):
    with (
        pytest.raises(SandboxUnavailable, match="bubblewrap"),
        setup_jail(worktree, Hosts(), sandbox=probe("/nowhere")),
    ):
        raise AssertionError("no jail may be given")
