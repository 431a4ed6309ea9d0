"""A loopback server that speaks the Messages API and plays scripts: everything in the path is real but the model.

It holds no conversation: `metadata.user_id` (role/step key/attempt) picks the scene, and the number of assistant
messages in the request picks the turn, so that it may be restarted at any moment.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any, cast, get_args

from agents.rehearsal import general, stream
from agents.rehearsal.faults import ANSWERS, Fault, FaultPlan
from agents.rehearsal.script import Script, Turn, load
from agents.types import Role

GENERAL = "general"
LONGEST_REQUEST = 64_000_000


class RehearsalServer:
    """Serves the `script/*.toml` of each folder under the folder's name, and `general` for every other plan.

    `delay` is the pause in seconds between two events of a stream, so that a person can watch.
    """

    def __init__(self, script_dirs: Iterable[Path] = (), *, delay: float = 0.0, faults: Sequence[Fault] = ()) -> None:
        self.scripts = {GENERAL: Script()} | {folder.name: load(folder / "script") for folder in script_dirs}
        self.delay = delay
        self.faults = FaultPlan(faults)
        self.stopping = Event()
        self._http: _Http | None = None

    def start(self) -> str:
        """Listen on a free port of this machine; returns the base URL. Add `/name` to it to choose a script."""
        self._http = _Http(("127.0.0.1", 0), _Handler)
        self._http.rehearsal = self
        Thread(target=self._http.serve_forever, args=(0.05,), name="rehearsal", daemon=True).start()
        return f"http://127.0.0.1:{self._http.server_port}"

    def stop(self) -> None:
        """End at once, streams that are under way too."""
        self.stopping.set()
        if self._http is not None:
            self._http.shutdown()
            self._http.server_close()

    def play(self, script: str, request: Mapping[str, Any]) -> tuple[Turn, int]:
        """The turn that answers this request, and its number. A request without a known ref: ValueError."""
        role, key, attempt = read_ref(_ref(request))
        number = sum(message["role"] == "assistant" for message in request["messages"])
        scene = self.scripts[script].find(role, key, attempt)
        return (scene.at(number) if scene else general.turn(role, key, _brief(request), number)), number


def read_ref(ref: str) -> tuple[Role, str, int]:
    """`role/step key/attempt` in its parts; the key may hold slashes. ValueError if it is none."""
    role, _, rest = ref.partition("/")
    key, _, attempt = rest.rpartition("/")
    if role not in get_args(Role) or not key or not attempt.isdecimal():
        raise ValueError(f"metadata.user_id must be role/step key/attempt, not {ref!r}.")
    return cast(Role, role), key, int(attempt)


def _ref(request: Mapping[str, Any]) -> str:
    return str((request.get("metadata") or {}).get("user_id", ""))


def _brief(request: Mapping[str, Any]) -> str:
    content = request["messages"][0]["content"]
    return content if isinstance(content, str) else "".join(block.get("text", "") for block in content)


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    rehearsal: RehearsalServer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        try:
            self._answer()
        except ConnectionError:
            self.close_connection = True  # the runner hung up: cancelled, or timed out

    def _answer(self) -> None:
        body = self._body()
        script = self._script()
        if script is None:
            return self._refuse(404, "not_found_error", f"There is no rehearsal at {self.path}.")
        try:
            request = json.loads(body)
            turn, number = self._rehearsal.play(script, request)
        except (ValueError, KeyError, TypeError, IndexError) as error:
            return self._refuse(400, "invalid_request_error", f"The request cannot be played: {error}")
        return self._perform(stream.message(turn, request, number), request, self._fault(script, request, turn, number))

    @property
    def _rehearsal(self) -> RehearsalServer:
        return cast(_Http, self.server).rehearsal

    def _body(self) -> bytes:
        return self.rfile.read(min(int(self.headers.get("content-length", 0)), LONGEST_REQUEST))

    def _script(self) -> str | None:
        name = self.path.partition("?")[0].removesuffix("/v1/messages").strip("/") or GENERAL
        return name if name in self._rehearsal.scripts else None

    def _fault(self, script: str, request: Mapping[str, Any], turn: Turn, number: int) -> Fault | None:
        faults = self._rehearsal.faults
        place = (script, _ref(request), number)
        return faults.next_for(_ref(request)) or faults.scripted(turn.fault, place)

    def _perform(self, whole: Mapping[str, Any], request: Mapping[str, Any], fault: Fault | None) -> None:
        if fault is not None and fault.kind in ANSWERS:
            return self._refuse(*ANSWERS[fault.kind], retry_after=fault.retry_after)
        if not request.get("stream"):
            return self._send(200, whole)
        return self._stream(whole, fault)

    def _stream(self, whole: Mapping[str, Any], fault: Fault | None) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for number, event in enumerate(stream.events(whole)):
            if fault is not None and number == fault.after:
                if fault.kind == "stall":
                    self._rehearsal.stopping.wait(fault.seconds)
                else:
                    return self._break(fault)
            if self._rehearsal.stopping.wait(self._rehearsal.delay):
                return self._hang_up()
            self._chunk(stream.encode(event))
        return self._chunk(b"")

    def _break(self, fault: Fault) -> None:
        if fault.kind == "cut":
            return self._hang_up()
        if fault.kind == "error_event":
            _, kind, words = ANSWERS["overloaded"]
            self._chunk(stream.encode(("error", {"error": {"type": kind, "message": words}})))
        return self._chunk(b"")

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def _hang_up(self) -> None:
        self.close_connection = True

    def _refuse(self, status: int, kind: str, words: str, retry_after: float | None = None) -> None:
        headers = {} if retry_after is None else {"retry-after": f"{retry_after:g}"}
        self._send(status, {"type": "error", "error": {"type": kind, "message": words}}, headers)

    def _send(self, status: int, value: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        for name, text in {
            "content-type": "application/json",
            "content-length": str(len(data)),
            **(headers or {}),
        }.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: each dispatch has its own log."""
