"""Somebody writes forgeries to our topics without a key: nothing that a user sees differs."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kit import suite, wait
from kit.load import USERS, Load, assert_dense, assert_streams_match
from kit.process import Process
from kit.suite import BUILD
from kit.system import PARTITIONS, PREFIX, ROLES, System

COMMANDS = 200
FORGED_ID = "00000000-0000-4000-8000-000000000666"


class TrustTest(unittest.TestCase):
    def setUp(self):
        self.system = System(suite.broker)
        self.addCleanup(self.system._end)
        self.system.start()
        self.streams = {user: self.system.stream(self.system.token(user)) for user in USERS}
        for stream in self.streams.values():
            self.addCleanup(stream.close)
            stream.wait_connected()
        self.load = Load(self.system)

    def forge(self, seed):
        command = [BUILD / "antiphon-forger", self.system.broker.address, PREFIX, PARTITIONS, seed]
        forger = Process("forger", command, self.system.logs / "forger.log")
        self.addCleanup(forger.stop)
        forger.wait_line("ready")
        return forger

    def more(self):
        goal = self.load.count + COMMANDS
        self.load.start()
        wait.until(lambda: self.load.count >= goal, f"{COMMANDS} more commands accepted", 120)
        self.load.stop()

    def assert_all_is_well(self):
        self.assertEqual(self.load.wrong, [])
        for user, stream in self.streams.items():
            mine = {command for command, its in self.load.accepted.items() if its == user}
            stream.wait(lambda s: mine <= {e["commandid"] for e in s.events if e.get("last")},
                        f"answers to all {len(mine)} commands of {user}", 120)
        assert_dense(self, self.system)
        assert_streams_match(self, self.system, self.streams)
        self.assertEqual(self.system.sql(
            f"select count(*) from events where command_id = '{FORGED_ID}' or subject = 'eve' "
            "or issuer <> '' or command_id not in (select id from commands)"), [("0",)])
        for role in ROLES:
            self.assertEqual(self.system.ask(role, "/readyz"), 200, role)

    def test_beside_the_load_and_over_restarts(self):
        forger = self.forge(1)
        self.more()
        self.assert_all_is_well()
        for role in ("relay", "worker", "sse-gateway"):
            self.system.kill_9(role)
            self.system.restart(role)
        self.more()
        forger.stop()
        self.assert_all_is_well()
        self.assertGreater(int(forger.wait_line("wrote")), 500)
        self.assertLess(self.system.roles["worker"].output.count("left out"), 30)

    def test_with_keys_that_the_operator_replaces(self):
        self.more()
        before = self.system.sql("select id from record_keys")
        said = self.system.antiphon("rotate-keys")
        after = self.system.sql("select id from record_keys")
        self.assertEqual(len(after), 1)
        self.assertNotEqual(before, after)
        self.assertIn(after[0][0], said)
        self.more()
        self.assert_all_is_well()


if __name__ == "__main__":
    suite.main()
