"""What is watched from outside while a load runs: a lone user, memory, processor time."""

import contextlib
import os
import pathlib
import threading
import time

from kit import wait
from kit.process import processes_below
from kit.system import ROLES

MARKER_PAUSE_S = 0.2
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


class Probe:
    """A user who sends a command, waits for its event, and so on: what a lone user finds."""

    def __init__(self, system):
        self.found = []  # (sent at, latency in s)
        self._system = system
        self._token = system.token("probe")
        self._stream = system.stream(self._token).wait_connected()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        number = 0
        while not self._stopping.wait(MARKER_PAUSE_S):
            sent_at, begun = time.time(), time.monotonic()
            number += 1
            answer = self._system.send(self._token, f"probe-{number}", "open", {"owner": "probe"})
            if answer.status == 202:
                self._stream.wait_answer(answer.json()["id"], 300)
                self.found.append((sent_at, time.monotonic() - begun))

    def after(self, moment, latency_s):
        """When the first marker from then on was answered so fast; in s after the moment."""
        def first():
            fits = (sent + took for sent, took in list(self.found)
                    if sent >= moment and took <= latency_s)
            return next(fits, None)
        return wait.until(first, "recovery", 300) - moment

    def stop(self):
        self._stopping.set()
        self._thread.join()
        self._stream.close()


class Memory:
    """What each process has in memory, looked at twice a second."""

    def __init__(self, system):
        self._system = system
        self.most = {}
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def now(self):
        sizes = {}
        for role, process in self._system.roles.items():
            status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
            kilobytes = next(line for line in status.splitlines() if line.startswith("VmRSS"))
            sizes[role] = int(kilobytes.split()[1]) / 1024
        return sizes

    def _run(self):
        while not self._stopping.wait(0.5):
            with contextlib.suppress(OSError):
                for role, size in self.now().items():
                    self.most[role] = max(self.most.get(role, 0), size)

    def stop(self):
        self._stopping.set()
        self._thread.join()


class Processor:
    """Seconds of processor time that each part has taken; of ended children, too."""

    def __init__(self, system):
        self._system = system
        self._begun = self._now()

    def since(self):
        now = self._now()
        return {part: now[part] - before for part, before in self._begun.items()}

    def _now(self):
        parts = {role: [self._system.roles[role].pid] for role in ROLES}
        parts["PostgreSQL"] = processes_below(self._system.postmaster())
        parts["the broker"] = [self._system.broker.pid]
        return {part: sum(map(self._seconds, pids)) for part, pids in parts.items()}

    @staticmethod
    def _seconds(pid):
        with contextlib.suppress(OSError):
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            return sum(map(int, fields[11:15])) / TICKS_PER_S
        return 0
