"""What docs/IN_FRONT.md says of nginx and HAProxy, with Debian's packages and deploy/'s files."""

import http.client
import http.server
import sys
import threading
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kit import suite, wait
from kit.client import Stream, aggregate_path, command_path
from kit.proxy import KINDS, Proxy
from kit.system import System

HEARTBEAT_S = 30
AT_ONCE_S = 10  # what was buffered would come with the next heartbeat, if at all
kind = sys.argv.pop(1) if sys.argv[1:2] and sys.argv[1] in KINDS else KINDS[0]


class MuteGateway:
    """Takes requests, is ready, and ends the connection without an answer to any other one."""

    def __init__(self):
        self.posts = 0
        counted = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_POST(self):
                counted.posts += 1
                self.close_connection = True

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class ProxiesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.system = System(settings={"sse.heartbeat_ms": 1000 * HEARTBEAT_S})
        cls.addClassCleanup(cls.system.stop)
        cls.system.start()
        cls.proxy = cls.start_proxy()
        cls.addClassCleanup(cls.proxy.end)
        cls.numbers = iter(range(1_000_000))

    @classmethod
    def start_proxy(cls, replace=None):
        ports = cls.system.ports
        return Proxy(kind, cls.system.folder, cls.system.logs, ports["command-gateway"],
                     ports["sse-gateway"], replace)

    def setUp(self):
        self.token = self.system.token(self.id())
        self.sent = []  # ids of commands

    def stream(self, proxy=None):
        stream = Stream((proxy or self.proxy).port, self.token)
        self.addCleanup(stream.close)
        return stream.wait_connected()

    def post(self, entity, name, data, **headers):
        return self.proxy.request("POST", command_path(entity, name), self.token, data, headers)

    def send(self):
        """A command of its own; as a client has to, until it is accepted."""
        key = f"{self.id()}-{next(self.numbers)}"

        def accepted():
            try:
                answer = self.post(key, "open", {"owner": "A"}, **{"Idempotency-Key": key})
            except (OSError, http.client.HTTPException):
                return None
            self.assertIn(answer.status, (202, 409, 502, 503, 504), answer.body)
            return answer.status == 202 and answer.json()["id"]

        self.sent.append(wait.until(accepted, "202", 60))
        return self.sent[-1]

    def check_stream(self, stream):
        """Each of the commands sent was answered on it, once."""
        stream.wait_events(len(self.sent))
        self.assertCountEqual([event["commandid"] for event in stream.events], self.sent)
        self.assertNotIn("reset", [what for what, _, _ in stream.frames])

    def test_a_command_and_its_event_pass_at_once(self):
        stream = self.stream()
        for _ in range(3):
            stream.wait_answer(self.send(), AT_ONCE_S)
        self.check_stream(stream)
        self.assertIsNone(stream.response_headers["Content-Encoding"])

    def test_nothing_is_missed_while_gateways_are_killed_and_come_back(self):
        stream = self.stream()
        self.send()
        stream.wait_answer(self.sent[-1])
        self.system.kill_9("sse-gateway")
        with self.assertRaises(http.client.RemoteDisconnected):  # what EventSource comes back from
            self.proxy.request("GET", "/events", self.token)
        for _ in range(3):
            self.send()
        self.system.kill_9("command-gateway")
        refused = wait.until(lambda: self.post("shop", "open", {"owner": "A"}), "an answer")
        self.assertEqual(refused.status, 503)
        self.assertEqual(refused.headers["Content-Type"], "application/problem+json")
        self.assertEqual(refused.headers["Retry-After"], "1")
        self.assertEqual(refused.json()["code"], "no-gateway")
        client = threading.Thread(target=self.send)
        client.start()  # meets the gateway's absence
        for gateway in ("command-gateway", "sse-gateway"):
            self.system.restart(gateway)
        client.join()
        self.send()
        self.check_stream(stream)

    def test_an_entity_with_slashes_passes_as_it_was_sent(self):
        stream = self.stream()
        for entity in ("a/b c@é.example?#%2F", "//a//"):
            accepted = self.post(entity, "open", {"owner": "A"})
            self.assertEqual(accepted.status, 202, accepted.body)
            event = stream.wait_answer(accepted.json()["id"])
            self.assertEqual(event["subject"], entity)
            shown = self.proxy.request("GET", aggregate_path(entity), self.token).json()
            self.assertEqual(shown["entity"], entity)

    def test_followers_and_readers_share_a_url(self):
        stream = self.stream()
        path = aggregate_path("followed")
        stream.wait_answer(self.post("followed", "open", {"owner": "A"}).json()["id"])
        follower = Stream(self.proxy.port, self.token, path=path)
        self.addCleanup(follower.close)
        follower.wait_connected()
        for version in ("2", "3"):
            self.post("followed", "deposit", {"cents": 1})
            follower.wait(lambda s: s.cursor == version, f"version {version}", AT_ONCE_S)
        self.assertIsNone(follower.response_headers["Content-Encoding"])
        self.assertEqual(self.proxy.request("GET", path, self.token).json()["version"], 3)

        self.system.kill_9("command-gateway")
        with self.assertRaises(http.client.RemoteDisconnected):  # what EventSource comes back from
            self.proxy.request("GET", path, self.token, headers={"Accept": "text/event-stream"})
        refused = wait.until(lambda: self.proxy.request("GET", path, self.token), "an answer")
        self.assertEqual(refused.status, 503)
        self.assertEqual(refused.json()["code"], "no-gateway")
        self.system.restart("command-gateway")
        wait.until(lambda: self.post("followed", "deposit", {"cents": 1}).status == 202, "202")
        follower.wait(lambda s: s.cursor == "4", "version 4", 60)
        self.assertEqual([cursor for _, _, cursor in follower.frames], ["1", "2", "3", "4"])

    def test_locking_works_through_compression(self):
        stream = self.stream()
        stream.wait_answer(self.post("locked", "open", {"owner": "A"}).json()["id"])
        shown = self.proxy.request("GET", "/aggregates/account/locked", self.token,
                                   headers={"Accept-Encoding": "gzip"})
        self.assertEqual(shown.headers["Content-Encoding"], "gzip")
        tag = shown.headers["ETag"]
        self.assertEqual(tag, 'W/"1"')
        for status in ("applied", "rejected"):
            accepted = self.post("locked", "deposit", {"cents": 1}, **{"If-Match": tag})
            self.assertEqual(accepted.status, 202, accepted.body)
            stream.wait_answer(accepted.json()["id"])
            path = accepted.headers["Location"]
            self.assertEqual(self.proxy.request("GET", path, self.token).json()["status"], status)

    def test_a_post_that_was_sent_is_not_repeated(self):
        gateway = MuteGateway()
        self.addCleanup(gateway.close)
        proxy = Proxy(kind, self.system.folder, self.system.logs, gateway.port, gateway.port)
        self.addCleanup(proxy.end)
        answer = proxy.request("POST", command_path("shop", "open"), self.token, {"owner": "A"})
        self.assertIn(answer.status, (502, 503), answer.body)
        self.assertEqual(answer.json()["code"], "no-gateway")
        self.assertEqual(gateway.posts, 1)

    def test_a_reload_keeps_the_streams(self):
        stream = self.stream()
        self.proxy.reload()
        for _ in range(3):
            stream.wait_answer(self.send(), AT_ONCE_S)
        self.check_stream(stream)
        self.assertEqual(stream.connections, 1)

    def test_a_body_that_is_too_large_does_not_reach_the_gateway(self):
        answer = self.post("shop", "open", b"x" * 65_537)
        self.assertEqual(answer.status, 413)

    def test_an_address_has_a_limit(self):
        limits = {"connections 200": "connections 3"} if kind == "nginx" else {"gt 200 ": "gt 3 "}
        proxy = self.start_proxy(limits)
        self.addCleanup(proxy.end)
        streams = [self.stream(proxy) for _ in range(3)]
        self.assertEqual(proxy.request("GET", "/livez").status, 429)
        streams[0].close()
        wait.until(lambda: proxy.request("GET", "/livez").status == 200, "room again")


if __name__ == "__main__":
    suite.main()
