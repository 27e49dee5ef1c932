"""Every event since the beginning and then the live ones, as lines and by a topic."""

import json
import subprocess
import sys
import threading
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kit import suite, wait
from kit.system import PARTITIONS, PREFIX, System


class Reader:
    """antiphon subscribe as a program that goes on."""

    def __init__(self, system, *arguments):
        self.process = subprocess.Popen(system.command("subscribe", *arguments), text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)
        self.events = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        for line in self.process.stdout:
            self.events.append(json.loads(line))

    def positions(self):
        return [event["position"] for event in self.events]

    def wait(self, count):
        wait.until(lambda: len(self.events) >= count, f"{count} events of {len(self.events)}")

    def confirm(self, position):
        self.process.stdin.write(f"{position}\n")
        self.process.stdin.flush()

    def end(self, signal="terminate"):
        getattr(self.process, signal)()
        code = self.process.wait(30)
        self._thread.join(30)
        words = self.process.stderr.read()
        for pipe in self.process.stdin, self.process.stdout, self.process.stderr:
            pipe.close()
        return code, words


class ReplayTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.system = System(suite.broker)
        cls.addClassCleanup(cls.system.stop)
        cls.system.start()
        cls.token = cls.system.token("ada")
        cls.stream = cls.system.stream(cls.token).wait_connected()
        cls.addClassCleanup(cls.stream.close)
        for entity in "a", "b/b":
            cls.send(entity, "open", {"owner": "ada"})

    @classmethod
    def send(cls, entity, name, data):
        answer = cls.system.send(cls.token, entity, name, data)
        assert answer.status == 202, answer.body
        return cls.stream.wait_answer(answer.json()["id"])

    def deposit(self, count=1):
        for _ in range(count):
            self.send("a", "deposit", {"cents": 1})

    def head(self):
        return int(self.system.sql("select max(position) from events")[0][0])

    def lines(self, *arguments, code=0):
        done = subprocess.run(self.system.command("subscribe", *arguments), capture_output=True,
                              text=True, timeout=60)
        self.assertEqual(done.returncode, code, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_a_group_gets_all_and_goes_on_where_it_was(self):
        self.deposit(3)
        self.send("a", "withdraw", {"cents": 1_000})  # rejected: an outcome, and an event as well
        head = self.head()
        first = self.lines("--group", "nightly", "--until-now")
        self.assertEqual([event["position"] for event in first], list(range(1, head + 1)))
        self.assertEqual(first[0]["type"], "account.opened")
        self.assertEqual((first[0]["user"], first[0]["data"]),
                         ("ada", {"owner": "ada", "opened_by": "ada"}))
        self.assertEqual(self.lines("--group", "nightly", "--until-now"), [])
        self.deposit()
        self.assertEqual([event["position"] for event in
                          self.lines("--group", "nightly", "--until-now")], [head + 1])
        self.assertEqual([event["subject"] for event in self.lines(
            "--group", "some", "--stream", "account/b/b", "--until-now")], ["b/b"])
        self.assertEqual(self.lines("--group", "none", "--user", "eve", "--until-now"), [])
        listed = self.system.antiphon("subscribe", "--list")
        self.assertIn(f"nightly: position {head + 1} of {head + 1}, claimed 3 times", listed)
        self.system.antiphon("subscribe", "--group", "none", "--drop")
        self.assertNotIn("none:", self.system.antiphon("subscribe", "--list"))
        self.lines("--group", "none", "--drop", code=1)

    def test_live_ones_follow_and_a_death_costs_repeats_at_most(self):
        one = Reader(self.system, "--group", "live")
        one.wait(self.head())
        self.deposit(2)
        one.wait(self.head())
        self.assertEqual(one.positions(), list(range(1, self.head() + 1)))
        self.assertEqual(one.end("kill")[0], -9)
        self.deposit()
        two = Reader(self.system, "--group", "live")
        wait.until(lambda: self.head() in two.positions(), "what came meanwhile")
        begun = two.positions()[0]
        self.assertEqual(two.positions(), list(range(begun, self.head() + 1)))
        three = Reader(self.system, "--group", "live")
        wait.until(lambda: two.process.poll() is not None, "the end of who was replaced")
        code, words = two.end()
        self.assertEqual(code, 1)
        self.assertIn("has another reader now", words)
        self.deposit()
        wait.until(lambda: self.head() in three.positions(), "the next event")
        self.assertEqual(three.end()[0], 0)

    def test_what_is_not_confirmed_comes_again(self):
        self.deposit(3)
        one = Reader(self.system, "--group", "sure", "--confirm", "--unconfirmed", "3")
        one.wait(3)
        one.confirm(2)
        one.wait(5)
        self.assertEqual(one.positions(), [1, 2, 3, 4, 5])
        self.assertEqual(one.end()[0], 0)
        two = Reader(self.system, "--group", "sure", "--confirm")
        two.wait(1)
        self.assertEqual(two.positions()[0], 3)
        two.confirm("nonsense")
        wait.until(lambda: two.process.poll() is not None, "its end")
        code, words = two.end()
        self.assertEqual(code, 1)
        self.assertIn("a position a line", words)

    def consume(self, topic, partition=None, offset="beginning"):
        """Records as (headers, key, value), until the end of the topic."""
        where = ["-p", str(partition)] if partition is not None else []
        form = '{"headers":"%h","key":"%k","partition":%p,"value":%s}\n'
        done = subprocess.run(
            ["kcat", "-C", "-q", "-e", "-b", self.system.broker.address, "-t", topic, *where,
             "-o", str(offset), "-f", form], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        records = []
        for line in done.stdout.splitlines():
            head, _, rest = line.partition('","key":"')
            headers = dict(pair.split("=", 1) for pair in self.pairs(head[len('{"headers":"'):]))
            key, _, rest = rest.partition('","partition":')
            number, _, value = rest.partition(',"value":')
            records.append((headers, key, int(number), value[:-1]))
        return records

    @staticmethod
    def pairs(text):
        """name=value,name=value where a value may have commas."""
        pairs = []
        for part in text.split(","):
            if part.startswith(("ce_", "content-type", "signature", "traceparent")):
                pairs.append(part)
            else:
                pairs[-1] += "," + part
        return pairs

    def test_a_topic_is_joined_with_the_live_ones(self):
        self.deposit(5)
        told = json.loads(self.system.antiphon("replay", "--category", "account", "--topic", "copy",
                                               "--json", "--rate", "0"))
        self.deposit(3)  # these come by the live topics alone
        taken, ends = [], []
        for headers, key, partition, value in self.consume("copy"):
            self.assertEqual(headers["ce_replay"], told["run"])
            if headers["ce_type"] == "antiphon.replay-ended":
                ends.append(json.loads(value))
            else:
                taken.append((int(headers["ce_position"]), headers["ce_type"], key, value))
        self.assertEqual(len({json.dumps(end) for end in ends}), 1)
        end = ends[0]
        self.assertEqual(len(taken), told["events"])
        self.assertLessEqual(max(taken)[0], end["position"])

        def join():
            live = f"{PREFIX}.events.account"
            offsets = {each["partition"]: each["offset"] for each in end["live"]
                       if each["topic"] == live}
            joined = list(taken)
            for partition in range(PARTITIONS):
                for headers, key, _, value in self.consume(live, partition,
                                                           offsets.get(partition, "beginning")):
                    if int(headers["ce_position"]) > end["position"]:
                        joined.append((int(headers["ce_position"]), headers["ce_type"], key, value))
            return sorted(joined)

        stored = [(int(position), f"account.{kind}", entity, data) for
                  position, kind, entity, data in self.system.sql(
                      "select position, type, entity, data from events where category = 'account'"
                      " order by position")]
        wait.until(lambda: join() == stored, "each event once", 30)

    def test_what_is_replayed_into_a_live_topic_has_no_effect(self):
        live = f"{PREFIX}.events.account"
        done = subprocess.run(self.system.command("replay", "--topic", live), capture_output=True,
                              text=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("is a live topic", done.stderr)
        for topic in live, f"{PREFIX}.replies", f"{PREFIX}.commands.account":
            self.assertIn("events sent to", self.system.antiphon(
                "replay", "--topic", topic, "--into-live-topic", "--rate", "0"))
        before = len(self.stream.events)
        with self.system.follow(self.token, "a") as follower:
            follower.wait(lambda stream: stream.frames, "a snapshot")
            self.deposit()
            follower.wait(lambda stream: len(stream.frames) > 1, "the event")
            self.deposit()
            follower.wait(lambda stream: len(stream.frames) > 2, "the next one")
            versions = [int(cursor) for _, _, cursor in follower.frames]
            self.assertEqual(versions, list(range(versions[0], versions[0] + 3)))
        self.assertEqual(len(self.stream.events), before + 2)
        self.assertEqual(self.system.sql("select count(*) - max(position) from events"), [("0",)])

    def test_it_says_what_it_would_do(self):
        told = self.system.antiphon("replay", "--topic", "nothing", "--dry-run", "--from", "2")
        self.assertRegex(told, r"^would send what is selected of the events 2 to \d+ to nothing$")
        for wrong in ("--from", "0"), ("--to", "yesterday"), ("--stream", "account"):
            done = subprocess.run(self.system.command("replay", "--topic", "x", *wrong),
                                  capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 1, wrong)
            self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)


if __name__ == "__main__":
    suite.main()
