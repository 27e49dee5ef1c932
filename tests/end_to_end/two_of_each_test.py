"""Two of every role at once, under load: each may stop, start or be killed, and the books balance.

The two command gateways share one port; each SSE gateway has its own, and its own users.
"""

import random
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kit import suite, wait
from kit.client import Stream
from kit.load import USERS, Load, assert_dense, assert_streams_match
from kit.system import ROLES, System, role_of

INSTANCES = [name for role in ROLES for name in (role, f"{role}-2")]
COMMANDS_BETWEEN = 60
SEED = 7


class TwoOfEachTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.system = System(suite.broker, instances=INSTANCES, settings={
            "http.reuse_port": "true", "kafka.session_timeout_ms": 6000,
            "relay.lease_ttl_ms": 2000, "intake.answer_timeout_ms": 2000})
        cls.addClassCleanup(cls.system.stop)
        cls.system.ports["command-gateway-2"] = cls.system.ports["command-gateway"]
        cls.system.start(roles=())
        cls.launch(*INSTANCES)

    @classmethod
    def launch(cls, *names):
        for name in names:
            cls.system.launch(name)
        for name in names:
            # On the shared port either gateway may answer for the other: the line is what tells.
            cls.system.roles[name].wait_line("ready")
            cls.system.wait_ready([name])

    def setUp(self):
        # So many that the kernel gives some connections to each of the gateways.
        self.load = Load(self.system, clients=12, seed=SEED)
        self.streams = {}
        gateways = ("sse-gateway", "sse-gateway-2")
        for number, user in enumerate(USERS):
            port = self.system.ports[gateways[number % 2]]
            self.streams[user] = Stream(port, self.load.tokens[user])
            self.addCleanup(self.streams[user].close)
            self.streams[user].wait_connected()

    def more(self, count=COMMANDS_BETWEEN):
        goal = self.load.count + count
        wait.until(lambda: self.load.count >= goal, f"{count} more commands accepted", 60)

    def writers(self, function):
        """The connections that called it last: each gateway and each worker stores by one."""
        return {pid for pid, in self.system.sql(
            f"select pid from pg_stat_activity where query like '% from {function}(%' "
            "and pid <> pg_backend_pid()")}

    def relay_of(self, log):
        """The instance that carries this log; None while nobody does."""
        held = self.system.sql("select split_part(holder, '/', 2) from relay_leases "
                               f"where log = '{log}' and expires_at > now()")
        relays = {str(self.system.roles[name].pid): name for name in ("relay", "relay-2")}
        return relays.get(held[0][0]) if held else None

    def test_any_of_them_may_stop_start_and_be_killed(self):
        self.load.start()
        try:
            self.more()
            rng = random.Random(SEED)
            for name in rng.sample(INSTANCES, len(INSTANCES)):
                end = rng.choice(("stop", "kill_9"))
                with self.subTest(name=name, end=end):
                    code = getattr(self.system.roles[name], end)()
                    self.assertIn(code, (0, None), self.system.roles[name].output)
                    self.more()  # its twin goes on
                    self.launch(name)
                    self.more()
        finally:
            self.load.stop()
        self.check_books()

    def test_both_of_a_role_may_be_killed_at_once(self):
        self.load.start()
        try:
            for role in ROLES:
                self.more()
                both = [name for name in self.system.roles if role_of(name) == role]
                for name in both:
                    self.system.kill_9(name)
                self.launch(*both)
        finally:
            self.load.stop()
        self.check_books()

    def test_gateways_and_workers_share_the_work(self):
        seen = {"append_commands": set(), "append_events": set()}

        def two_of_each():
            for function, pids in seen.items():
                pids.update(self.writers(function))
            return all(len(pids) == 2 for pids in seen.values())

        self.load.start()
        try:
            wait.until(two_of_each, "writes of both gateways and both workers", 60)
        finally:
            self.load.stop()
        self.check_books()

    def test_the_other_relay_takes_over(self):
        self.load.start()
        try:
            for log in ("commands", "events"):
                first = wait.until(lambda log=log: self.relay_of(log), f"a relay of {log}")
                other = {"relay": "relay-2", "relay-2": "relay"}[first]
                self.system.kill_9(first)
                wait.until(lambda log=log, other=other: self.relay_of(log) == other,
                           f"{other} to carry {log}")
                self.more()
                self.launch(first)
        finally:
            self.load.stop()
        self.check_books()

    def check_books(self):
        self.assertEqual(self.load.wrong, [])
        for user, stream in self.streams.items():
            mine = {command for command, its in self.load.accepted.items() if its == user}
            stream.wait(lambda s: mine <= {e["commandid"] for e in s.events if e["last"]},
                        f"answers to all {len(mine)} commands of {user}", 120)
        assert_dense(self, self.system)
        assert_streams_match(self, self.system, self.streams)
        for stream in self.streams.values():
            ids = [event["id"] for event in stream.events]
            self.assertEqual(len(ids), len(set(ids)), "nothing twice")
        shown = [event for stream in self.streams.values() for event in stream.events]
        answered = {event["commandid"] for event in shown if event["last"]}
        self.assertEqual(answered, set(self.load.accepted), "what was accepted, and nothing else")


if __name__ == "__main__":
    suite.main()
