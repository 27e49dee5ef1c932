"""A process of a test: its output in a file, stopped by its own id, gone when the test is."""

import ctypes
import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from kit import wait

_libc = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1


def _die_with_parent():
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def lives(pid):
    """Does it run? One that has ended and that nobody has reaped does not."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    return False


def processes_below(pid):
    """The process and its children, those that run."""
    found = []
    for children in Path(f"/proc/{pid}/task").glob("*/children"):  # each thread has its own
        try:
            found += map(int, children.read_text().split())
        except OSError:
            pass  # a thread that has ended
    return [each for each in (pid, *found) if lives(each)]


class Process:
    def __init__(self, name, command, log, environment=None):
        self.name = name
        self.log = log
        self._log_start = log.stat().st_size if log.exists() else 0
        with log.open("ab") as output:
            self._child = subprocess.Popen(
                [str(word) for word in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(environment or {})},
                start_new_session=True,
                preexec_fn=_die_with_parent,
            )

    @property
    def pid(self):
        return self._child.pid

    @property
    def running(self):
        return self._child.poll() is None

    @property
    def output(self):
        """What it has printed since it was started."""
        with self.log.open("rb") as file:
            file.seek(self._log_start)
            return file.read().decode(errors="replace")

    def wait_line(self, beginning, seconds=60):
        """The rest of the first line that begins so."""
        def find():
            for line in self.output.splitlines():
                if line.startswith(beginning):
                    return line.removeprefix(beginning).strip() or line
            if not self.running:
                code = self._child.returncode
                raise RuntimeError(f"{self.name} ended with {code}:\n{self.output}")
            return None
        return wait.until(find, f"line '{beginning}' of {self.name}", seconds)

    def signal(self, number):
        self._child.send_signal(number)

    def wait_end(self, seconds=60):
        """Its exit code."""
        return self._child.wait(seconds)

    def kill_9(self):
        self._child.kill()
        self._child.wait()

    def stop(self, seconds=60):
        """SIGTERM, and its exit code; SIGKILL and an error when it does not end."""
        if self.running:
            self.signal(signal.SIGTERM)
        try:
            return self.wait_end(seconds)
        except subprocess.TimeoutExpired:
            self.kill_9()
            said = self.output[-2000:]
            raise RuntimeError(f"{self.name} did not end on SIGTERM:\n{said}") from None
