"""Followers of an aggregate: each of its events, once and in order, on whatever replica, over
whatever ends in between.

The questions that readers of an article on server-sent events from Kafka have asked are tests here:
see docs/FOLLOWERS.md.
"""

import itertools
import os
import signal
import socket
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kit import suite, wait
from kit.client import Stream, aggregate_path
from kit.load import assert_follows
from kit.process import Process
from kit.suite import BUILD
from kit.system import PARTITIONS, PREFIX, ROLES, System

REPLICAS = ("command-gateway", "command-gateway-2")
LONG = 10_000  # events of one aggregate
INSTANCES = [*ROLES, "command-gateway-2"]


class Follow(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.system = System(suite.broker, instances=INSTANCES, settings={
            "kafka.session_timeout_ms": 6000, "kafka.max_poll_interval_ms": 15_000,
            "relay.lease_ttl_ms": 2000})
        cls.addClassCleanup(cls.system._end)
        cls.system.start(roles=INSTANCES)
        cls.ada = cls.system.token("ada")

    def setUp(self):
        self.versions = {}
        self.keys = (f"{self._testMethodName}-{number}" for number in itertools.count())

    def send(self, entity, count=1):
        """So many commands more to an account, each of which makes one event."""
        for _ in range(count):
            version = self.versions.get(entity, 0)
            name, data = ("deposit", {"cents": version}) if version else ("open", {"owner": "ada"})
            key = next(self.keys)

            def accepted():
                try:
                    answer = self.system.send(self.ada, entity, name, data, key)
                except OSError:
                    return False
                return answer.status == 202
            wait.until(accepted, f"202 for {name} {entity}", 60)
            self.versions[entity] = version + 1

    def make(self, entity, count=1):
        """And they are there."""
        self.send(entity, count)
        wait.until(lambda: self.stored(entity) == self.versions[entity], "its events", 120)

    def stored(self, entity):
        return int(self.system.sql("select count(*) from events where category = 'account' "
                                   f"and entity = '{entity}'")[0][0])

    def follow(self, entity, gateway=REPLICAS[0], **options):
        stream = self.system.follow(self.ada, entity, gateway, **options)
        self.addCleanup(stream.close)
        return stream.wait_connected()

    def assert_all_came(self, entity, *streams, seconds=120):
        last = str(self.versions[entity])
        for stream in streams:
            stream.wait(lambda s: s.cursor == last, f"version {last} of {entity}", seconds)
        return [assert_follows(self, self.system, stream, entity) for stream in streams]


class PastTest(Follow):
    """What is read from the store, whatever broker there is."""

    @classmethod
    def setUpClass(cls):
        if suite.broker == "embedded" and not suite.is_sanitized():
            raise unittest.SkipTest("with Apache Kafka it is the same")
        super().setUpClass()

    def test_one_url_is_json_or_a_stream(self):
        self.make("one", 2)
        path = aggregate_path("one")
        stream_wins = "text/event-stream, application/json;q=0.5"
        for accept, kind in ((None, "application/json"), ("*/*", "application/json"),
                             ("application/json, text/event-stream;q=0.9", "application/json"),
                             (stream_wins, "text/event-stream; charset=utf-8")):
            headers = {"Accept": accept} if accept else {}
            answer = self.system.request(REPLICAS[0], "HEAD", path, self.ada, headers=headers)
            self.assertEqual((answer.status, answer.headers["Content-Type"]), (200, kind), accept)
            self.assertIn("Accept", answer.headers["Vary"])
        shown = self.system.request(REPLICAS[0], "GET", path, self.ada)
        self.assertEqual(shown.headers["ETag"], '"2"')
        kind, snapshot, cursor = self.follow("one").frames[0]
        self.assertEqual((kind, snapshot, cursor), ("snapshot", shown.json(), "2"))
        for accept in ("application/json", "text/event-stream"):
            answer = self.system.request(REPLICAS[0], "GET", aggregate_path("none"), self.ada,
                                         headers={"Accept": accept})
            self.assertEqual(answer.status, 404)
            self.assertEqual(answer.json()["code"], "unknown-entity")

    def test_goes_on_behind_any_version_and_begins_anew_where_it_cannot(self):
        self.make("long", 500)
        whole = self.follow("long", cursor="0")
        whole.wait(lambda s: s.cursor == "500", "the whole past")
        self.assertEqual([cursor for _, _, cursor in whole.frames],
                         [str(version) for version in range(1, 501)])
        rest = self.follow("long", REPLICAS[1], cursor="498")
        rest.wait(lambda s: s.cursor == "500", "the rest")
        self.assertEqual(rest.frames, whole.frames[498:])
        query = Stream(self.system.ports[REPLICAS[0]], self.ada,
                       path=aggregate_path("long") + "?lastEventId=499")
        self.addCleanup(query.close)
        query.wait(lambda s: s.cursor == "500", "the rest")
        self.assertEqual(query.frames, whole.frames[499:])
        for unknown in ("501", "x", "-1", "7-1"):
            anew = self.follow("long", cursor=unknown)
            anew.wait(lambda s: s.frames, "snapshot")
            self.assertEqual([(kind, cursor) for kind, _, cursor in anew.frames],
                             [("snapshot", "500")], unknown)
        self.make("long")
        for stream in (whole, rest, query, anew):
            stream.wait(lambda s: s.cursor == "501", "what came since")

    def test_a_long_past_is_read_while_others_wait_for_nothing(self):
        self.make("past")
        columns = "claims, correlation_id, trace_parent, subject, issuer"
        self.system.sql(
            "insert into events (position, category, entity, version, type, data, time, "
            f"command_id, command_position, ordinal, last, {columns}) "
            "select position + n, category, entity, version + n, 'deposited', '{\"cents\":1}', "
            f"time, command_id, command_position, n, false, {columns} "
            f"from events, generate_series(1, {LONG}) n where entity = 'past'")
        self.versions["past"] += LONG
        whole = self.follow("past", cursor="0")
        last = self.follow("past", REPLICAS[1])
        self.assertEqual(last.frames[0][1]["version"], 1 + LONG)
        self.send("past")
        self.assert_all_came("past", last)
        whole.wait(lambda s: s.cursor == str(self.versions["past"]), "the whole past", 240)
        self.assertEqual([cursor for _, _, cursor in whole.frames],
                         [str(version) for version in range(1, self.versions["past"] + 1)])

    def test_who_is_cut_while_an_event_is_sent_gets_it(self):
        """ "The browser is disconnected at that moment: will it miss that event?" """
        self.make("cut", 2)
        port = self.system.ports[REPLICAS[0]]
        head = (f"GET {aggregate_path('cut')} HTTP/1.0\r\nAccept: text/event-stream\r\n"
                f"Authorization: Bearer {self.ada}\r\nLast-Event-ID: 1\r\n\r\n").encode()
        with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
            connection.sendall(head)
            got = b""
            while b"\ndata:" not in got:
                got += connection.recv(1)
        # An id counts when its event is whole: the browser still has that of the one before.
        self.assertNotIn(b"\nid: 2", got)
        again = self.follow("cut", REPLICAS[1], cursor="1")
        again.wait(lambda s: s.cursor == "2", "the event")
        self.assertEqual([cursor for _, _, cursor in again.frames], ["2"])


class LiveTest(Follow):
    def test_every_replica_serves_its_own_followers_whoever_reads_what(self):
        """ "Where a pod gets the message that has no stream open, how do you manage this?" """
        self.make("shared")
        streams = [self.follow("shared", gateway) for gateway in REPLICAS for _ in range(2)]
        self.send("shared", 30)
        first, *others = self.assert_all_came("shared", *streams)
        for other in others:
            self.assertEqual(other, first, "the same to all")

    def test_a_replica_more_needs_no_topic_and_no_group(self):
        """ "How will we consume in the same process, unless we create many?" """
        self.system.roles[REPLICAS[1]].stop()
        self.make("more")
        before = self.follow("more")
        self.send("more", 10)
        self.system.restart(REPLICAS[1])
        after = self.follow("more", REPLICAS[1])
        self.send("more", 10)
        self.assert_all_came("more", before, after)
        self.system.kill_9(REPLICAS[1])  # and whoever counts members need not miss it
        self.send("more", 10)
        self.assert_all_came("more", before, seconds=5)
        self.system.restart(REPLICAS[1])

    def test_over_the_end_of_each_process_and_of_all(self):
        self.make("lasting")
        streams = [self.follow("lasting", gateway) for gateway in REPLICAS]
        for name in INSTANCES:
            self.system.kill_9(name)
            if name not in REPLICAS:
                self.send("lasting", 5)
            self.system.restart(name)
            self.send("lasting", 5)
        self.assert_all_came("lasting", *streams)

        self.send("lasting", 20)
        for name in INSTANCES:
            self.system.kill_9(name)
        os.kill(self.system.postmaster(), signal.SIGKILL)
        self.system.broker.kill_9()
        wait.until(lambda: self.system.postmaster() is None, "end of PostgreSQL")
        self.system.postgres.start()
        self.system.broker.start()
        for name in INSTANCES:
            self.system.launch(name)
        self.system.wait_ready(INSTANCES)
        self.send("lasting", 20)
        self.assert_all_came("lasting", *streams)

    def test_over_a_broker_that_comes_back_empty(self):
        self.make("kept")
        streams = [self.follow("kept", gateway) for gateway in REPLICAS]
        self.send("kept", 10)
        for _ in range(2):
            self.system.broker.stop()
            self.send("kept", 10)
            self.system.broker.start()
        self.send("kept", 10)
        self.assert_all_came("kept", *streams)

    def test_beside_somebody_who_writes_to_the_topics(self):
        command = [BUILD / "antiphon-forger", self.system.broker.address, PREFIX, PARTITIONS, 1]
        forger = Process("forger", command, self.system.logs / "forger.log")
        self.addCleanup(forger.stop)
        forger.wait_line("ready")
        entities = [f"forged-{number}" for number in range(4)]
        for entity in entities:
            self.make(entity)
        streams = {entity: [self.follow(entity, gateway) for gateway in REPLICAS]
                   for entity in entities}
        for _ in range(40):
            for entity in entities:
                self.send(entity)
        for entity, followers in streams.items():
            self.assert_all_came(entity, *followers)
        forger.stop()
        self.assertGreater(int(forger.wait_line("wrote")), 50)
        for gateway in REPLICAS:
            self.assertLess(self.system.roles[gateway].output.count("left out"), 30)


if __name__ == "__main__":
    suite.main()
