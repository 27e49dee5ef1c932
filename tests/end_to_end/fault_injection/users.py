"""Users as they are: they send, wait for 202s, send again, listen, read slowly, leave, return."""

import asyncio
import heapq
import re

from fault_injection.event_source import EventSource, Follower
from fault_injection.http_client import Gateways, Lost

ACCEPTED = re.compile(rb'"id":"([^"]+)".*?"cursor":"([^"]+)"')
LANES = 4  # commands that one user has under way
OWN_ACCOUNTS = 3
SHARED_ACCOUNTS = 40
ATTEMPT_MAX_S = 3
TRY_AGAIN = (409, 429, 503)
TWICE_AT_ONCE, AGAIN_LATE, KEY_MISUSED, AT_A_VERSION = 0.03, 0.03, 0.005, 0.05
SLOW, VANISHING, TWO_STREAMS, FOLLOWING = 0.1, 0.15, 0.25, 0.25  # shares of the users
LATE_S = 60


class User:
    def __init__(self, crowd, name, rng):
        self.crowd = crowd
        self.name = name
        self.rng = rng
        self.token = crowd.world.mint(name)
        self.gateways = Gateways(crowd.loop, crowd.command_ports)
        self.versions = {}  # of its own accounts, as its streams tell
        self.streams = [self.new_stream()]
        if rng.random() < TWO_STREAMS:
            self.streams.append(self.new_stream())
        self.streams[-1].slow = rng.random() < SLOW
        self.vanishes = rng.random() < VANISHING
        self.followed = []
        if rng.random() < FOLLOWING:
            self.followed.append(Follower(crowd.loop, crowd.command_ports, name, self.token, rng,
                                          self.own_account()))

    def own_account(self):
        return f"{self.name.replace(' ', '.')}-{self.rng.randrange(OWN_ACCOUNTS)}"

    def new_stream(self):
        return EventSource(self.crowd.loop, self.crowd.sse_ports, self.name, self.token, self.rng,
                           self._see)

    def _see(self, event):
        if event.category == "account":
            self.versions[event.entity] = event.version

    def _next_command(self):
        rng = self.rng
        if rng.random() < 0.8:
            entity = self.own_account()
        else:
            entity = f"shared-{rng.randrange(SHARED_ACCOUNTS)}"
        kind = rng.random()
        if kind < 0.08:
            name, data = "open", f'{{"owner":"{entity}"}}'
        elif kind < 0.60:
            name, data = "deposit", f'{{"cents":{rng.randrange(1, 1000)}}}'
        elif kind < 0.985:
            name, data = "withdraw", f'{{"cents":{rng.randrange(0, 1500)}}}'
        elif kind < 0.995:
            name, data = "deposit", '{"cents":-1}'
        else:
            name, data = "close", "{}"
        expected = self.versions.get(entity, 0) if rng.random() < AT_A_VERSION else None
        now = self.crowd.loop.time()
        return self.crowd.history.new(now, self.name, entity, name, data, expected)

    async def lane(self):
        while await self.crowd.pace.permit():
            sent = self._next_command()
            if self.rng.random() < TWICE_AT_ONCE:
                await asyncio.gather(*(self.insist(sent, gateway)
                                       for gateway in self.crowd.command_ports))
            else:
                await self.insist(sent)
            if self.rng.random() < AGAIN_LATE:
                self.crowd.later(self, sent, misuse=False)
            elif sent.name != "close" and self.rng.random() < KEY_MISUSED:
                self.crowd.later(self, sent, misuse=True)

    async def insist(self, sent, gateway=None):
        """Again and again under the same key, until it is accepted."""
        pause = 0.05
        while not self.crowd.given_up:
            chosen = gateway or self.rng.choice(list(self.crowd.command_ports))
            status, body = await self.attempt(sent, chosen)
            if status == 202:
                identifier, cursor = ACCEPTED.search(body).groups()
                self.crowd.history.take_202(sent, self.crowd.loop.time(), identifier.decode(),
                                            cursor.decode())
                return
            if status is not None and status not in TRY_AGAIN:
                self.crowd.history.refuse(sent, self.crowd.loop.time(), f"{status} {body[:200]}")
                return
            await asyncio.sleep(pause * self.rng.uniform(0.5, 1))
            pause = min(2 * pause, 0.8)

    async def attempt(self, sent, gateway, data=None):
        history = self.crowd.history
        history.requests += 1
        try:
            status, body = await self.gateways.ask(gateway, request_of(sent, self.token, data))
        except Lost:
            status, body = None, b""
        if status != 202 or sent.answers or sent.accepted_at:
            sent.told(self.crowd.loop.time(), gateway, status)
        return status, body

    async def misuse(self, sent):
        """Another request under a key that was used: 422, and nothing is stored."""
        while not self.crowd.given_up:
            gateway = self.rng.choice(list(self.crowd.command_ports))
            other = '{"owner":"another"}' if sent.name == "open" else '{"cents":77777}'
            status, body = await self.attempt(sent, gateway, other)
            if status == 422 and b"key-reused" in body:
                return
            if status is not None and status not in TRY_AGAIN:
                self.crowd.history.refuse(
                    sent, self.crowd.loop.time(), f"another request of its key: {status} {body}")
                return
            await asyncio.sleep(self.rng.uniform(0.2, 0.6))

    async def come_and_go(self):
        while self.vanishes:
            await asyncio.sleep(self.rng.uniform(5, 40))
            if self.vanishes:
                self.rng.choice(self.streams + self.followed).vanish(self.rng.uniform(1, 45))


