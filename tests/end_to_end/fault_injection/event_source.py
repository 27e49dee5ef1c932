"""A browser's EventSource: reconnects by itself, with Last-Event-ID, to either gateway."""

import asyncio
import json
import re
from typing import NamedTuple

STATUS = re.compile(rb"HTTP/1\.1 (\d+)")
SILENCE_MAX_S = 10  # the server sends a comment every two


class Shown(NamedTuple):
    position: int
    command: str
    type: str
    category: str
    entity: str
    version: int
    last: bool
    data: str


class Chunks:
    """Takes the chunked transfer coding off."""

    def __init__(self):
        self._raw = b""

    def feed(self, data):
        self._raw += data
        body = b""
        while (line := self._raw.find(b"\r\n")) >= 0:
            size = int(self._raw[:line], 16)
            if len(self._raw) < line + size + 4:
                break
            body += self._raw[line + 2:line + 2 + size]
            self._raw = self._raw[line + size + 4:]
        return body


class _Connection(asyncio.Protocol):
    def __init__(self, source, loop):
        self._source = source
        self._loop = loop
        self._buffer = b""
        self._chunks = None
        self.transport = None
        self.ended = loop.create_future()
        self.heard_at = loop.time()

    def connection_made(self, transport):
        self.transport = transport
        transport.write(self._source.request())

    def connection_lost(self, _):
        if not self.ended.done():
            self.ended.set_result(None)

    def data_received(self, data):
        self.heard_at = self._loop.time()
        if self._chunks is None:
            self._buffer += data
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                return
            status = int(STATUS.match(self._buffer)[1])
            if status != 200:
                self._source.refused(status)
                self.transport.abort()
                return
            self._chunks = Chunks()
            data, self._buffer = self._buffer[end + 4:], b""
            self._source.connections += 1
        if self.ended.done():
            return  # the client has gone, and what still comes is not seen by it
        self._buffer += self._chunks.feed(data)
        *blocks, self._buffer = self._buffer.split(b"\n\n")
        for block in blocks:
            self._source.take(block)


class Followed(NamedTuple):
    version: int
    id: str
    type: str
    entity: str
    data: str


class EventSource:
    """`shown` is what the page has seen, in order. `cursor`: where it began, None until ready."""

    path = "/events"

    def __init__(self, loop, ports, user, token, rng, on_event=None):
        self._loop = loop
        self._ports = ports
        self.user = user
        self._token = token
        self._rng = rng
        self._on_event = on_event
        self._last_id = None
        self._retry_s = 0.3
        self._connection = None
        self._away_s = 0
        self._called_back = asyncio.Event()
        self._closing = False
        self.beginning = None  # position at which it began
        self.shown = []
        self.wrong = []  # (time, what should never come)
        self.connections = 0
        self.slow = False

    def begin_at(self, cursor):
        """As a page does that was given a cursor with its 202."""
        self._last_id = cursor
        self.beginning = position_of(cursor)

    def request(self):
        resume = f"Last-Event-ID: {self._last_id}\r\n" if self._last_id else ""
        return (f"GET {self.path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n"
                f"Authorization: Bearer {self._token}\r\n{resume}\r\n").encode()

    def refused(self, status):
        if status not in (429, 503):
            self.wrong.append((self._loop.time(), f"GET {self.path}: {status}"))

    def take(self, block):
        kind, data, cursor = "message", None, None
        for line in block.split(b"\n"):
            if line.startswith(b"data: "):
                data = line[6:].decode()
            elif line.startswith(b"id: "):
                cursor = line[4:].decode()
            elif line.startswith(b"event: "):
                kind = line[7:].decode()
            elif line.startswith(b"retry: "):
                self._retry_s = int(line[7:]) / 1000
        if data is None:
            return
        if not self._event(kind, data, cursor):
            self.wrong.append((self._loop.time(), f"{kind} {data}"))
        if cursor:
            self._last_id = cursor

    @property
    def reached(self):
        """Its place: of what it saw last, or where it began."""
        return self.shown[-1][0] if self.shown else self.beginning or 0

    def _event(self, kind, data, cursor):
        """False: it should never come."""
        if kind == "ready" and self.beginning is None:
            self.beginning = position_of(cursor)
        elif kind == "message":
            self._show(data, cursor)
        else:
            return False
        return True

    def _show(self, text, cursor):
        event = json.loads(text)
        category, _, kind = event["type"].rpartition(".")
        # The payload byte for byte: it is the last member.
        shown = Shown(position_of(cursor), event["commandid"], kind, category, event["subject"],
                      event["streamversion"], event["last"], text[text.index(',"data":') + 8:-1])
        self.shown.append(shown)
        if self._on_event:
            self._on_event(shown)

    async def follow(self):
        while not self._closing:
            try:
                await self._once(self._rng.choice(list(self._ports.values())))
            except (OSError, TimeoutError, asyncio.TimeoutError):
                pass
            if self._away_s > 0:
                try:
                    await asyncio.wait_for(self._called_back.wait(), self._away_s)
                except (TimeoutError, asyncio.TimeoutError):
                    pass
                self._away_s = 0
            await asyncio.sleep(self._retry_s * self._rng.uniform(0.5, 1))

    async def _once(self, port):
        opening = self._loop.create_connection(
            lambda: _Connection(self, self._loop), "127.0.0.1", port)
        _, connection = await asyncio.wait_for(opening, 2)
        self._connection = connection
        try:
            while not connection.ended.done():
                await self._read_slowly(connection)
                await asyncio.wait([connection.ended], timeout=2)
                if self._loop.time() - connection.heard_at > SILENCE_MAX_S:
                    return
        finally:
            self._connection = None
            if not connection.ended.done():
                connection.ended.set_result(None)
            connection.transport.abort()

    async def _read_slowly(self, connection):
        if self.slow and not connection.transport.is_closing():
            connection.transport.pause_reading()
            await asyncio.wait([connection.ended], timeout=self._rng.uniform(1, 6))
            if not connection.transport.is_closing():
                connection.heard_at = self._loop.time()
                connection.transport.resume_reading()

    def vanish(self, seconds):
        """Leaves, and comes back so much later, or when it is called."""
        self._called_back.clear()
        self._away_s = seconds
        if self._connection:
            self._connection.transport.abort()

    def call_back(self):
        self._away_s = 0
        self.slow = False
        self._called_back.set()

    def close(self):
        self._closing = True
        self.vanish(0)


class Follower(EventSource):
    """Of an account, once it is there: a snapshot, and then version by version."""

    def __init__(self, loop, ports, user, token, rng, entity):
        super().__init__(loop, ports, user, token, rng)
        self.entity = entity
        self.path = f"/aggregates/account/{entity}"

    def refused(self, status):
        if status != 404 or self.beginning is not None:
            super().refused(status)

    def _event(self, kind, data, cursor):
        if kind == "snapshot":
            begins = self.beginning is None
            self.beginning = json.loads(data)["version"]
            return begins and str(self.beginning) == cursor
        event = json.loads(data)
        category, _, short = kind.rpartition(".")
        if category != "account" or event["type"] != kind or str(event["streamversion"]) != cursor:
            return False
        self.shown.append(Followed(int(cursor), event["id"], short, event["subject"],
                                   data[data.index(',"data":') + 8:-1]))
        return True


def position_of(cursor):
    return int(cursor.rpartition("-")[2])
