"""What is stored is read by the build that is to be deployed, before it is."""

import json
import os
import pty
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kit import suite, wait
from kit.system import System

NEWER = "antiphon-bad-aggregates"


class HistoryTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.system = System(suite.broker, programs={"worker": NEWER, "command-gateway": NEWER,
                                                    "relay": NEWER},
                            settings={"snapshots.events": 2},
                            categories=("aborts", "exits", "loops", "member", "overflows",
                                        "throws"))
        cls.addClassCleanup(cls.system.stop)
        cls.system.start()
        cls.token = cls.system.token("ada")

    def send(self, stream, entity, name, data, category="account"):
        answer = self.system.send(self.token, entity, name, data, category=category)
        self.assertEqual(answer.status, 202, answer.body)
        return stream.wait_answer(answer.json()["id"], 60)

    def check(self, *arguments, program="antiphon"):
        """(exit code, lines, last words) of a check by this build."""
        return self.run_role("check-history", *arguments, program=program)

    def run_role(self, role, *arguments, program):
        command = self.system.command(role, *arguments)
        done = subprocess.run([command[0].with_name(program), *command[1:]], capture_output=True,
                              text=True, timeout=120)
        return done.returncode, done.stdout.splitlines(), done.stderr

    def check_on_a_terminal(self, *arguments):
        """What it shows there; end of line is \\r\\n."""
        ours, theirs = pty.openpty()
        with open(ours, "rb", buffering=0) as screen:
            try:
                subprocess.run(self.system.command("check-history", *arguments), check=True,
                               stdout=theirs, stderr=theirs, timeout=120)
            finally:
                os.close(theirs)
            shown = b""
            try:
                while part := screen.read(65536):
                    shown += part
            except OSError:
                pass  # it has been closed at the other side
        return shown.decode()

    def kept(self):
        rows = self.system.sql("select entity, version, state from snapshots where category = "
                               "'account'")
        return [(entity, version, json.loads(state)) for entity, version, state in rows]

    def test_it(self):
        with self.system.stream(self.token) as stream:
            stream.wait_connected()
            for entity in "a", "b", "c":
                self.send(stream, entity, "open", {"owner": "ada"})
                self.send(stream, entity, "deposit", {"cents": 5})
                self.send(stream, entity, "deposit", {"cents": -5})  # rejected: an outcome
            self.send(stream, "x", "add", {}, category="aborts")
            self.send(stream, "y", "add", {}, category="loops")

        with self.subTest("states are kept, by the role that runs"):
            wait.until(lambda: len(self.kept()) == 3, "snapshots of three accounts")
            for entity, version, state in self.kept():
                self.assertEqual((version, state["balance_cents"]), ("2", 5), entity)
                self.assertIn("ada", state["hidden-01"])

        with self.subTest("what can be read"):
            code, lines, words = self.check("--category", "account")
            self.assertEqual((code, words), (0, ""))
            self.assertEqual(lines[0], "account: 6 events of 3 streams, 0 of them at fault")
            self.assertRegex(lines[1], r"^6 events of 3 streams in [0-9.e-]+ s, [0-9]+ events/s$")
            self.assertEqual(self.check(program=NEWER)[0], 0)

        with self.subTest("how far it is, on a terminal"):
            self.assertRegex(
                self.check_on_a_terminal("--category", "account"),
                r"^\r\x1b\[Kaccount \[#{30}\] 100 %, [0-9]+ events/s, 0 s left"
                r"\r\x1b\[Kaccount: 6 events of 3 streams, 0 of them at fault\r\n6 [^\r]*\r\n$")

        with self.subTest("a category that a build lacks"):
            code, lines, words = self.check()
            self.assertEqual(code, 1)
            self.assertIn("aborts: this build has no such aggregate", lines)
            self.assertIn("2 faults", words)

        with self.subTest("what cannot be read"):
            self.system.sql("update events set type = 'stolen' where entity = 'a' and version = 2")
            self.system.sql("""update events set data = '{"cents":"5"}'"""
                            " where entity = 'c' and version = 2")
            self.system.sql("update events set type = 'broken' where entity in ('x', 'y')")
            code, lines, words = self.check(program=NEWER)
            self.assertEqual(code, 1)
            self.assertRegex(lines[0], r"^aborts x, version 1: ended by signal 6.*, at this event "
                                       r"or one of the next$")
            self.assertEqual(lines[1:7], [
                "aborts: 1 events of 1 streams, 1 of them at fault",
                "account a, version 2: unknown event type: stolen",
                'account c, version 2: event deposited, field "/cents": '
                "This must be a whole number.",
                "account: 6 events of 3 streams, 2 of them at fault",
                "loops y, version 1: no end after 500 ms, at this event or one of the next",
                "loops: 1 events of 1 streams, 1 of them at fault",
            ])
            self.assertIn("this build cannot read all that is stored: 4 faults", words)
            self.assertNotEqual(self.check("--category", "account")[0], 0)

    def test_what_is_unique_is_so_by_the_store_and_by_histories(self):  # after test_it
        def ends(entity, name, email=None):
            data = {"email": email} if email else {}
            answer = self.send(stream, entity, name, data, category="member")
            return answer["data"].get("code") or answer["type"]

        def reserve():
            return self.run_role("reserve", "--category", "member", program=NEWER)

        with self.system.stream(self.token) as stream:
            stream.wait_connected()
            self.assertEqual(ends("ada", "join", "x@b"), "member.joined")
            self.assertEqual(ends("bob", "join", "x@b"), "taken")
            self.assertEqual(ends("ada", "change-email", "ö 'y@b"), "member.email-changed")
            self.assertEqual(ends("bob", "join", "x@b"), "member.joined")
            held = self.system.sql("select key, entity from reservations order by 1")
            self.assertEqual(held, [("x@b", "bob"), ("ö 'y@b", "ada")])

            self.system.sql("delete from reservations where entity = 'ada'")
            self.system.sql("update reservations set key = 'stale'")
            self.assertEqual(reserve(), (0, ["member: 2 streams, 2 keys"], ""))
            self.assertEqual(self.system.sql("select key, entity from reservations order by 1"),
                             held)
            self.system.sql("delete from reservations where entity = 'ada'")
            self.assertEqual(ends("eve", "join", "ö 'y@b"), "member.joined")
            code, lines, words = reserve()
            self.assertEqual(code, 1)
            self.assertEqual(lines[0], "member ada: the email ö 'y@b is eve's")
            self.assertIn("1 keys are another's", words)


if __name__ == "__main__":
    suite.main()
