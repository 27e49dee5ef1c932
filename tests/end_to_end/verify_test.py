"""Each thing in the store that cannot be right is named; and nothing is while the system runs."""

import json
import re
import signal
import subprocess
import sys
import threading
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kit import suite, wait
from kit.system import ROLES, System

NEWER = "antiphon-bad-aggregates"
TABLES = ("commands", "events", "event_recipients", "reservations", "snapshots", "command_attempts",
          "partition_epochs", "partition_progress", "relay_checkpoints", "record_keys")
A_WITHDRAWAL = "(select position from events where type = 'rejected' order by position limit 1)"

# What is done to the store, and the faults that have to be told of it: kind, where, and what.
PLANTED = [
    ("delete from events where entity = 'ada' and version = 2", [
        ("position", r"events at \d+", "there is no row at this position"),
        ("answer", r"commands at \d+, [0-9a-f-]{36}",
         r"it has no answer, and its partition is done up to \d+"),
        ("version", "account/ada, version 2",
         "there is no such event, and the next one is of version 3"),
        ("recipient", r"events at \d+", "ada is to hear of it, and there is no such event")]),
    ("delete from commands where position = 2", [
        ("position", "commands at 2", "there is no row at this position"),
        ("answer", r"events at \d+", "it is of a command at 2, where there is none")]),
    ("update events set version = 9 where entity = 'ada' and version = 4", [
        ("version", "account/ada, version 4",
         "there is no such event, and the next one is of version 9")]),
    ("insert into events select (select max(position) + 1 from events), category, entity, 2, type,"
     " data, time, command_id, command_position, ordinal, last, subject, claims, correlation_id,"
     f" trace_parent, issuer from events where position = {A_WITHDRAWAL}", [
         ("answer", r"commands at \d+, [0-9a-f-]{36}",
          r"its event at \d+ is a second answer")]),
    ("update events set last = false where entity = 'ada' and version = 2", [
        ("answer", r"commands at \d+, .*", "none of its events says that it is the last")]),
    ("update events set ordinal = 1 where entity = 'ada' and version = 2", [
        ("answer", r"commands at \d+, .*", r"its event at \d+ is number 1 and not 0 of its events"),
    ]),
    ("update events set subject = 'eve' where entity = 'ada' and version = 2", [
        ("answer", r"commands at \d+, .*", r"its event at \d+ is another user's")]),
    ("update events set correlation_id = 'x' where entity = 'ada' and version = 2", [
        ("answer", r"commands at \d+, .*", r"its event at \d+ has another correlation id")]),
    ("update events set command_id = gen_random_uuid() where entity = 'ada' and version = 2", [
        ("answer", r"commands at \d+, .*", r"its event at \d+ is of another command")]),
    (f"update events set type = 'lost' where position = {A_WITHDRAWAL}", [
        ("answer", r"commands at \d+, .*", r"its event at \d+ is no outcome")]),
    ("update events set type = 'stolen' where entity = 'ada' and version = 2", [
        ("history", "account/ada, version 2",
         "this build cannot read it: unknown event type: stolen")]),
    ("update events set category = 'nothing' where entity = 'bob'", [
        ("answer", r"commands at \d+, .*", r".* stands in another stream, nothing/bob"),
        ("history", "nothing", "this build has no such aggregate, so its events are not read")]),
    ("update snapshots set state = replace(state, '\"balance_cents\":', '\"balance_cents\":1')"
     " where entity = 'ada'", [
         ("snapshot", "account/ada, version 4",
          "it is not what this build folds: its events come to another state")]),
    ("update reservations set key = 'c@d' where entity = 'ann'", [
        ("reservation", "member/ann",
         "the email c@d is reserved for it, and its events do not say so"),
        ("reservation", "member/ann", "the email a@b is its own, and is not reserved for it")]),
    ("insert into reservations values ('member', 'email', 'x@y', 'nobody', 1)", [
        ("reservation", "member/nobody",
         "the email x@y is reserved for it, and it has no events")]),
    ("insert into partition_progress select category, partition, 1000000 from partition_epochs"
     " where category = 'member' limit 1", [
         ("progress", r"partition \d+ of member",
          r"it is done up to 1000000, and the commands end at \d+")]),
    ("delete from partition_progress where category = 'member' and position >= ("
     "select min(position) from commands where category = 'member')", [
         ("progress", r"partition \d+ of member", r"it is done up to 0, and .* is answered")]),
    ("delete from partition_epochs where category = 'member' and partition in ("
     "select entity_hash % 8 from commands where category = 'member')", [
         ("progress", r"partition \d+ of member", r"it is done up to 0, and .* is answered"),
         ("progress", r"partition \d+ of member",
          "it has progress, and nobody has ever claimed it")]),
    ("insert into event_recipients values ('eve', 1000000)", [
        ("recipient", "events at 1000000", "eve is to hear of it, and there is no such event")]),
    ("insert into event_recipients select subject, position from events where position = 1", [
        ("recipient", "events at 1", "ada has sent its command, and hears of it twice")]),
    ("insert into event_recipients values (E'e\\nve', 1)", [
        ("recipient", "events at 1", "who is to hear of it can be no user: .*")]),
    ("update relay_checkpoints set position = 1000000 where log = 'commands'", [
        ("checkpoint", "the relay of commands",
         r"it has sent up to 1000000, and the log ends at \d+")]),
    ("update relay_checkpoints set positions[1] = 1000000 where log = 'events'", [
        ("checkpoint", "the relay of events",
         r"its last record in .* is of 1000000, and it has sent up to \d+")]),
    ("update relay_checkpoints set partitions[1] = 8 where log = 'events'", [
        ("checkpoint", "the relay of events", r"it knows .*/8, and there are 8 partitions")]),
    ("insert into command_attempts values (1000000, 1, false, '', '')", [
        ("attempts", "commands at 1000000", "it was tried in vain, and there is no such command")]),
    ("delete from record_keys", [
        ("record key", "the relay of (commands|events)",
         "it has sent records, and there is no key to sign them with")]),
]


class VerifyTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.system = System(suite.broker, settings={"snapshots.events": 2},
                            programs={role: NEWER for role in (*ROLES, "verify")},
                            categories=("aborts", "exits", "loops", "member", "overflows",
                                        "throws"))
        cls.addClassCleanup(cls.system.stop)
        cls.system.start()
        cls.tokens = {user: cls.system.token(user) for user in ("ada", "bob")}

    def send(self, stream, user, entity, name, data, category="account"):
        answer = self.system.send(self.tokens[user], entity, name, data, category=category)
        self.assertEqual(answer.status, 202, answer.body)
        if stream:
            stream.wait_answer(answer.json()["id"], 60)

    def verify(self, *arguments):
        """(exit code, lines of JSON, last words)"""
        done = subprocess.run(self.system.command("verify", "--json", "--rate", "0", *arguments),
                              capture_output=True, text=True, timeout=120)
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr

    def faults(self):
        code, lines, words = self.verify()
        faults = [(line["fault"], line["place"], line["what"]) for line in lines if "fault" in line]
        self.assertEqual(code, 2 if faults else 0, words)
        self.assertEqual(lines[-1]["faults"], len(faults))
        return faults

    def test_it(self):
        with self.system.stream(self.tokens["ada"]) as ada, \
                self.system.stream(self.tokens["bob"]) as bob:
            ada.wait_connected()
            bob.wait_connected()
            self.send(ada, "ada", "ada", "open", {"owner": "ada"})
            self.send(ada, "ada", "ada", "withdraw", {"cents": 5})  # rejected: an outcome
            self.send(bob, "bob", "ada", "deposit", {"cents": 5})  # of which ada hears
            self.send(ada, "ada", "ada", "deposit", {"cents": 5})
            self.send(ada, "ada", "ada", "deposit", {"cents": 0})  # unchanged
            self.send(ada, "ada", "ada", "deposit", {"cents": 7})
            self.send(bob, "bob", "bob", "open", {"owner": "bob"})
            self.send(ada, "ada", "ann", "join", {"email": "a@b"}, category="member")

        with self.subTest("a system that runs"):
            self.while_it_runs()
        with self.subTest("what it would do"):
            code, lines, _ = self.verify("--dry-run")
            self.assertEqual((code, [line["pass"] for line in lines]), (0, [
                "positions of commands", "positions of events", "answers", "streams", "recipients",
                "what stands beside the logs"]))
            self.assertGreater(lines[0]["rows"], 8)

        def settled():
            heads = [self.system.sql(f"select max(position) from {log}") for log in
                     ("commands", "events")]
            sent = [self.system.sql(f"select position from relay_checkpoints where log = '{log}'"
                                    " order by number desc limit 1") for log in
                    ("commands", "events")]
            return heads == sent
        wait.until(settled, "checkpoints at the ends of the logs")
        for role in ROLES:
            self.system.roles[role].stop()
        with self.subTest("stopped, and begun again"):
            self.stopped_and_begun_again()
        self.system.sql("delete from relay_checkpoints c where number < (select max(number) from"
                        " relay_checkpoints n where n.log = c.log)")
        for table in TABLES:
            self.system.sql(f"create table saved_{table} as table {table}")
        for planted, expected in PLANTED:
            with self.subTest(planted):
                self.system.sql(planted)
                faults = self.faults()
                for kind, place, what in expected:
                    self.assertTrue(any(fault[0] == kind for fault in faults), faults)
                for kind, place, what in faults:
                    self.assertTrue(any(kind == of[0] and self.matches(of[1], place)
                                        and self.matches(of[2], what) for of in expected),
                                    (kind, place, what))
            self.restore()
        self.assertEqual(self.faults(), [])

    @staticmethod
    def matches(pattern, text):
        return re.fullmatch(pattern, text, re.S)

    def restore(self):
        statements = "".join(
            f"delete from {table}; insert into {table} overriding system value table saved_{table};"
            for table in TABLES)
        self.system.sql(statements)

    def while_it_runs(self):
        stop = threading.Event()

        def load():
            n = 0
            while not stop.is_set():
                n += 1
                entity = f"busy-{n % 10}"
                self.send(None, "bob", entity, "open", {"owner": "bob"})
                self.send(None, "bob", entity, "deposit", {"cents": 1 + n % 3})
                self.send(None, "ada", entity, "deposit", {"cents": 1})
                self.send(None, "ada", f"m-{n % 5}", "join" if n % 2 else "leave",
                          {"email": f"{n}@b"} if n % 2 else {}, category="member")
        loads = [threading.Thread(target=load) for _ in range(3)]
        for each in loads:
            each.start()
        try:
            for _ in range(5):
                self.assertEqual(self.faults(), [])
        finally:
            stop.set()
            for each in loads:
                each.join()

    def stopped_and_begun_again(self):
        slow = subprocess.Popen(self.system.command("verify", "--rate", "100"),
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        places = self.system.folder / "operations"
        wait.until(lambda: [place for place in places.glob("verify-*")
                            if place.suffix == "" and place.stat().st_size > 0], "kept place")
        slow.send_signal(signal.SIGINT)
        output, words = slow.communicate(timeout=60)
        self.assertEqual((slow.returncode, output), (3, ""), words)
        self.assertIn("verify: stopped; the same command goes on from here", words)
        code, lines, _ = self.verify()
        rest = lines[-1]["rows"]
        self.assertEqual(code, 0)
        code, lines, _ = self.verify()
        self.assertLess(rest, lines[-1]["rows"])


if __name__ == "__main__":
    suite.main()
