"""Nobody acts or reads beyond the rules of an aggregate: a table of attempts, on every route.

And the routes are those of docs/ARCHITECTURE.md.

Who tries is another user, a user of the same name of another issuer, and one whose name is the
owner's name in the account. Each is answered as if there were nothing there.
"""

import re
import sys
import unittest
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kit import suite
from kit.system import System
from kit.token import token as signed

OTHERS = {
    "another user": {"sub": "eve"},
    "another issuer": {"sub": "ada", "iss": "https://other.example"},
    "an admin of nothing": {"sub": "eve", "roles": ["admin", "clerk"]},
    "the owner's name": {"sub": "Ada Lovelace"},
}

NO_ROUTE = {404, 405, 501}


def routes(section):
    """(method, pattern) of each route that a section of docs/ARCHITECTURE.md tells of."""
    page = (suite.ROOT / "docs" / "ARCHITECTURE.md").read_text()
    [text] = re.findall(rf"^## \d+\. {section}$(.*?)(?=^## |\Z)", page, re.M | re.S)
    return set(re.findall(r"`([A-Z]+) (/[^`? ]*)`", text))


class AccessTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.system = System(suite.broker)
        cls.addClassCleanup(cls.system.stop)
        cls.system.start()
        cls.owner = cls.system.token("ada")

    def setUp(self):
        self.account = f"account-{uuid.uuid4().hex[:8]}"
        self.stream = self.system.stream(self.owner)
        self.addCleanup(self.stream.close)
        self.stream.wait_connected()
        self.opened = self.outcome(self.owner, self.stream, "open", {"owner": "Ada Lovelace"})
        self.outcome(self.owner, self.stream, "deposit", {"cents": 100})

    def outcome(self, token, stream, name, data, **options):
        answer = self.system.send(token, self.account, name, data, **options)
        self.assertEqual(answer.status, 202, answer.body)
        return stream.wait_answer(answer.json()["id"])

    def get(self, path, token, method="GET", **options):
        return self.system.request("command-gateway", method, path, token, **options)

    def token(self, sub, **claims):
        key = (self.system.folder / "token.key").read_bytes()
        return signed(key, sub, **claims)

    def attempts(self):
        for who, claims in OTHERS.items():
            with self.subTest(who):
                yield self.token(**claims)

    def state(self):
        return self.get(f"/aggregates/account/{self.account}", self.owner).json()

    def assert_alike(self, hidden, absent, *arguments, **options):
        """Both are answered as if there were nothing."""
        seen = [self.get(path, *arguments, **options) for path in (hidden, absent)]
        for answer in seen:
            self.assertEqual(answer.status, 404)
            del answer.headers["Date"]
        self.assertEqual(seen[0].body, seen[1].body)
        self.assertEqual(seen[0].headers.items(), seen[1].headers.items())

    def test_commands_beyond_the_rules_are_rejected(self):
        before = self.state()
        for token in self.attempts():
            stream = self.system.stream(token)
            self.addCleanup(stream.close)
            stream.wait_connected()
            for name, data, options in (
                    ("withdraw", {"cents": 1}, {}), ("withdraw", {"cents": -1}, {}),
                    ("close", {}, {}), ("close", {}, {"headers": {"If-Match": '"99"'}})):
                event = self.outcome(token, stream, name, data, **options)
                self.assertEqual(event["type"], "command.rejected")
                self.assertEqual(event["data"]["code"], "forbidden")
            again = self.outcome(token, stream, "open", {"owner": "Ada Lovelace"})
            self.assertEqual(again["data"]["code"], "already-open")
        self.assertEqual(self.state(), before)
        self.outcome(self.owner, self.stream, "withdraw", {"cents": 100})
        self.outcome(self.owner, self.stream, "close", {})

    def test_the_routes_of_the_architecture_are_there_and_those_that_are_planned_are_not(self):
        """As whoever may: of each path, one gateway has something to say."""
        names = {"category": "account", "entity": self.account, "name": "deposit",
                 "id": self.opened["commandid"]}

        def answers(method, pattern):
            path = re.sub(r"{(\w+)}", lambda name: names.get(name[1], "x"), pattern)
            body = None if method == "GET" else {"cents": 1}
            asked = "HEAD" if method == "GET" else method  # a stream has no end
            return {self.system.request(gateway, asked, path, self.owner, body).status
                    for gateway in ("command-gateway", "sse-gateway")}

        built = routes("What the outside sees") - {("POST", "/dev/token")}  # is dev's alone
        self.assertGreater(len(built), 5)
        for route in built:
            with self.subTest(built=route):
                self.assertTrue(answers(*route) & {200, 202}, answers(*route))
        for route in routes("Planned") - built:
            with self.subTest(planned=route):
                self.assertLessEqual(answers(*route), NO_ROUTE)

    def test_what_may_not_be_read_looks_like_nothing(self):
        hidden, absent = (f"/aggregates/account/{name}" for name in (self.account, "nobody-s"))
        for token in self.attempts():
            for method in ("GET", "HEAD"):
                for headers in ({}, {"If-None-Match": "*"}, {"If-None-Match": '"2"'},
                                {"If-Match": "*"}, {"Accept": "text/event-stream"},
                                {"Accept": "text/event-stream", "Last-Event-ID": "1"}):
                    self.assert_alike(hidden, absent, token, method, headers=headers)
            for past in ("?version=1", "?version=2", "?version=9", "?at=2020-01-01T00:00:00Z",
                         "?at=2999-01-01T00:00:00Z", "/events", "/events?after=1&limit=1"):
                self.assert_alike(hidden + past, absent + past, token)
            status = self.get(f"/commands/{self.opened['commandid']}", token)
            self.assertEqual(status.status, 404)

    def test_the_owner_hears_of_deposits_of_others_live_and_later(self):
        sent = []
        for number in range(3):
            token = self.token(f"giver-{number}", iss=f"https://{number}.example")
            answer = self.system.send(token, self.account, "deposit", {"cents": 1 + number})
            sent.append(answer.json()["id"])

        def heard(stream):
            return [event["commandid"] for event in stream.events if event["commandid"] in sent]

        self.stream.wait(lambda stream: heard(stream) == sent, "the deposits of others")
        cursors = {event["commandid"]: cursor for kind, event, cursor in self.stream.frames
                   if kind == "message"}
        later = self.system.stream(self.owner, cursor=cursors[sent[0]])
        self.addCleanup(later.close)
        later.wait(lambda stream: heard(stream) == sent[1:], "what came after the first one")

    def test_a_depositor_hears_of_the_deposit_and_of_nothing_else(self):
        token = self.token(f"eve-{uuid.uuid4().hex[:8]}")
        stream = self.system.stream(token)
        self.addCleanup(stream.close)
        stream.wait_connected()
        self.assertEqual(self.outcome(token, stream, "deposit", {"cents": 5})["type"],
                         "account.deposited")
        self.outcome(self.owner, self.stream, "withdraw", {"cents": 5})
        last = self.outcome(token, stream, "deposit", {"cents": 0})
        self.assertEqual(last["type"], "command.unchanged")
        self.assertEqual([event["type"] for event in stream.events],
                         ["account.deposited", "command.unchanged"])


if __name__ == "__main__":
    suite.main()
