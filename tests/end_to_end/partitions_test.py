"""The number of partitions changes under load, and with kill -9 of each role: nothing is lost,
doubled or reordered, and no stream ends for it."""

import json
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kit import suite, wait
from kit.load import USERS, Load, assert_dense, assert_follows, assert_streams_match
from kit.system import PARTITIONS, ROLES, System

MORE = 32
COMMANDS_BETWEEN = 60


class PartitionsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.system = System(suite.broker, topic_partitions=MORE, settings={
            "kafka.session_timeout_ms": 6000, "relay.lease_ttl_ms": 2000,
            "intake.answer_timeout_ms": 2000})
        cls.addClassCleanup(cls.system.stop)
        cls.system.start()

    def setUp(self):
        self.streams = {user: self.system.stream(self.system.token(user)) for user in USERS}
        for stream in self.streams.values():
            self.addCleanup(stream.close)
            stream.wait_connected()

    def partitions(self, *arguments):
        """What `antiphon partitions …` came to."""
        command = [str(word) for word in self.system.command("partitions", *arguments)]
        return subprocess.run(command, capture_output=True, text=True, timeout=120)

    def change(self, number):
        done = self.partitions(number, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        told = json.loads(done.stdout)
        self.assertEqual((told["partitions"], told["changed"]), (number, True))
        return told

    def more(self, load, count=COMMANDS_BETWEEN):
        goal = load.count + count
        wait.until(lambda: load.count >= goal, f"{count} more commands accepted", 60)

    def answered(self, load, since):
        """Until a command that is sent now has its event; ms since then."""
        marker = self.system.send(load.tokens["ada"], "marker", "open", {"owner": "ada"})
        self.streams["ada"].wait_answer(marker.json()["id"], 120)
        load.accepted[marker.json()["id"]] = "ada"
        return 1000 * (time.monotonic() - since)

    def assert_all_well(self, load):
        self.assertEqual(load.wrong, [])
        for user, stream in self.streams.items():
            mine = {command for command, its in load.accepted.items() if its == user}
            stream.wait(lambda s: mine <= {e["commandid"] for e in s.events if e["last"]},
                        f"answers to all {len(mine)} commands of {user}", 120)
        assert_dense(self, self.system)
        assert_streams_match(self, self.system, self.streams)
        reordered = self.system.sql(
            "select * from (select c.category, c.entity, e.command_position,"
            " lag(e.command_position) over (partition by c.category, c.entity order by e.position)"
            " as before from events e join commands c on c.position = e.command_position) o"
            " where before > command_position")
        self.assertEqual(reordered, [], "commands of one entity, in another order than theirs")

    def test_1_tells_how_many_there_are(self):
        told = self.partitions()
        self.assertEqual((told.returncode, told.stdout),
                         (0, f"{PARTITIONS} partitions, generation 1\n"))
        planned = self.partitions(MORE, "--dry-run", "--json")
        self.assertEqual(planned.returncode, 0)
        self.assertEqual(json.loads(planned.stdout)["generation"], 2)
        same = self.partitions(PARTITIONS, "--json")
        self.assertEqual(json.loads(same.stdout), {
            "partitions": PARTITIONS, "generation": 1, "begun": 0, "changed": False})

    def test_2_more_and_back_under_load_without_anybody_noticing(self):
        load = Load(self.system)
        follower = None
        load.start()
        try:
            self.more(load)
            follower = self.system.follow(load.tokens["ada"], self.entity_of("ada"))
            self.addCleanup(follower.close)
            follower.wait_connected()
            for number in (MORE, PARTITIONS, 3, PARTITIONS):
                since = time.monotonic()
                told = self.change(number)
                took = 1000 * (time.monotonic() - since)
                healed = self.answered(load, since)
                print(f"{number:>3} partitions, generation {told['generation']}: the command took "
                      f"{took:.0f} ms, a command sent after it was answered {healed:.0f} ms after "
                      "its beginning", flush=True)
                self.more(load)
        finally:
            load.stop()
        self.assert_all_well(load)
        self.assertEqual({stream.connections for stream in self.streams.values()}, {1})
        entity = self.entity_of("ada")
        version = self.system.sql("select max(version) from events where category = 'account' "
                                  f"and entity = '{entity}'")[0][0]
        follower.wait(lambda s: any(cursor == version for _, _, cursor in s.frames),
                      f"version {version} on the stream of {entity}")
        assert_follows(self, self.system, follower, entity)
        self.assertEqual(follower.connections, 1)

    def entity_of(self, user):
        return self.system.sql(
            "select entity from events where category = 'account' and type = 'opened' "
            f"and subject = '{user}' and entity like 'load-%' order by position limit 1")[0][0]

    def test_3_with_kill_9_of_each_role(self):
        for role in ROLES:
            load = Load(self.system, seed=ROLES.index(role) + 10)
            load.start()
            try:
                self.more(load)
                killer = threading.Timer(0.2, self.system.kill_9, [role])
                killer.start()
                since = time.monotonic()
                self.change(MORE)
                killer.join()
                self.system.restart(role)
                self.more(load)
                self.change(PARTITIONS)
                self.system.kill_9(role)
                self.system.restart(role)
                print(f"{role}: answered {self.answered(load, since):.0f} ms after the first change"
                      " began", flush=True)
            finally:
                load.stop()
            self.assert_all_well(load)

    def test_4_a_broker_that_refuses_is_heard_of_before_anything_has_happened(self):
        if suite.broker != "embedded":
            self.skipTest("Apache Kafka gives a topic as many as are wanted")
        before = self.partitions("--json").stdout
        refused = self.partitions(MORE + 1)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("give it more", refused.stderr)
        self.assertEqual(self.partitions("--json").stdout, before)

    def test_5_a_process_whose_setting_is_another_takes_the_number_of_the_store(self):
        self.system.kill_9("worker")
        command = self.system.command("worker", "--health.port", self.system.ports["worker"],
                                      "--kafka.partitions", 5)
        with (self.system.logs / "other-setting.log").open("w") as log:
            worker = subprocess.Popen([str(word) for word in command], stdout=log, stderr=log)
        try:
            load = Load(self.system, seed=99)
            load.start()
            try:
                self.more(load)
                self.answered(load, time.monotonic())
            finally:
                load.stop()
            self.assert_all_well(load)
        finally:
            worker.terminate()
            worker.wait(30)
        text = (self.system.logs / "other-setting.log").read_text()
        self.assertIn("kafka.partitions, 5 here, is for a new one", text)
        self.system.restart("worker")

    def test_6_a_build_that_knows_of_no_generations_does_no_harm(self):
        """What it calls, in the name of whoever it was."""
        self.assertEqual(self.system.sql(f"select fix_partitions({PARTITIONS})"), [("0",)],
                         "another number than anybody can have set ends it")
        for call in ("claim_partitions(array['account'], array[3])",
                     "acquire_lease('commands', 'old', 1000)"):
            with self.assertRaises(RuntimeError) as refused:
                self.system.sql(f"select {call}")
            self.assertIn("use a newer program", str(refused.exception))


if __name__ == "__main__":
    suite.main()
