"""A fee was taken twice for three days: the build that takes it once says whom that touches."""

import json
import signal
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kit import suite, wait
from kit.system import ROLES, System

WRONG, RIGHT = "antiphon-fee-2", "antiphon-fee-1"
TOUCHED, QUIET = 12, 8
TABLES = ("commands", "events", "reservations", "snapshots", "command_attempts",
              "partition_epochs", "partition_progress", "relay_checkpoints", "dead_letters")


class WhatIfTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.system = System(suite.broker, programs={role: WRONG for role in ROLES})
        cls.addClassCleanup(cls.system.stop)
        cls.system.start()
        cls.token = cls.system.token("ada")
        cls.ids = {}
        with cls.system.stream(cls.token) as stream:
            stream.wait_connected()

            def send(entity, name, data):
                answer = cls.system.send(cls.token, entity, name, data)
                assert answer.status == 202, answer.body
                cls.ids.setdefault((entity, name), []).append(answer.json()["id"])

            for n in range(TOUCHED + QUIET):
                send(f"a-{n}", "open", {"owner": "ada"})
                send(f"a-{n}", "deposit", {"cents": 100})
            for day in range(3):
                for n in range(TOUCHED):
                    send(f"a-{n}", "withdraw", {"cents": 20 + n})
                for n in range(QUIET):
                    send(f"a-{TOUCHED + n}", "deposit", {"cents": 1})
            for (entity, name), ids in cls.ids.items():
                for command in ids:
                    stream.wait_answer(command, 60)
        for role in ROLES:
            cls.system.roles[role].stop()
        first = 2 * (TOUCHED + QUIET)
        of_a_day = TOUCHED + QUIET
        # Their days, which nobody waits for here.
        for day in range(3):
            cls.system.sql(f"update commands set time = timestamptz '2026-01-1{day}T12:00:00Z'"
                           f" where position > {first + day * of_a_day}"
                           f" and position <= {first + (day + 1) * of_a_day}")
        cls.system.sql("update commands set time = timestamptz '2026-01-09T12:00:00Z'"
                       f" where position <= {first}")
        cls.first = first

    def what_if(self, *arguments, program=RIGHT):
        """(exit code, standard output, standard error)"""
        command = self.system.command("what-if", "--rate", "0", *arguments)
        done = subprocess.run([command[0].with_name(program), *command[1:]], capture_output=True,
                              text=True, timeout=120)
        return done.returncode, done.stdout, done.stderr

    def lines(self, *arguments, program=RIGHT):
        code, output, words = self.what_if("--json", *arguments, program=program)
        self.assertIn(code, (0, 2), words)
        lines = [json.loads(line) for line in output.splitlines()]
        answers = [line for line in lines if "commandposition" in line]
        states = {line["entity"]: line for line in lines if "changed" in line}
        self.assertEqual(len(lines), len(answers) + len(states) + 1)
        self.assertEqual(lines[-1]["differences"], len(answers) + len(states))
        self.assertEqual(code, 2 if len(lines) > 1 else 0)
        return answers, states, lines[-1]

    def expected(self, n, fees):
        """Balance and events after three days, by hand."""
        balance, events = 100, 2
        for _ in range(3):
            if balance >= 20 + n + 3 * fees:
                balance -= 20 + n + 3 * fees
                events += 1 + fees
        return balance, events

    def test_the_build_that_ran_finds_nothing(self):
        answers, states, end = self.lines(program=WRONG)
        self.assertEqual((answers, states), ([], {}))
        self.assertEqual(end["commands"], self.first + 3 * (TOUCHED + QUIET))

    def test_each_account_that_the_fix_changes(self):
        before = self.stored()
        answers, states, _ = self.lines()
        self.assertEqual(set(states), {f"a-{n}" for n in range(TOUCHED)})
        for n in range(TOUCHED):
            with self.subTest(n):
                told = states[f"a-{n}"]
                for end, fees in (("before", 2), ("after", 1)):
                    balance, events = self.expected(n, fees)
                    self.assertEqual(told[end]["version"], events)
                    self.assertEqual(told[end]["state"]["balance_cents"], balance)
                self.assertIn({"op": "replace", "path": "/balance_cents",
                               "value": self.expected(n, 1)[0]}, told["changed"])
        self.assertEqual({answer["name"] for answer in answers}, {"withdraw"})
        kinds = {(answer["before"], answer["after"]) for answer in answers}
        self.assertIn(("applied: withdrawn, withdrawn, withdrawn",
                       "applied: withdrawn, withdrawn"), kinds)
        # Who had too little for two fees has enough for one.
        self.assertIn(("rejected insufficient-funds", "applied: withdrawn, withdrawn"), kinds)
        self.assertEqual(self.stored(), before)

    def test_what_a_person_reads(self):
        code, text, words = self.what_if("--examples", "2")
        self.assertEqual(code, 2, words)
        self.assertIn("account withdraw: applied: withdrawn, withdrawn, withdrawn -> applied: "
                      "withdrawn, withdrawn: ", text)
        self.assertIn(f"account: {TOUCHED} aggregates end in another state\n  account/a-0\n", text)
        self.assertIn(f"  and {TOUCHED - 2} more\n", text)

    def test_one_day(self):
        answers, states, end = self.lines("--commands",
                                          "2026-01-11T00:00:00Z..2026-01-11T23:00:00Z")
        self.assertEqual(end["commands"], TOUCHED + QUIET)
        self.assertEqual((end["first"], end["last"]),
                         (self.first + TOUCHED + QUIET + 1, self.first + 2 * (TOUCHED + QUIET)))
        self.assertEqual(len(answers), TOUCHED)
        for n, told in ((n, states[f"a-{n}"]) for n in range(TOUCHED)):
            self.assertEqual(told["after"]["state"]["balance_cents"],
                             told["before"]["state"]["balance_cents"] + 3, n)

    def test_another_past(self):
        withdrawal = self.ids["a-1", "withdraw"][0]
        patch = self.system.folder / "patch.ndjson"
        patch.write_text(
            json.dumps({"remove": withdrawal}) + "\n\n" +
            json.dumps({"insert": {"after": self.ids["a-13", "open"][0], "category": "account",
                                   "entity": "a-13", "name": "deposit", "data": {"cents": 7},
                                   "user": "ada"}}) + "\n")
        answers, states, _ = self.lines("--patch", patch, program=WRONG)
        self.assertIn((withdrawal, "removed"),
                      [(answer["command"], answer["after"]) for answer in answers])
        self.assertIn(("inserted", "applied: deposited"),
                      [(answer["before"], answer["after"]) for answer in answers])
        self.assertEqual(set(states), {"a-1", "a-13"})
        self.assertEqual(states["a-13"]["after"]["state"]["balance_cents"],
                         states["a-13"]["before"]["state"]["balance_cents"] + 7)

    def test_what_it_refuses(self):
        patch = self.system.folder / "wrong.ndjson"
        insert = {"after": 1, "category": "account", "entity": "a", "name": "deposit",
                  "data": {"cents": 7}, "user": "ada"}
        for line, words in [
                ("x", "line 1 of the patch is no JSON object"),
                ('{"drop": 1}', 'line 1 of the patch has "drop", which is not known here'),
                ('{"remove": "x"}', "line 1 of the patch names a command that is not stored: x"),
                (json.dumps({"insert": {**insert, "category": "c"}}),
                 "line 1 of the patch is of c, which this build has not"),
                (json.dumps({"insert": {**insert, "data": {}}}),
                 "line 1 of the patch is no command of account"),
                (json.dumps({"insert": {**insert, "name": "no"}}),
                 "line 1 of the patch is no command of account"),
                (json.dumps({"insert": {**insert, "after": 1_000_000}}),
                 "a command is to be inserted behind 1000000"),
                (json.dumps({"insert": {**insert, "after": -1}}),
                 'line 1 of the patch has an "after" that is neither')]:
            with self.subTest(line):
                patch.write_text(line + "\n")
                code, output, told = self.what_if("--patch", patch)
                self.assertEqual((code, output), (1, ""))
                self.assertIn(words, told)
        for arguments, words in [
                (("--commands", "5"), "--commands takes two positions or times"),
                (("--commands", "100000.."), "there are no such commands: the log has those from"),
                (("--category", "nothing"), "this build has no aggregate nothing"),
                (("--diverged-max", "3"), "raise --diverged-max"),
                (("--patch", "/nowhere"), "the patch cannot be read: /nowhere")]:
            with self.subTest(arguments):
                code, _, told = self.what_if(*arguments)
                self.assertEqual(code, 1)
                self.assertIn(words, told)

    def test_it_can_be_stopped(self):
        slow = subprocess.Popen(self.system.command("what-if", "--rate", "1"),
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        waiting = self.system.sql
        wait.until(lambda: waiting("select 1 from pg_stat_activity where query like"
                                   " '%from events e where e.command_position > %'"
                                   " and state = 'idle'"), "a first look at the store")
        slow.send_signal(signal.SIGINT)
        _, words = slow.communicate(timeout=60)
        self.assertEqual(slow.returncode, 3, words)
        self.assertIn("what-if: stopped", words)

    def stored(self):
        return [self.system.sql(f"select md5(string_agg(t::text, '' order by t::text)) from {table}"
                                " t") for table in TABLES]


if __name__ == "__main__":
    suite.main()
