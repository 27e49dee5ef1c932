"""Talks to Antiphon as a browser or curl would: requests, and streams read by threads."""

import http.client
import json
import socket
import threading
from dataclasses import dataclass
from urllib.parse import quote


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self):
        return json.loads(self.body)


def request(port, method, path, token=None, body=None, headers=None, seconds=60):
    """One request on a connection of its own. A body that is not bytes is sent as JSON."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
    try:
        return request_on(connection, method, path, token, body, headers)
    finally:
        connection.close()


def request_on(connection, method, path, token=None, body=None, headers=None):
    headers = dict(headers or {})
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    if body is not None and not isinstance(body, bytes):
        body = json.dumps(body).encode()
        headers.setdefault("Content-Type", "application/json")
    connection.request(method, path, body, headers)
    response = connection.getresponse()
    return Answer(response.status, response.headers, response.read())


def command_path(entity, name, category="account"):
    return f"/commands/{category}/{quote(entity, safe='')}/{name}"


def aggregate_path(entity, category="account"):
    return f"/aggregates/{category}/{quote(entity, safe='')}"


def read_answer(reader, method="GET"):
    """The next answer of a connection on which many may come; None when there is no more."""
    status_line = reader.readline()
    if not status_line:
        return None
    status = int(status_line.split()[1])
    headers = http.client.parse_headers(reader)
    bodiless = method == "HEAD" or status < 200 or status in (204, 304)  # whatever the length says
    return Answer(status, headers,
                  b"" if bodiless else reader.read(int(headers["Content-Length"] or 0)))


def raw_request(port, data, seconds=60):
    """Sends bytes as they are, on a connection of their own."""
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        try:
            connection.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused before all was read; the answer is there all the same
        return read_answer(connection.makefile("rb"), data.split(b" ", 1)[0].decode("latin-1"))


class Stream:
    """An event stream until close(): where a connection ends, the next goes on from the cursor.

    `frames` holds every frame as it came, repeats too, in order: (type, data, cursor).
    """

    def __init__(self, port, token=None, cursor=None, headers=None, reconnect=True,
                 path="/events"):
        self.port = port
        self.path = path
        self.token = token
        self.cursor = cursor
        self.headers = headers or {}
        self.response_headers = None
        self.status = None
        self.connections = 0
        self.frames = []
        self._reconnect = reconnect
        self._changed = threading.Condition()
        self._closed = threading.Event()
        self._socket = None
        self._thread = threading.Thread(target=self._follow, daemon=True)
        self._thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    @property
    def events(self):
        with self._changed:
            return [data for kind, data, _ in self.frames if kind == "message"]

    def wait(self, condition, what, seconds=60):
        """Waits until condition(self) is true and gives its value."""
        with self._changed:
            if not self._changed.wait_for(lambda: condition(self), seconds):
                seen = [event.get("type") for event in self.events[-5:]]
                raise TimeoutError(f"after {seconds:g} s: still no {what}; last events: {seen}")
            return condition(self)

    def wait_connected(self, seconds=60):
        """Until the server has said where the stream begins, or takes the cursor we brought."""
        begun = (lambda s: s.frames) if self.cursor is None else (lambda s: s.status)
        self.wait(begun, "beginning of the stream", seconds)
        return self

    def wait_events(self, count, seconds=60):
        return self.wait(lambda s: len(s.events) >= count and s.events, f"{count} events", seconds)

    def wait_answer(self, command_id, seconds=60):
        """The event that answers the command."""
        def answer(stream):
            mine = (e for e in stream.events if e["commandid"] == command_id and e["last"])
            return next(mine, None)
        return self.wait(answer, f"answer to {command_id}", seconds)

    def close(self):
        self._closed.set()
        self._cut()
        self._thread.join(10)

    def _cut(self):
        try:
            if self._socket:
                self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def _follow(self):
        while not self._closed.is_set():
            try:
                self._connect()
            except (OSError, http.client.HTTPException):
                pass
            if not self._reconnect or self._closed.wait(0.05):
                return

    def _connect(self):
        headers = {"Accept": "text/event-stream", **self.headers}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        if self.cursor is not None:
            headers["Last-Event-ID"] = self.cursor
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.connect()
            self._socket = connection.sock
            connection.request("GET", self.path, headers=headers)
            response = connection.getresponse()
            with self._changed:
                self.status, self.response_headers = response.status, response.headers
                self.connections += 1
                self._changed.notify_all()
            if response.status == 200:
                self._read(response)
        finally:
            connection.close()

    def _read(self, response):
        kind, data = "message", []
        cursor = self.cursor
        while not self._closed.is_set():
            line = response.readline()
            if not line:
                return
            line = line.decode().rstrip("\r\n")
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if name == "data":
                data.append(value)
            elif name == "event":
                kind = value
            elif name == "id":
                cursor = value
            elif line == "":
                if data:
                    self._add(kind, "\n".join(data), cursor)
                kind, data = "message", []

    def _add(self, kind, text, cursor):
        with self._changed:
            self.cursor = cursor
            self.frames.append((kind, json.loads(text), cursor))
            self._changed.notify_all()
