"""What one user, or too many, may take of a gateway: never its health, nor another's turn."""

import resource
import socket
import sys
import threading
import unittest
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kit import suite, wait
from kit.client import command_path, read_answer, request
from kit.process import Process
from kit.system import System, free_port

CONNECTIONS_MAX = 20
FLOOD_CONNECTIONS = 200


class Flood:
    """Many connections of a user, each asking for the same again and again."""

    def __init__(self, port, data, connections):
        self.answers = Counter()  # by status and code
        self.without_retry_after = 0
        self._port = port
        self._data = data
        self._stopping = threading.Event()
        self._counting = threading.Lock()
        self._threads = [threading.Thread(target=self._run) for _ in range(connections)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._stopping.set()
        for thread in self._threads:
            thread.join(60)

    def _run(self):
        while not self._stopping.is_set():
            with socket.create_connection(("127.0.0.1", self._port), timeout=60) as connection:
                self._ask_on(connection)

    def _ask_on(self, connection):
        """Until it is closed, as it is behind a body that was refused before it was read."""
        reader = connection.makefile("rb")
        while not self._stopping.is_set():
            try:
                connection.sendall(self._data)
                answer = read_answer(reader)
            except OSError:
                return
            if answer is None:
                return
            code = answer.json()["code"] if answer.status >= 400 else ""
            with self._counting:
                self.answers[answer.status, code] += 1
                self.without_retry_after += (
                    answer.status in (429, 503) and int(answer.headers["Retry-After"] or 0) < 1)


def get(path, token):
    return f"GET {path} HTTP/1.1\r\nHost: [::1]\r\nAuthorization: Bearer {token}\r\n\r\n".encode()


class LimitsTest(unittest.TestCase):
    def start(self, settings=None, roles=("relay", "worker", "command-gateway")):
        self.system = System(suite.broker, settings=settings)
        self.addCleanup(self.system.stop)
        self.system.start(roles)

    def gateway(self, *arguments, wrapped=()):
        """A command gateway beside the others of the system, which listens for its health too."""
        self.port, self.health_port = free_port(), free_port()
        command = self.system.command("command-gateway", *arguments, "--http.port", self.port,
                                      "--health.port", self.health_port)
        process = Process("gateway", [*wrapped, *command], self.system.logs / "gateway.log")
        self.addCleanup(process.stop)
        return process

    def ask_health(self, path):
        return request(self.health_port, "GET", path, seconds=10).status

    def test_health_is_told_with_all_connections_taken(self):
        self.start(roles=())
        gateway = self.gateway("--http.connections_max", CONNECTIONS_MAX)
        gateway.wait_line("ready")
        wait.until(lambda: self.ask_health("/readyz") == 200, "ready gateway")
        held = [socket.create_connection(("127.0.0.1", self.port)) for _ in range(CONNECTIONS_MAX)]
        wait.until(lambda: request(self.port, "GET", "/livez").status == 503, "full gateway")
        for _ in range(20):
            self.assertEqual(self.ask_health("/livez"), 200)
            self.assertEqual(self.ask_health("/readyz"), 200)
        for connection in held:
            connection.close()
        wait.until(lambda: request(self.port, "GET", "/livez").status == 200, "room again")

    @unittest.skipIf(suite.is_sanitized(), "UBSan opens descriptors of its own")
    def test_health_is_told_with_all_descriptors_taken(self):
        self.start(roles=())
        gateway = self.gateway()
        gateway.wait_line("ready")
        wait.until(lambda: self.ask_health("/readyz") == 200, "ready gateway")
        most = max(int(fd.name) for fd in Path(f"/proc/{gateway.pid}/fd").iterdir()) + 1
        _, hard = resource.prlimit(gateway.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(gateway.pid, resource.RLIMIT_NOFILE, (most, hard))
        held = [socket.create_connection(("127.0.0.1", self.port)) for _ in range(100)]
        wait.until(lambda: "cannot accept a connection" in gateway.output, "exhausted gateway")
        for _ in range(50):
            self.assertEqual(self.ask_health("/livez"), 200)
            self.assertEqual(self.ask_health("/readyz"), 200)
        resource.prlimit(gateway.pid, resource.RLIMIT_NOFILE, (hard, hard))
        for connection in held:
            connection.close()
        self.assertEqual(request(self.port, "GET", "/livez").status, 200)
        self.assertLessEqual(gateway.output.count("accept"), 3, gateway.output)

    def test_fewer_descriptors_than_connections_are_said_and_kept_to(self):
        self.start(roles=())
        gateway = self.gateway(wrapped=("prlimit", "--nofile=400:400"))
        gateway.wait_line("ready")
        self.assertEqual(gateway.output.count("only 400 files may be open"), 1, gateway.output)
        held = [socket.create_connection(("127.0.0.1", self.port)) for _ in range(500)]
        wait.until(lambda: self.ask_health("/readyz") == 200, "ready gateway")
        self.assertEqual(self.ask_health("/livez"), 200)
        for connection in held:
            connection.close()
        wait.until(lambda: request(self.port, "GET", "/livez").status == 200, "room again")
        self.assertNotIn("cannot accept", gateway.output)

    def test_too_few_descriptors_are_refused_in_a_sentence(self):
        self.start(roles=())
        gateway = self.gateway(wrapped=("prlimit", "--nofile=300:300"))
        self.assertEqual(gateway.wait_end(), 1)
        self.assertIn("the system lets this process open 300 files, and it needs at least",
                      gateway.output)
        self.assertEqual(len(gateway.output.splitlines()), 1, gateway.output)

    def test_one_who_floods_with_reads_is_refused_and_no_other(self):
        self.start({"limits.reads_per_s_per_user": 0, "readers.threads": 1,
                    "readers.waiting_max": 100})
        port = self.system.ports["command-gateway"]
        ada, flooding = self.system.token("ada"), self.system.token("flood")
        path, flooded = "/aggregates/account/shown", "/aggregates/account/flooded"
        sent = self.system.send(ada, "shown", "open", {"owner": "ada"})
        self.system.send(flooding, "flooded", "open", {"owner": "flood"})
        for each, token in ((path, ada), (flooded, flooding)):
            wait.until(lambda: request(port, "GET", each, token).status == 200, "aggregate")
        asked = get(flooded, flooding)
        with Flood(port, asked, FLOOD_CONNECTIONS) as flood:
            wait.until(lambda: flood.answers[429, "too-many-waiting"] >= 200, "refusals")
            for _ in range(50):
                self.assertEqual(request(port, "GET", path, ada).status, 200)
                self.assertEqual(
                    request(port, "GET", "/commands/" + sent.json()["id"], ada).status, 200)
        self.assertEqual(set(flood.answers), {(200, ""), (429, "too-many-waiting")})
        self.assertEqual(flood.without_retry_after, 0)

    def test_a_user_reads_at_a_rate(self):
        self.start({"limits.reads_per_s_per_user": 20, "limits.reads_burst_per_user": 20})
        port = self.system.ports["command-gateway"]
        nothing = "/commands/00000000-0000-7000-8000-000000000000"
        with Flood(port, get(nothing, self.system.token("flood")), 4) as flood:
            wait.until(lambda: flood.answers[429, "too-many-reads"] >= 1_000, "refusals")
        self.assertEqual(flood.without_retry_after, 0)
        self.assertEqual(request(port, "GET", nothing, self.system.token("ada")).status, 404)

    def test_bodies_cost_their_sender(self):
        self.start({"limits.bytes_per_s_per_user": 60_000, "limits.bytes_burst_per_user": 600_000})
        port = self.system.ports["command-gateway"]
        body = b'{"cents":1' + b" " * 59_989 + b"}"
        head = (f"POST {command_path('none', 'deposit')} HTTP/1.1\r\nHost: localhost\r\n"
                f"Authorization: Bearer {self.system.token('flood')}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n")
        with Flood(port, head.encode() + body, 4) as flood:
            wait.until(lambda: flood.answers[429, "too-many-bytes"] >= 1_000, "refusals")
        self.assertEqual(flood.without_retry_after, 0)
        stored = int(self.system.sql("select count(*) from commands")[0][0])
        self.assertEqual(stored, flood.answers[202, ""])
        self.assertGreaterEqual(stored, 10)
        self.assertLess(stored, 200)  # ten at once and one a second, and the test is no minute long
        ada = self.system.token("ada")
        self.assertEqual(self.system.send(ada, "hers", "open", {"owner": "ada"}).status, 202)

    def test_ten_thousand_refusals_are_a_few_lines(self):
        self.start({"limits.reads_per_s_per_user": 0})
        port = self.system.ports["command-gateway"]
        self.system.postgres.stop()
        asked = get("/aggregates/account/none", self.system.token("flood"))
        with Flood(port, asked, 20) as flood:
            wait.until(lambda: sum(flood.answers.values()) >= 10_000, "refusals", 120)
        self.assertEqual(set(flood.answers), {(503, "unavailable")})
        lines = self.system.roles["command-gateway"].output.splitlines()
        self.assertLess(len(lines), 100, "\n".join(lines[-100:]))
        self.assertTrue(any("is answered with 503" in line for line in lines))


if __name__ == "__main__":
    suite.main()
