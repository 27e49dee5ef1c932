"""The loop on real processes: a command, 202, its event back; every promise a client can see."""

import sys
import unittest
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kit import suite
from kit.client import Stream, aggregate_path, command_path
from kit.system import ROLES, System

ORIGIN = "https://app.example"


def ids(events):
    return [event["id"] for event in events]


class LoopTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.system = System(suite.broker, settings={"cors.origins": ORIGIN})
        cls.addClassCleanup(cls.system.stop)
        cls.system.start()

    def setUp(self):
        self.user = f"user-{uuid.uuid4().hex[:8]}"
        self.token = self.system.token(self.user)
        self.account = f"account-{uuid.uuid4().hex[:8]}"

    def stream(self, token=None, **options):
        stream = self.system.stream(token or self.token, **options)
        self.addCleanup(stream.close)
        return stream

    def send(self, name, data, entity=None, **options):
        return self.system.send(self.token, entity or self.account, name, data, **options)

    def accept(self, name, data, entity=None, **options):
        answer = self.send(name, data, entity, **options)
        self.assertEqual(answer.status, 202, answer.body)
        return answer.json()

    def get(self, path, token=None, headers=None):
        token = token or self.token
        return self.system.request("command-gateway", "GET", path, token, headers=headers)

    def test_a_command_is_accepted_at_once_and_its_event_comes_back(self):
        stream = self.stream().wait_connected()
        answer = self.send("open", {"owner": "Ada"})
        self.assertEqual(answer.status, 202)
        accepted = answer.json()
        self.assertEqual(answer.headers["Location"], f"/commands/{accepted['id']}")
        self.assertEqual(accepted["links"]["self"], answer.headers["Location"])
        event = stream.wait_answer(accepted["id"])
        self.assertEqual(event["type"], "account.opened")
        self.assertEqual(event["subject"], self.account)
        self.assertEqual(event["streamversion"], 1)
        self.assertEqual(event["data"], {"owner": "Ada", "opened_by": self.user})
        self.assertEqual(event["correlationid"], accepted["correlationid"])
        self.assertNotIn("claims", event)

    def test_an_entity_is_any_printable_text(self):
        entity = f"{self.account} a/b c@é.example?#%2F&='\"\\$+"
        stream = self.stream().wait_connected()
        answer = self.send("open", {"owner": "Ada"}, entity)
        self.assertEqual(answer.status, 202, answer.body)
        event = stream.wait_answer(answer.json()["id"])
        self.assertEqual(event["subject"], entity)
        self.assertEqual(event["source"], aggregate_path(entity))
        shown = self.get(aggregate_path(entity)).json()
        self.assertEqual((shown["entity"], shown["state"]["owner"]), (entity, "Ada"))
        told = self.get(f"/commands/{event['commandid']}").json()
        self.assertEqual((told["command"]["entity"], told["status"]), (entity, "applied"))

        follower = self.system.follow(self.token, entity)
        self.addCleanup(follower.close)
        follower.wait(lambda s: s.cursor == "1", "snapshot")
        self.accept("deposit", {"cents": 5}, entity)
        follower.wait(lambda s: s.cursor == "2", "version 2")
        self.assertEqual(follower.frames[0][1]["entity"], entity)
        self.assertEqual(follower.frames[1][1]["subject"], entity)

    def test_the_same_name_of_another_issuer_is_another_user(self):
        others = [self.system.token(self.user, "--auth.issuer", issuer)
                  for issuer in ("https://idp.example", "https://other.example")]
        tokens = [self.token, *others]
        streams = [self.stream(token).wait_connected() for token in tokens]
        sent = []
        for number, token in enumerate(tokens):
            entity = f"{self.account}-{number}"
            answer = self.system.send(token, entity, "open", {"owner": "A"}, "one-key")
            self.assertEqual(answer.status, 202, answer.body)
            sent.append(answer.json()["id"])
        self.assertEqual(len(set(sent)), 3, "the key of one is no other's")
        for stream, command in zip(streams, sent):
            stream.wait_answer(command)
            self.assertEqual({event["commandid"] for event in stream.events}, {command})
        for token, own in zip(tokens, sent):
            found = [self.get(f"/commands/{command}", token).status for command in sent]
            self.assertEqual(found, [200 if command == own else 404 for command in sent])
        resumed = self.stream(others[0], cursor="1-0").wait_events(1)
        self.assertEqual(resumed[0]["commandid"], sent[1])

    def test_the_stream_says_where_it_begins_and_is_not_cached(self):
        stream = self.stream().wait_connected()
        self.assertEqual(stream.frames[0][0], "ready")
        self.assertEqual(stream.frames[0][1]["cursor"], stream.frames[0][2])
        self.assertTrue(stream.response_headers["Content-Type"].startswith("text/event-stream"))
        self.assertIn("no-store", stream.response_headers["Cache-Control"])
        self.assertEqual(stream.response_headers["X-Accel-Buffering"], "no")

    def test_the_same_key_again_is_the_same_202_and_no_second_event(self):
        stream = self.stream().wait_connected()
        self.accept("open", {"owner": "Ada"})
        first = self.accept("deposit", {"cents": 100}, key="pay-1")
        stream.wait_answer(first["id"])
        second = self.accept("deposit", {"cents": 100}, key="pay-1")
        self.assertEqual(second, first)
        after = self.accept("withdraw", {"cents": 1})
        stream.wait_answer(after["id"])
        self.assertEqual([event["type"] for event in stream.events],
                         ["account.opened", "account.deposited", "account.withdrawn"])

    def test_another_request_under_the_same_key_is_refused(self):
        self.accept("open", {"owner": "Ada"}, key="k")
        for entity, name, data in ((self.account, "open", {"owner": "Bob"}),
                                   (self.account, "deposit", {"cents": 1}),
                                   ("elsewhere", "open", {"owner": "Ada"})):
            answer = self.send(name, data, entity, key="k")
            self.assertEqual(answer.status, 422, answer.body)
            self.assertEqual(answer.headers["Content-Type"], "application/problem+json")

    def test_a_key_belongs_to_its_user(self):
        mine = self.accept("open", {"owner": "Ada"}, key="k")
        other = self.system.send(self.system.token("somebody-else"), self.account, "open",
                                 {"owner": "Eve"}, key="k")
        self.assertEqual(other.status, 202, other.body)
        self.assertNotEqual(other.json()["id"], mine["id"])

    def test_a_withdrawal_beyond_the_balance_is_accepted_and_then_rejected(self):
        stream = self.stream().wait_connected()
        self.accept("open", {"owner": "Ada"})
        accepted = self.accept("withdraw", {"cents": 5})
        event = stream.wait_answer(accepted["id"])
        self.assertEqual(event["type"], "command.rejected")
        self.assertEqual(event["data"]["code"], "insufficient-funds")
        named = [event["data"][field] for field in ("category", "entity", "name")]
        self.assertEqual(named, ["account", self.account, "withdraw"])
        command = self.get(f"/commands/{accepted['id']}").json()
        self.assertEqual((command["status"], command["code"]), ("rejected", "insufficient-funds"))

    def test_a_command_that_changes_nothing_is_answered_as_unchanged(self):
        stream = self.stream().wait_connected()
        self.accept("open", {"owner": "Ada"})
        self.accept("close", {})
        again = self.accept("close", {})
        self.assertEqual(stream.wait_answer(again["id"])["type"], "command.unchanged")
        self.assertEqual(self.get(f"/commands/{again['id']}").json()["status"], "unchanged")

    def test_what_became_of_a_command_can_be_asked_by_its_user_only(self):
        stream = self.stream().wait_connected()
        accepted = self.accept("open", {"owner": "Ada"})
        event = stream.wait_answer(accepted["id"])
        command = self.get(f"/commands/{accepted['id']}").json()
        self.assertEqual(command["status"], "applied")
        self.assertEqual(ids(command["events"]), [event["id"]])
        other = self.get(f"/commands/{accepted['id']}", self.system.token("somebody-else"))
        self.assertEqual(other.status, 404)
        self.assertEqual(self.get(f"/commands/{uuid.uuid4()}").status, 404)

    def test_a_reconnect_gives_exactly_the_rest(self):
        whole = self.stream().wait_connected()
        self.accept("open", {"owner": "Ada"})
        for _ in range(9):
            self.accept("deposit", {"cents": 1})
        events = whole.wait_events(10)
        cursors = [cursor for kind, _, cursor in whole.frames if kind == "message"]
        for seen in (1, 5, 9):
            rest = self.stream(cursor=cursors[seen - 1])
            self.assertEqual(rest.wait_events(10 - seen), events[seen:])
        live = self.stream(cursor=cursors[-1])
        last = self.accept("deposit", {"cents": 1})
        live.wait_answer(last["id"])
        self.assertEqual(len(live.events), 1)
        self.assertNotIn("ready", [kind for kind, _, _ in live.frames])

    def test_the_cursor_of_a_202_misses_nothing_of_its_command(self):
        self.accept("open", {"owner": "Ada"})
        accepted = self.accept("deposit", {"cents": 7})
        stream = self.stream(cursor=accepted["cursor"])
        self.assertEqual(stream.wait_answer(accepted["id"])["data"], {"cents": 7})

    def test_all_connections_of_a_user_get_all_and_other_users_nothing(self):
        other_user = self.system.token(f"other-{self.user}")
        one, two = self.stream().wait_connected(), self.stream().wait_connected()
        other = self.stream(other_user).wait_connected()
        self.accept("open", {"owner": "Ada"})
        last = self.accept("deposit", {"cents": 1})
        one.wait_answer(last["id"])
        two.wait_answer(last["id"])
        self.assertEqual(one.events, two.events)
        own = self.system.send(other_user, f"{self.account}-other", "open", {"owner": "Eve"}).json()
        other.wait_answer(own["id"])
        self.assertEqual(len(other.events), 1)

    def test_an_expected_version_that_is_past_is_a_rejection(self):
        stream = self.stream().wait_connected()
        self.accept("open", {"owner": "Ada"}, headers={"If-Match": '"0"'})
        fits = self.accept("deposit", {"cents": 1}, headers={"If-Match": '"1"'})
        late = self.accept("deposit", {"cents": 1}, headers={"If-Match": '"1"'})
        self.assertEqual(stream.wait_answer(fits["id"])["type"], "account.deposited")
        self.assertEqual(stream.wait_answer(late["id"])["type"], "command.rejected")

    def test_the_state_of_an_aggregate_with_its_version_as_etag(self):
        stream = self.stream().wait_connected()
        self.accept("open", {"owner": "Ada"})
        last = self.accept("deposit", {"cents": 250})
        stream.wait_answer(last["id"])
        answer = self.get(f"/aggregates/account/{self.account}")
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.headers["ETag"], '"2"')
        self.assertEqual(answer.json()["version"], 2)
        self.assertEqual(answer.json()["state"]["balance_cents"], 250)
        self.assertEqual(self.get("/aggregates/account/nobody-opened-it").status, 404)

    def test_the_events_take_a_cookie_and_nothing_else_does(self):
        cookie = {"Cookie": f"antiphon_token={self.token}", "Sec-Fetch-Site": "same-origin"}
        stream = Stream(self.system.ports["sse-gateway"], headers=cookie)
        self.addCleanup(stream.close)
        stream.wait_connected()
        accepted = self.accept("open", {"owner": "Ada"})
        stream.wait_answer(accepted["id"])
        path = f"/commands/{accepted['id']}"
        answer = self.system.request("command-gateway", "GET", path, headers=cookie)
        self.assertEqual(answer.status, 401)

    def test_pages_of_an_allowed_origin_may_read_and_others_may_not(self):
        for role, method, path in (("command-gateway", "POST", command_path(self.account, "open")),
                                   ("sse-gateway", "GET", "/events")):
            preflight = {"Access-Control-Request-Method": method,
                         "Access-Control-Request-Headers": "authorization"}
            headers = {"Origin": ORIGIN, **preflight}
            answer = self.system.request(role, "OPTIONS", path, headers=headers)
            self.assertEqual(answer.status, 204)
            self.assertEqual(answer.headers["Access-Control-Allow-Origin"], ORIGIN)
            self.assertIn("authorization", answer.headers["Access-Control-Allow-Headers"].lower())
            headers = {"Origin": "https://evil.example", **preflight}
            answer = self.system.request(role, "OPTIONS", path, headers=headers)
            self.assertIsNone(answer.headers["Access-Control-Allow-Origin"])
        stream = self.stream(headers={"Origin": ORIGIN}).wait_connected()
        self.assertEqual(stream.response_headers["Access-Control-Allow-Origin"], ORIGIN)

    def test_every_process_says_that_it_lives_and_is_ready(self):
        for role in ROLES:
            self.assertEqual(self.system.ask(role, "/livez"), 200, role)
            self.assertEqual(self.system.ask(role, "/readyz"), 200, role)


if __name__ == "__main__":
    suite.main()
