"""SIGTERM of the command gateway under load: what was sent before it is answered, and rightly."""

import socket
import sys
import threading
import time
import unittest
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kit import suite, wait
from kit.client import command_path, read_answer
from kit.load import assert_dense
from kit.system import System

CLIENTS = 8
ROUNDS = 3


class Client:
    """Sends `pipeline` requests at once, reads their answers, and so on until the end."""

    def __init__(self, port, token, pipeline):
        self.sent = []  # when the last byte of each request was handed over
        self.answers = []  # in the order of `sent`
        self.told = False  # by "Connection: close" that no more of them will be answered
        self._port = port
        self._token = token
        self._pipeline = pipeline
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def join(self):
        self._thread.join(60)
        if self._thread.is_alive():
            raise TimeoutError("the gateway neither answers nor closes")

    def _request(self):
        body = b'{"owner":"ada"}'
        head = (f"POST {command_path(uuid.uuid4().hex, 'open')} HTTP/1.1\r\nHost: localhost\r\n"
                f"Authorization: Bearer {self._token}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n")
        return head.encode() + body

    def _run(self):
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=30) as connection:
                reader = connection.makefile("rb")
                while self._exchange(connection, reader):
                    pass
        except OSError:
            pass  # cut: whether it may be is told by what was sent

    def _exchange(self, connection, reader):
        connection.sendall(b"".join(self._request() for _ in range(self._pipeline)))
        self.sent += [time.monotonic()] * self._pipeline
        for _ in range(self._pipeline):
            answer = read_answer(reader)
            if answer is None:
                return False
            self.answers.append(answer)
            self.told = answer.headers["Connection"] == "close"
        return not self.told


class DrainTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.system = System(suite.broker)
        cls.addClassCleanup(cls.system.stop)
        cls.system.start()
        cls.token = cls.system.token("ada")

    def drain(self, pipeline):
        """Terminates the gateway under load, starts it again, and gives the ids that had a 202."""
        gateway = self.system.roles["command-gateway"]
        port = self.system.ports["command-gateway"]
        clients = [Client(port, self.token, pipeline) for _ in range(CLIENTS)]
        wait.until(lambda: all(len(client.answers) > 20 for client in clients), "load")
        terminated_at = time.monotonic()
        code = gateway.stop()
        for client in clients:
            client.join()
        self.system.restart("command-gateway")
        self.assertEqual(code, 0, gateway.output)
        for client in clients:
            unanswered = client.sent[len(client.answers):]
            lost = [sent_at for sent_at in unanswered if sent_at < terminated_at]
            if not client.told:
                self.assertEqual(lost, [], "sent before SIGTERM, and never answered")
        answers = [answer for client in clients for answer in client.answers]
        self.assertEqual({answer.status for answer in answers} - {202, 503}, set())
        return [answer.json()["id"] for answer in answers if answer.status == 202]

    def test_without_pipelining(self):
        self.check(pipeline=1)

    def test_with_pipelining(self):
        self.check(pipeline=5)

    def check(self, pipeline):
        before = {command for command, in self.system.sql("select id from commands")}
        accepted = [command for _ in range(ROUNDS) for command in self.drain(pipeline)]
        logged = {command for command, in self.system.sql("select id from commands")} - before
        self.assertEqual(logged, set(accepted), "the log holds what had a 202, and nothing else")
        print(f"\n{ROUNDS} drains, {pipeline} at once: {len(accepted)} accepted, all in the log")
        wait.until(self.all_answered, "outcomes of all commands", 60)
        assert_dense(self, self.system)

    def all_answered(self):
        return self.system.sql(
            "select count(*) from commands c where not exists "
            "(select from events e where e.command_position = c.position)") == [("0",)]


if __name__ == "__main__":
    suite.main()
