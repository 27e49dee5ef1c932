"""kill -9 of each role in turn under load, and its restart: each 202 has its outcome, once."""

import sys
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kit import suite, wait
from kit.load import USERS, Load, assert_dense, assert_streams_match
from kit.system import ROLES, System

COMMANDS_BETWEEN = 100
TABLE = "{:<16} {:>9} {:>9} {:>7} {:>8} {:>12} {:>10}"


class KillTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.system = System(suite.broker, settings={
            "kafka.session_timeout_ms": 6000, "relay.lease_ttl_ms": 2000,
            "intake.answer_timeout_ms": 2000})
        cls.addClassCleanup(cls.system.stop)
        cls.system.start()
        print("\n" + TABLE.format("killed", "accepted", "answered", "events", "repeats",
                                  "connections", "healed ms"))

    def setUp(self):
        self.streams = {user: self.system.stream(self.system.token(user)) for user in USERS}
        for stream in self.streams.values():
            self.addCleanup(stream.close)
            stream.wait_connected()

    def more(self, load, count=COMMANDS_BETWEEN):
        goal = load.count + count
        wait.until(lambda: load.count >= goal, f"{count} more commands accepted", 60)

    def kill(self, role):
        before = int(self.system.sql("select count(*) from events")[0][0])
        load = Load(self.system, seed=ROLES.index(role) + 1)
        load.start()
        try:
            self.more(load)
            self.system.kill_9(role)
            killed_at = time.monotonic()
            if role != "command-gateway":
                self.more(load)  # 202s go on without it
            self.system.restart(role)
            self.more(load)
            marker = self.system.send(load.tokens["ada"], "marker", "open", {"owner": "ada"})
            self.streams["ada"].wait_answer(marker.json()["id"], 120)
            healed_ms = 1000 * (time.monotonic() - killed_at)
        finally:
            load.stop()
        self.assertEqual(load.wrong, [])
        accepted = {**load.accepted, marker.json()["id"]: "ada"}
        for user, stream in self.streams.items():
            mine = {command for command, its in accepted.items() if its == user}
            stream.wait(lambda s: mine <= {e["commandid"] for e in s.events if e["last"]},
                        f"answers to all {len(mine)} commands of {user}", 120)
        assert_dense(self, self.system)
        assert_streams_match(self, self.system, self.streams)
        repeats = sum(len(stream.events) - len({event["id"] for event in stream.events})
                      for stream in self.streams.values())
        shown = [event for stream in self.streams.values() for event in stream.events]
        answered = {event["commandid"] for event in shown if event["last"]}
        events = int(self.system.sql("select count(*) from events")[0][0]) - before
        print(TABLE.format(role, len(accepted), len(answered), events, repeats,
                           sum(stream.connections for stream in self.streams.values()),
                           f"{healed_ms:.0f}"), flush=True)
        self.assertEqual(repeats, 0)
        self.assertEqual(len({event["id"] for event in shown}), events)
        self.assertEqual(answered, set(accepted), "no answer to what was not accepted, either")

    def test_command_gateway(self):
        self.kill("command-gateway")

    def test_relay(self):
        self.kill("relay")

    def test_sse_gateway(self):
        self.kill("sse-gateway")

    def test_worker(self):
        self.kill("worker")


if __name__ == "__main__":
    suite.main()
