"""Healthy: a fresh command to each partition has its event on a stream of its user.

After a fault of an SSE gateway it has to be a stream of that one, else any.
"""

import asyncio
import re
from functools import partial

from fault_injection.event_source import EventSource
from fault_injection.users import ATTEMPT_MAX_S, Gateways, Lost, TRY_AGAIN, request_of
from kit.system import PARTITIONS

IDENTIFIER = re.compile(rb'"id":"([^"]+)"')
CANDIDATES = 64
MARKER = "marker"


class Health:
    """Its own user, who is in the history as all others are."""

    def __init__(self, crowd, rng):
        self._crowd = crowd
        self._loop = crowd.loop
        self._rng = rng
        self._gateways = Gateways(self._loop, crowd.command_ports)
        self._token = crowd.world.mint(MARKER)
        self._waiting = {}  # (command id, gateway) -> futures
        self._seen = set()
        self._number = 0
        self._entities = [f"marker-{number}" for number in range(CANDIDATES)]
        self.streams = [EventSource(self._loop, {name: port}, MARKER, self._token, rng,
                                    partial(self._see, name))
                        for name, port in crowd.sse_ports.items()]
        self._tasks = []

    def start_listening(self):
        self._tasks = [self._loop.create_task(stream.follow()) for stream in self.streams]
        self._tasks.append(self._loop.create_task(self._sweep()))

    async def start(self):
        """Once its streams have begun: what is answered before they do is never shown."""
        await asyncio.gather(*(self._marker(entity) for entity in self._entities))
        rows = await asyncio.to_thread(
            self._crowd.world.sql,
            f"select min(entity) from commands where subject = '{MARKER}' "
            f"group by (entity_hash & 2147483647) % {PARTITIONS}")
        self._entities = [entity for entity, in rows]

    async def _sweep(self):
        while True:
            await asyncio.sleep(0.25)
            self._gateways.give_up_after(ATTEMPT_MAX_S)

    def _see(self, gateway, event):
        for via in (gateway, None):
            self._seen.add((event.command, via))
            future = self._waiting.pop((event.command, via), None)
            if future and not future.done():
                future.set_result(None)

    async def probe(self, seconds, target=None):
        """True once every partition has answered; False if that takes longer."""
        via = target if target in self._crowd.sse_ports else None
        markers = asyncio.gather(*(self._marker(entity, via) for entity in self._entities))
        try:
            await asyncio.wait_for(markers, seconds)
            return True
        except (TimeoutError, asyncio.TimeoutError):
            return False

    async def _marker(self, entity, via=None):
        history = self._crowd.history
        sent = history.new(self._loop.time(), MARKER, entity, "open", f'{{"owner":"{entity}"}}',
                           None)
        # What was begun is seen to its end, also when nobody waits for it any more.
        identifier = await asyncio.shield(
            self._loop.create_task(self._insist(sent, request_of(sent, self._token))))
        if identifier and (identifier, via) not in self._seen:
            future = self._waiting[identifier, via] = self._loop.create_future()
            await future

    async def _insist(self, sent, request):
        history = self._crowd.history
        while not self._crowd.given_up:
            gateway = self._rng.choice(list(self._crowd.command_ports))
            history.requests += 1
            try:
                status, body = await self._gateways.ask(gateway, request)
            except Lost:
                status, body = None, b""
            if status == 202:
                identifier = IDENTIFIER.search(body)[1].decode()
                history.take_202(sent, self._loop.time(), identifier, None)
                return identifier
            sent.told(self._loop.time(), gateway, status)
            if status is not None and status not in TRY_AGAIN:
                history.refuse(sent, self._loop.time(), f"{status} {body[:200]}")
                return None
            await asyncio.sleep(0.05)
        return None

    def close(self):
        for task in self._tasks:
            task.cancel()
