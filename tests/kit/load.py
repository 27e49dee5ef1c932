"""Clients that send commands until they are stopped, and the books that must balance afterwards."""

import http.client
import json
import random
import threading
import uuid

from kit.client import command_path, request_on

USERS = ("ada", "bob", "cyd")
ACCOUNTS = 12
PACE_S = 0.005


class Load:
    """Each client sends command after command, each again under its key until it has a 202."""

    def __init__(self, system, clients=4, seed=1):
        self._system = system
        self._tokens = {user: system.token(user) for user in USERS}
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._clients = clients
        self._seed = seed
        self._threads = []
        self.accepted = {}  # command id -> user
        self.wrong = []  # what was neither a 202 nor "try again"

    @property
    def tokens(self):
        return self._tokens

    @property
    def count(self):
        with self._lock:
            return len(self.accepted)

    def start(self):
        self._stopping.clear()
        self._threads = [
            threading.Thread(target=self._client, args=(random.Random(self._seed * 1000 + number),))
            for number in range(self._clients)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self):
        """Every command that was begun has its 202 then."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(120)
            if thread.is_alive():
                raise TimeoutError("a command got no 202 in 120 s")

    def _client(self, rng):
        connection = http.client.HTTPConnection(
            "127.0.0.1", self._system.ports["command-gateway"], timeout=15)
        while not self._stopping.wait(PACE_S):
            user, entity = rng.choice(USERS), f"load-{rng.randrange(ACCOUNTS)}"
            name = rng.choice(("open", "deposit", "deposit", "withdraw"))
            data = {"owner": user} if name == "open" else {"cents": rng.randrange(1, 200)}
            self._persist(connection, user, command_path(entity, name), data)
        connection.close()

    def _persist(self, connection, user, path, data):
        key = uuid.uuid4().hex
        while True:
            try:
                answer = request_on(connection, "POST", path, self._tokens[user], data,
                                    {"Idempotency-Key": key})
            except (OSError, http.client.HTTPException):
                connection.close()
                self._pause()
                continue
            if answer.status == 202:
                with self._lock:
                    self.accepted[answer.json()["id"]] = user
                return
            if answer.status not in (409, 503):
                with self._lock:
                    self.wrong.append((answer.status, answer.body))
                return
            self._pause()

    @staticmethod
    def _pause():
        threading.Event().wait(0.02)


def assert_dense(test, system):
    """Positions and versions are 1, 2, 3 … without a hole; every command has exactly one answer."""
    for log in ("commands", "events"):
        count, first, last = system.sql(
            "select count(*), coalesce(min(position), 1), coalesce(max(position), 0) "
            f"from {log}")[0]
        test.assertEqual((first, last), ("1", count), f"positions of {log} are not dense")
    holes = system.sql(
        "select category, entity from events group by 1, 2 "
        "having min(version) <> 1 or max(version) <> count(*)")
    test.assertEqual(holes, [], "streams whose versions are not dense")
    unanswered = system.sql(
        "select c.id from commands c left join events e "
        "on e.command_position = c.position and e.last group by 1 having count(e) <> 1")
    test.assertEqual(unanswered, [], "commands without exactly one answer")


def assert_follows(test, system, stream, entity):
    """A snapshot, and then every event of the aggregate: in order, each once, and nothing private.

    What is stored of it is what was shown; gives the frames behind the snapshot.
    """
    (kind, snapshot, cursor), *events = stream.frames
    test.assertEqual(kind, "snapshot")
    test.assertEqual((snapshot["entity"], str(snapshot["version"])), (entity, cursor))
    test.assertNotIn("snapshot", [kind for kind, _, _ in events], "a reconnect goes on")
    stored = system.sql("select version, 'account.' || type, command_id || '-' || ordinal, data "
                        f"from events where category = 'account' and entity = '{entity}' "
                        f"and version > {cursor} order by version")
    shown = [(cursor, kind, data["id"], json.dumps(data["data"], separators=(",", ":")))
             for kind, data, cursor in events]
    test.assertEqual(shown, stored, f"follower of {entity}")
    known = {"specversion", "id", "type", "source", "subject", "time", "datacontenttype",
             "streamversion", "data"}
    test.assertEqual([set(data) - known for _, data, _ in events if set(data) - known], [])
    return events


def position(cursor):
    return cursor.rpartition("-")[2]


def assert_streams_match(test, system, streams):
    """What each stream has shown since it began, or shows soon, is what its user caused and hears
    of: in order, each once."""
    for user, stream in streams.items():
        kinds, _, cursors = zip(*stream.frames)
        test.assertEqual(kinds.count("ready"), 1, "a reconnect goes on, it does not begin anew")
        stored = system.sql(
            "select position, command_id, type from events "
            f"where (subject = '{user}' or position in "
            f"(select position from event_recipients where recipient = '{user}')) "
            f"and position > {position(cursors[0])} order by position")
        if stored:
            head = stored[-1][0]
            stream.wait(lambda s: any(position(cursor) == head for _, _, cursor in s.frames),
                        f"event {head} on the stream of {user}")
        shown = [
            (position(cursor), event["commandid"], event["type"].rpartition(".")[2])
            for kind, event, cursor in list(stream.frames) if kind == "message"
        ]
        test.assertEqual(shown, stored, f"stream of {user}")