def name_of(number):
    """Two and two have one name, and differ by their issuers."""
    return f"{'idp.example ' * (number % 2)}user-{number // 2}"


def request_of(sent, token, data=None):
    data = (data or sent.data).encode()
    match = f'If-Match: "{sent.expected}"\r\n' if sent.expected is not None else ""
    head = (f"POST /commands/account/{sent.entity}/{sent.name} HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: Bearer {token}\r\nIdempotency-Key: {sent.key}\r\n"
            f"{match}Content-Type: application/json\r\n"
            f"Content-Length: {len(data)}\r\n\r\n")
    return head.encode() + data


class Pace:
    """So many commands a second on the average: what an outage has held up is made up for."""

    def __init__(self, loop, per_second):
        self._loop = loop
        self._per_second = per_second
        self._given = 0
        self._waiting = asyncio.Semaphore(0)
        self._ended = False

    async def permit(self):
        await self._waiting.acquire()
        return not self._ended

    async def run(self):
        begun = self._loop.time()
        most = max(1, self._per_second // 20)  # in one go
        while not self._ended:
            due = int((self._loop.time() - begun) * self._per_second) - self._given
            for _ in range(min(due, most) if self._waiting.locked() else 0):
                self._waiting.release()
                self._given += 1
            await asyncio.sleep(0.02)

    def end(self, lanes):
        self._ended = True
        for _ in range(lanes):
            self._waiting.release()


class Crowd:
    def __init__(self, world, history, users, per_second, rng_of):
        self.loop = asyncio.get_running_loop()
        self.world = world
        self.history = history
        self.command_ports = {name: world.ports[name] for name in world.ports
                              if name.startswith("command-gateway")}
        self.sse_ports = {name: world.ports[name] for name in world.ports
                          if name.startswith("sse-gateway")}
        self.given_up = False
        self.pace = Pace(self.loop, per_second)
        self._late = []  # a heap: (when, number, user, command, misuse)
        self._late_tasks = set()
        self.users = [User(self, name_of(number), rng_of(f"user {number}"))
                      for number in range(users)]
        self._tasks = []
        self._lanes = []

    @property
    def streams(self):
        return [stream for user in self.users for stream in user.streams]

    @property
    def followers(self):
        return [follower for user in self.users for follower in user.followed]

    def later(self, user, sent, misuse):
        heapq.heappush(self._late, (self.loop.time() + LATE_S, sent.number, user, sent, misuse))

    def start_listening(self):
        self._tasks += [self.loop.create_task(stream.follow())
                        for stream in self.streams + self.followers]
        self._tasks.append(self.loop.create_task(self._sweep()))

    def start_sending(self):
        self._tasks.append(self.loop.create_task(self.pace.run()))
        self._tasks += [self.loop.create_task(user.come_and_go())
                        for user in self.users if user.vanishes]
        self._lanes = [self.loop.create_task(user.lane())
                       for user in self.users for _ in range(LANES)]

    async def _sweep(self):
        """What is due, a few times a second."""
        while True:
            await asyncio.sleep(0.25)
            for user in self.users:
                user.gateways.give_up_after(ATTEMPT_MAX_S)
            while self._late and self._late[0][0] <= self.loop.time():
                self._send_late(heapq.heappop(self._late))

    def _send_late(self, entry):
        *_, user, sent, misuse = entry
        task = self.loop.create_task(user.misuse(sent) if misuse else user.insist(sent))
        self._late_tasks.add(task)
        task.add_done_callback(self._late_tasks.discard)

    def join_late(self, users):
        """Some open one more stream, from the cursor that an early 202 gave them."""
        first = {}
        for sent in self.history.commands:
            if sent.cursor:
                first.setdefault(sent.user, sent.cursor)
        for user in users:
            if user.name in first:
                stream = user.new_stream()
                stream.begin_at(first[user.name])
                user.streams.append(stream)
                self._tasks.append(self.loop.create_task(stream.follow()))

    async def finish_sending(self, seconds):
        """Every command that was begun has its 202 then, or the checker will say so."""
        self.pace.end(len(self._lanes))
        while self._late:
            self._send_late(heapq.heappop(self._late))
        await asyncio.wait([*self._lanes, *self._late_tasks], timeout=seconds)
        self.given_up = True
        for user in self.users:
            user.vanishes = False
            for stream in user.streams + user.followed:
                stream.call_back()

    def close(self):
        for task in self._tasks:
            task.cancel()
