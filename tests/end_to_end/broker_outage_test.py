"""The broker stops while PostgreSQL is up: 202s go on, and an empty broker later loses nothing."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kit import suite
from kit.load import assert_dense, assert_streams_match
from kit.system import System

COMMANDS = 50


class BrokerOutageTest(unittest.TestCase):
    def setUp(self):
        # A worker whose broker vanishes while it joins waits for this long (docs/GUARANTEES.md).
        self.system = System(suite.broker, settings={"kafka.session_timeout_ms": 6000,
                                                     "kafka.max_poll_interval_ms": 15_000})
        self.addCleanup(self.system.stop)
        self.system.start()
        self.tokens = {user: self.system.token(user) for user in ("ada", "bob")}
        self.streams = {user: self.system.stream(token) for user, token in self.tokens.items()}
        for stream in self.streams.values():
            self.addCleanup(stream.close)
            stream.wait_connected()

    def accept(self, part):
        """Commands of both users to many accounts; their ids by user."""
        accepted = {user: [] for user in self.tokens}
        for number in range(COMMANDS):
            for user, token in self.tokens.items():
                answer = self.system.send(token, f"{part}-{user}-{number}", "open", {"owner": user})
                self.assertEqual(answer.status, 202, answer.body)
                accepted[user].append(answer.json()["id"])
        return accepted

    def wait_answers(self, accepted):
        for user, commands in accepted.items():
            self.streams[user].wait(
                lambda s: set(commands) <= {e["commandid"] for e in s.events},
                f"answers to the {len(commands)} commands of {user}", 120)

    def test_202s_go_on_and_all_events_arrive_from_an_empty_broker(self):
        self.wait_answers(self.accept("before"))
        for outage in ("first", "second"):
            self.system.broker.stop()
            accepted = self.accept(outage)
            answered = self.system.sql("select count(*) from events e join commands c "
                                       f"on c.id = e.command_id where c.entity like '{outage}-%'")
            self.assertEqual(answered, [("0",)], "nothing is carried out without a broker")
            self.system.broker.start()
            self.wait_answers(accepted)
        self.wait_answers(self.accept("after"))
        assert_dense(self, self.system)
        assert_streams_match(self, self.system, self.streams)


if __name__ == "__main__":
    suite.main()
