"""What failed is seen by its operator, and sent once more after a fix; and what else an operator
asks."""

import json
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kit import suite, wait
from kit.system import System

NEWER = "antiphon-bad-aggregates"


class DeadLettersTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # The worker is of an older build than the others: it knows no members.
        cls.system = System(suite.broker, {"worker.unknown_category_ms": 100},
                            programs={"command-gateway": NEWER, "relay": NEWER},
                            categories=("aborts", "exits", "loops", "member", "overflows",
                                        "throws"))
        cls.addClassCleanup(cls.system.stop)
        cls.system.start()
        cls.token = cls.system.token("ada")

    def send(self, entity, name, data, category="member"):
        answer = self.system.send(self.token, entity, name, data, category=category)
        self.assertEqual(answer.status, 202, answer.body)
        return answer.json()["id"]

    def status(self, command_id):
        return self.system.request("command-gateway", "GET", f"/commands/{command_id}",
                                   self.token).json()

    def run_command(self, *arguments):
        """(exit code, output, last words)"""
        done = subprocess.run(self.system.command(*arguments), capture_output=True, text=True,
                              timeout=120)
        return done.returncode, done.stdout, done.stderr

    def letters(self, *arguments):
        code, output, words = self.run_command("dead-letters", *arguments, "--json")
        self.assertEqual(code, 0, words)
        return [json.loads(line) for line in output.splitlines()]

    def refused(self, *arguments):
        code, output, words = self.run_command("dead-letters", *arguments)
        self.assertEqual((code, output), (1, ""))
        self.assertNotIn("\n", words.strip())
        return words

    def test_it(self):
        with self.system.stream(self.token) as stream:
            stream.wait_connected()
            failed = []
            for entity, name in ("bob", "join"), ("ada", "join"), ("ada", "change-email"):
                failed.append(self.send(entity, name, {"email": f"{name}@{entity}"}))
                event = stream.wait_answer(failed[-1])
                self.assertEqual((event["type"], event["data"]["code"]),
                                 ("command.failed", "no-such-aggregate"))

            with self.subTest("listed in the order in which they failed"):
                listed = self.letters("list")
                self.assertEqual([letter["id"] for letter in listed], failed)
                self.assertEqual(listed[0]["code"], "no-such-aggregate")
                self.assertIn("this build has no category", listed[0]["reason"])
                self.assertEqual((listed[0]["user"], listed[0]["state"]), ("ada", "open"))
                self.assertEqual(len(self.letters("list", "--limit", "1")), 1)
                self.assertEqual(self.letters("list", "--category", "account"), [])
                self.assertEqual(self.letters("list", "--state", "dropped"), [])
                code, output, _ = self.run_command("dead-letters", "list")
                self.assertEqual((code, len(output.splitlines())), (0, 3))
                self.assertIn("member/bob join  no-such-aggregate: ", output)

            with self.subTest("one, whole"):
                self.assertEqual(self.letters("show", failed[0].upper())[0]["data"],
                                 {"email": "join@bob"})
                self.assertIn("name: join\n", self.run_command("dead-letters", "show",
                                                              failed[0])[1])

            with self.subTest("what cannot be"):
                self.assertIn("is no id of a command", self.refused("show", "x"))
                self.assertIn("there is no command", self.refused("retry", "0" * 8 + failed[0][8:]))
                self.assertIn("one COMMAND-ID, or --all", self.refused("retry"))
                self.assertIn("one COMMAND-ID, or --all", self.refused("retry", failed[0], "--all"))
                applied = self.send("a", "open", {"owner": "ada"}, category="account")
                stream.wait_answer(applied)
                self.assertIn("has not failed", self.refused("drop", applied))
                self.assertEqual(self.run_command("dead-letters")[0], 1)

            with self.subTest("a retry before the fix fails again, as another command"):
                retried = self.letters("retry", failed[0])[0]["retriedas"]
                event = stream.wait_answer(retried)
                self.assertEqual(event["data"]["code"], "no-such-aggregate")
                self.assertEqual(event["correlationid"], self.status(failed[0])["correlationid"])
                self.assertEqual(self.status(retried)["causationid"], failed[0])
                self.assertEqual(self.status(failed[0])["status"], "failed")
                self.assertIn(f"retried already, as {retried}", self.refused("retry", failed[0]))
                self.assertIn(f"retried already, as {retried}", self.refused("drop", failed[0]))

            with self.subTest("what is dropped is nobody's work any more"):
                self.assertEqual(self.letters("drop", retried, "--dry-run")[0]["state"], "open")
                self.assertEqual(self.letters("drop", retried)[0]["state"], "dropped")
                self.assertIn("was dropped", self.refused("retry", retried))

            with self.subTest("after the fix, all, in the order in which they failed"):
                self.system.roles["worker"].stop()
                self.system.programs["worker"] = NEWER
                self.system.restart("worker")
                later = self.send("ada", "join", {"email": "later@ada"})
                stream.wait_answer(later)
                open_ones = failed[1:]
                arguments = ("retry", "--all", "--category", "member")
                self.assertEqual([letter["id"] for letter in self.letters(*arguments, "--dry-run")],
                                 open_ones)
                self.assertEqual([letter["id"] for letter in self.letters("list")], open_ones)
                code, output, words = self.run_command("dead-letters", *arguments)
                self.assertEqual((code, words), (0, "2 commands are retried\n"))
                lines = output.splitlines()
                for line, command in zip(lines, open_ones, strict=True):
                    self.assertTrue(line.startswith(f"{command} is retried as "), line)
                    self.assertTrue(line.endswith("; 1 events of member/ada came after it had "
                                                  "failed, and were decided without it"), line)
                ids = [line.split()[4].rstrip(";") for line in lines]
                self.assertEqual([stream.wait_answer(each)["type"] for each in ids],
                                 ["command.rejected", "member.email-changed"])
                self.assertEqual(self.letters(*arguments), [])

        with self.subTest("where everything stands"):
            wait.until(lambda: not self.state()["oldest_pending"], "the end of all work")
            state = self.state()
            self.assertEqual((state["incarnation"], state["commands"], state["dead_letters"]),
                             (1, 8, 0))
            self.assertEqual({relay["log"] for relay in state["relays"] if relay["holder"]},
                             {"commands", "events"})
            self.assertTrue(any(partition["category"] == "member" and partition["done"] > 0
                                for partition in state["partitions"]))
            worker = f"/{self.system.roles['worker'].pid}/"
            self.assertTrue(all(worker in partition["holder"] for partition in state["partitions"]
                                if partition["category"] == "member"))
            self.system.roles["worker"].stop()
            pending = self.send("ada", "leave", {})
            wait.until(lambda: any(partition["oldest_pending"] for partition in
                                   self.state()["partitions"]), "a partition that waits")
            self.assertEqual(self.state()["oldest_pending"]["id"], pending)
            code, output, _ = self.run_command("status")
            self.assertEqual(code, 0)
            self.assertIn(f"oldest pending command: {pending} (leave of member/ada), ", output)
            self.assertEqual(json.loads(self.run_command("skip", pending, "--json")[1]),
                             {"id": pending, "skip": True})
            self.assertTrue(self.state()["attempted"][0]["skip"])

        with self.subTest("another life"):
            raise_it = ("incarnation", "raise", "--json")
            self.assertEqual(json.loads(self.run_command(*raise_it, "--dry-run")[1]),
                             {"before": 1, "incarnation": 1})
            self.assertEqual(json.loads(self.run_command(*raise_it)[1]),
                             {"before": 1, "incarnation": 2})
            self.assertEqual(self.state()["incarnation"], 2)
            self.system.restart("worker")
            with self.system.stream(self.token, cursor="1-1") as stream:
                wait.until(lambda: self.status(pending)["status"] == "failed", "its end")
                stream.wait(lambda s: any(kind == "reset" for kind, _, _ in s.frames), "a reset")

    def state(self):
        return json.loads(self.run_command("status", "--json")[1])


if __name__ == "__main__":
    suite.main()
