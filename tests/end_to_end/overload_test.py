"""More commands than may be taken: each refusal says when to try again, and nobody else suffers.

Says what is right, never how fast it is: bench/overload measures.
"""

import http.client
import sys
import threading
import unittest
import uuid
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kit import suite, wait
from kit.client import command_path, request_on
from kit.load import assert_dense
from kit.system import ROLES, System

QUIET_USERS = 4
FLOOD_CONNECTIONS = 24
FLOOD_REFUSALS = 2_000
# Far above what the settings below allow (docs/ARCHITECTURE.md, 3.8), also under a sanitizer; far
# below what a queue without a bound would take.
RSS_MAX_MIB = 400


class Client:
    """One connection of a user: command after command until the end, each to an account of its own
    if none is named."""

    def __init__(self, system, user, pause_s=0.0, account=None):
        self.accepted = []
        self.refused = Counter()  # by status and code
        self.without_retry_after = 0
        self._port = system.ports["command-gateway"]
        self._token = system.token(user)
        self._user = user
        self._account = account
        self._pause_s = pause_s
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def start(self):
        self._thread.start()
        return self

    def stop(self):
        self._stopping.set()
        self._thread.join(60)
        if self._thread.is_alive():
            raise TimeoutError("the gateway does not answer")

    def _run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        while not self._stopping.wait(self._pause_s):
            path = command_path(self._account or f"{self._user}-{uuid.uuid4().hex}", "open")
            answer = request_on(connection, "POST", path, self._token, {"owner": self._user})
            if answer.status == 202:
                self.accepted.append(answer.json()["id"])
                continue
            self.refused[answer.status, answer.json()["code"]] += 1
            self.without_retry_after += int(answer.headers["Retry-After"] or 0) < 1
        connection.close()


def memory_mib(process):
    status = Path(f"/proc/{process.pid}/status").read_text()
    most = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(most.split()[1]) / 1024


class OverloadTest(unittest.TestCase):
    def start(self, settings):
        self.system = System(suite.broker, settings=settings)
        self.addCleanup(self.system.stop)
        self.system.start()

    def flood(self, user_of, account=None):
        """Clients without a pause; `user_of` names the user of each by its number."""
        return [Client(self.system, user_of(number), account=account)
                for number in range(FLOOD_CONNECTIONS)]

    def run_until(self, clients, reached, what):
        for client in clients:
            client.start()
        try:
            wait.until(reached, what, 120)
        finally:
            for client in clients:
                client.stop()

    def check(self, clients):
        """Every refusal says when to try again; what was accepted is answered, and nothing else."""
        self.assertEqual(sum(client.without_retry_after for client in clients), 0)
        accepted = {command for client in clients for command in client.accepted}
        wait.until(lambda: self.system.sql(
            "select count(*) from commands c where not exists (select from events e "
            "where e.command_position = c.position and e.last)") == [("0",)], "all answers", 120)
        stored = {command for command, in self.system.sql("select id from commands")}
        self.assertEqual(stored, accepted)
        assert_dense(self, self.system)
        for role in ROLES:
            self.assertLess(memory_mib(self.system.roles[role]), RSS_MAX_MIB, role)

    def refusals(self, clients):
        return sum((client.refused for client in clients), Counter())

    def test_a_user_who_floods_is_refused_and_no_other(self):
        self.start({"limits.commands_per_s_per_user": 50, "limits.burst_per_user": 50})
        flood = self.flood(lambda _: "flood")
        quiet = [Client(self.system, f"quiet-{n}", pause_s=0.05) for n in range(QUIET_USERS)]
        self.run_until(
            flood + quiet,
            lambda: self.refusals(flood)[429, "too-many-commands"] >= FLOOD_REFUSALS
            and all(len(client.accepted) >= 20 for client in quiet),
            f"{FLOOD_REFUSALS} refusals and 20 commands of each quiet user")
        self.assertEqual(self.refusals(quiet), Counter())
        self.assertEqual(set(self.refusals(flood)), {(429, "too-many-commands")})
        self.check(flood + quiet)

    def test_more_than_the_workers_do_is_refused_until_they_have_done_it(self):
        self.start({"intake.backlog_max": 200})
        self.system.roles["worker"].stop()
        # Of one account, so of one partition: another would be behind by less, and get more.
        clients = self.flood(lambda number: f"user-{number}", account="busy")
        self.run_until(clients, lambda: self.refusals(clients)[503, "behind"] >= FLOOD_REFUSALS,
                       f"{FLOOD_REFUSALS} refusals")
        stored = int(self.system.sql("select count(*) from commands")[0][0])
        # What the gateway had let in and not yet stored when a look began may be above the limit.
        self.assertLessEqual(stored, 200 + FLOOD_CONNECTIONS)
        self.system.restart("worker")
        self.check(clients)
        late = Client(self.system, "late")
        self.run_until([late], lambda: late.accepted, "a command accepted again")
        self.check([*clients, late])

    def test_more_than_may_wait_for_the_store_is_refused(self):
        self.start({"intake.waiting_max": 8, "intake.waiting_max_per_user_percent": 25})
        flood = self.flood(lambda _: "flood")
        quiet = [Client(self.system, f"quiet-{n}", pause_s=0.05) for n in range(QUIET_USERS)]
        self.run_until(
            flood + quiet,
            lambda: self.refusals(flood)[429, "too-many-waiting"] >= FLOOD_REFUSALS // 10
            and all(len(client.accepted) >= 20 for client in quiet),
            "refusals, and 20 commands of each quiet user")
        self.check(flood + quiet)


if __name__ == "__main__":
    suite.main()
