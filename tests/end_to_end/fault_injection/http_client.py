"""One keep-alive connection that many requests share: cheap enough for hundreds of them."""

import asyncio
import re
from collections import deque

HEAD_END = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
CLOSES = re.compile(rb"\r\nconnection: *close", re.IGNORECASE)


class Lost(Exception):
    """No answer came: whether the request did anything is unknown."""


class HttpConnection(asyncio.Protocol):
    def __init__(self, loop):
        self._loop = loop
        self._waiting = deque()  # (future, when it was sent)
        self._buffer = b""
        self.transport = None
        self.usable = True

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self._buffer += data
        while (end := self._buffer.find(HEAD_END)) >= 0:
            head = self._buffer[:end]
            length = LENGTH.search(head)
            size = int(length[1]) if length else 0
            body_at = end + len(HEAD_END)
            if len(self._buffer) < body_at + size:
                return
            body = self._buffer[body_at:body_at + size]
            self._buffer = self._buffer[body_at + size:]
            if CLOSES.search(head):
                self.usable = False
            if self._waiting:
                future, _ = self._waiting.popleft()
                if not future.done():
                    future.set_result((int(head[9:12]), body))

    def connection_lost(self, _):
        self.usable = False
        while self._waiting:
            future, _ = self._waiting.popleft()
            if not future.done():
                future.set_exception(Lost())

    def ask(self, request):
        """The future of (status, body)."""
        future = self._loop.create_future()
        if not self.usable:
            future.set_exception(Lost())
            return future
        self._waiting.append((future, self._loop.time()))
        self.transport.write(request)
        return future

    def give_up_after(self, seconds):
        """As a client with a time-out does: it closes."""
        if self._waiting and self._loop.time() - self._waiting[0][1] > seconds:
            self.abort()

    def abort(self):
        self.usable = False
        if self.transport:
            self.transport.abort()


class Gateways:
    """The connections of one user, one to each gateway, made when they are needed."""

    def __init__(self, loop, ports):
        self._loop = loop
        self._ports = ports
        self._connections = {}
        self._connecting = {}

    async def ask(self, gateway, request):
        connection = self._connections.get(gateway)
        if connection is None or not connection.usable:
            connection = await self._connect(gateway)
        return await connection.ask(request)

    async def _connect(self, gateway):
        """Those that ask at the same time share one attempt."""
        task = self._connecting.get(gateway)
        if task is None:
            task = self._loop.create_task(self._new(gateway))
            self._connecting[gateway] = task
            task.add_done_callback(lambda _: self._connecting.pop(gateway, None))
        try:
            return await asyncio.shield(task)
        except (OSError, TimeoutError, asyncio.TimeoutError):
            raise Lost() from None

    async def _new(self, gateway):
        opening = self._loop.create_connection(
            lambda: HttpConnection(self._loop), "127.0.0.1", self._ports[gateway])
        _, connection = await asyncio.wait_for(opening, 2)
        self._connections[gateway] = connection
        return connection

    def give_up_after(self, seconds):
        for connection in self._connections.values():
            connection.give_up_after(seconds)

    def abort(self):
        for connection in self._connections.values():
            connection.abort()
