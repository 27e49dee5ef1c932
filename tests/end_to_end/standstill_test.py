"""A part whose step hangs, since its session in PostgreSQL does: it says so, and can be ended."""

import os
import signal
import sys
import unittest
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kit import suite, wait
from kit.system import System


class StandstillTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.system = System(suite.broker, {"http.drain_limit_ms": 1000})
        cls.addClassCleanup(cls.system.stop)
        cls.system.start()
        cls.token = cls.system.token("ada")

    def send(self):
        return self.system.send(self.token, "a", "open", {"owner": "ada"})

    def accepted(self):
        answer = self.send()
        self.assertEqual(answer.status, 202, answer.body)
        return answer.json()["id"]

    @contextmanager
    def hanging(self, statement):
        """The session that sends it does not answer."""
        def session():
            self.accepted()
            return self.system.sql("select pid from pg_stat_activity "
                                   f"where query like '%from {statement}(%' "
                                   "and pid <> pg_backend_pid()")
        (pid,), = wait.until(session, f"session that sends {statement}")
        os.kill(int(pid), signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(int(pid), signal.SIGCONT)

    def wait_standstill(self, role, part):
        wait.until(lambda: self.system.ask(role, "/readyz") == 503, f"refusal of the {role}", 60)
        body = self.system.request(role, "GET", "/readyz").body
        self.assertIn(f"the {part} stands still".encode(), body)

    def test_it_says_so_and_goes_on(self):
        with self.system.stream(self.token) as stream:
            stream.wait_connected()
            with self.hanging("append_events"):
                command = self.accepted()
                self.wait_standstill("worker", "worker")
                self.assertEqual(self.system.ask("worker", "/livez"), 200)
            self.system.wait_ready(["worker"])
            stream.wait_answer(command)

    def test_so_does_any_part(self):
        with self.hanging("append_commands"):
            self.assertEqual(self.send().status, 503, "it is given up, and the answer says so")
            self.wait_standstill("command-gateway", "intake")
        self.system.wait_ready(["command-gateway"])
        self.accepted()

    def test_sigterm_ends_it_all_the_same(self):
        worker = self.system.roles["worker"]
        with self.system.stream(self.token) as stream:
            stream.wait_connected()
            with self.hanging("append_events"):
                command = self.accepted()
                self.wait_standstill("worker", "worker")
                self.assertEqual(worker.stop(), 1, worker.output)
                self.assertIn("did not stop within 6000 ms, and ends as it is", worker.output)
            self.system.restart("worker")
            stream.wait_answer(command)


if __name__ == "__main__":
    suite.main()
