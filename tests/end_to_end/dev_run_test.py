"""dev/run from nothing to a page, and again; in a checkout without data whose build is this one."""

import re
import shutil
import socket
import sys
import tempfile
import unittest
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kit import suite
from kit.client import Stream, command_path, request
from kit.guard import Guard
from kit.process import Process
from kit.system import free_port, run


class DevRunTest(unittest.TestCase):
    def setUp(self):
        self.root = Path(tempfile.mkdtemp(prefix="antiphon-test-"))
        self.addCleanup(shutil.rmtree, self.root)
        self.root.chmod(0o711)  # PostgreSQL runs as another user
        for name in ("dev", "web"):
            (self.root / name).symlink_to(suite.ROOT / name)
        (self.root / "build").mkdir()
        (self.root / "build" / "release").symlink_to(suite.BUILD)
        self.data = self.root / "var"
        self.run_script = self.root / "dev" / "run"
        guard = Guard('"$0/dev/broker" stop "$0/var"; "$0/dev/postgres" stop "$0/var/postgres"',
                      self.root)
        self.addCleanup(guard.run_now)

    def start(self, *arguments):
        command = [self.run_script, "--no-build", *arguments]
        process = Process("dev/run", command, self.root / "output")
        self.addCleanup(lambda: process.running and process.stop())
        return process

    def test_says_that_its_port_is_in_use(self):
        with socket.socket() as taken:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):  # somebody else has it, which is as well
                taken.bind(("127.0.0.1", 8080))
                taken.listen()
            process = self.start()
            self.assertEqual(process.wait_end(), 1)
        self.assertEqual(process.output, "dev/run: port 8080 is in use: choose another by --port\n")

    def test_runs_from_nothing_and_goes_on_where_it_stopped(self):
        port = free_port()
        process = self.start("--port", port)
        process.wait_line("ready", 120)
        self.assertIn(f"open http://127.0.0.1:{port}/ ", process.output)
        page = request(port, "GET", "/")
        self.assertEqual(page.status, 200)
        for script in re.findall(rb'src="(/?[^":]+)"', page.body):
            self.assertEqual(request(port, "GET", f"/{script.decode().lstrip('/')}").status, 200)

        antiphon = self.root / "build" / "release" / "antiphon"
        token = run(antiphon, "token", "--subject", "alice", "--data", self.data)
        with Stream(port, token) as stream:
            stream.wait_connected()
            answer = request(port, "POST", command_path("shop", "open"), token, {"owner": "alice"})
            self.assertEqual(answer.status, 202, answer.body)
            stream.wait_answer(answer.json()["id"])
        self.assertEqual(process.stop(), 0, process.output)
        for left in ("broker.pid", "postgres/data/postmaster.pid"):
            self.assertFalse((self.data / left).exists(), f"{left} is left")

        process = self.start()
        process.wait_line("ready", 120)
        shown = request(port, "GET", "/aggregates/account/shop", token)
        self.assertEqual(shown.status, 200, shown.body)
        self.assertEqual(process.stop(), 0, process.output)


if __name__ == "__main__":
    suite.main()
