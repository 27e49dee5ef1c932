"""The past of an aggregate: over HTTP for who may read it, and by the operator's command."""

import json
import re
import subprocess
import sys
import unittest
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kit import suite
from kit.system import System

ACCOUNT = "of ada/ä"
HOSTILE = "\x1b[31mAda"


class PastTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.system = System(suite.broker)
        cls.addClassCleanup(cls.system.stop)
        cls.system.start()
        cls.ada = cls.system.token("ada")
        cls.clerk = cls.system.token("clara", "--role", "clerk")

    def done(self, token, entity, name, data, category="account"):
        answer = self.system.send(token, entity, name, data, category=category)
        self.assertEqual(answer.status, 202, answer.body)
        with self.system.stream(token, cursor=answer.json()["cursor"]) as stream:
            return stream.wait_answer(answer.json()["id"])

    def get(self, path, token, **options):
        return self.system.request("command-gateway", "GET", path, token, **options)

    def history(self, *arguments):
        done = subprocess.run(self.system.command("history", *arguments), capture_output=True,
                              text=True, timeout=60)
        return done.returncode, done.stdout, done.stderr

    def test_an_account_step_by_step(self):
        sent = [self.done(self.ada, ACCOUNT, name, data) for name, data in (
            ("open", {"owner": HOSTILE}), ("deposit", {"cents": 100}), ("deposit", {"cents": 50}),
            ("withdraw", {"cents": 30}))]
        home = f"/aggregates/account/{quote(ACCOUNT, safe='')}"
        balances = [0, 100, 150, 120]

        with self.subTest("over HTTP"):
            for version in (2, 4, 1, 3, 2):
                then = self.get(f"{home}?version={version}", self.ada)
                self.assertEqual(then.headers["ETag"], f'"{version}"')
                self.assertEqual(then.json()["state"]["balance_cents"], balances[version - 1])
            events = self.get(f"{home}/events", self.ada).json()
            self.assertEqual([event["id"] for event in events], [event["id"] for event in sent])
            page = self.get(f"{home}/events?limit=3", self.ada)
            [rest] = re.findall('<(.*)>; rel="next"', page.headers["Link"])
            self.assertEqual(page.json() + self.get(rest, self.ada).json(), events)
            when = self.get(f"{home}?at={events[2]['time']}", self.ada)
            self.assertEqual(when.json()["version"], 3)

        with self.subTest("by the operator"):
            code, text, words = self.history(f"account/{ACCOUNT}")
            self.assertEqual((code, words), (0, ""))
            self.assertNotIn("\x1b", text)
            lines = text.splitlines()
            self.assertRegex(lines[0], r"^version 1  \d{4}-.*Z  opened  by .*ada$")
            self.assertEqual(lines[1], f"    open {sent[0]['commandid']}")
            self.assertIn(r'  + /owner  "\u001b[31mAda"', lines)
            self.assertIn("  ~ /balance_cents  150 -> 120", lines)

            code, text, _ = self.history(f"account/{ACCOUNT}", "--json")
            told = [json.loads(line) for line in text.splitlines()]
            self.assertEqual([each["event"]["id"] for each in told], [e["id"] for e in sent])
            self.assertEqual([each["command"] for each in told],
                             ["open", "deposit", "deposit", "withdraw"])
            self.assertEqual([each["state"]["balance_cents"] for each in told], balances)
            self.assertEqual(told[3]["changed"],
                             [{"op": "replace", "path": "/balance_cents", "value": 120}])

            for arguments, versions in ((("--at", "2"), [2]), (("--at", events[2]["time"]), [3]),
                                        (("--between", "2..3"), [2, 3]),
                                        (("--between", f"{events[2]['time']}.."), [3, 4])):
                _, text, _ = self.history(f"account/{ACCOUNT}", "--json", *arguments)
                told = [json.loads(line)["event"]["streamversion"] for line in text.splitlines()]
                self.assertEqual(told, versions, arguments)

    def test_a_draft_is_shown_to_its_customer_neither_before_it_is_sent_nor_later(self):
        for name, data in (("draft", {"customer": "bob", "currency": "EUR"}),
                           ("add-line", {"description": "Lamp", "quantity": 1, "unit_price": "9"}),
                           ("send", {"due": "2999-01-31"})):
            self.done(self.clerk, "i-1", name, data, category="invoice")
        bob = self.system.token("bob")
        home = "/aggregates/invoice/i-1"
        self.assertEqual(self.get(f"{home}?version=3", bob).json(), self.get(home, bob).json())
        self.assertEqual(self.get(f"{home}?version=2", self.clerk).status, 200)
        draft = self.get(f"{home}?version=2", bob)
        self.assertEqual(draft.status, 404)
        self.assertEqual(draft.body, self.get("/aggregates/invoice/none", bob).body)

    def test_what_is_not_there_is_said_in_one_line(self):
        for arguments, words in ((("account/none",), "there is no account none"),
                                 (("nothing/1",), "this build has no aggregate nothing"),
                                 (("account",), "as CATEGORY/ENTITY"),
                                 (("account/1", "--at", "yesterday"), "--at takes"),
                                 (("account/1", "--between", "5"), "--between takes")):
            code, text, said = self.history(*arguments)
            self.assertEqual((code, text), (1, ""))
            self.assertIn(words, said)
            self.assertEqual(said.count("\n"), 1, said)


if __name__ == "__main__":
    suite.main()
