"""dev/run from nothing to a page, and again, whatever was killed or left behind before."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kit import suite, wait
from kit.client import Stream, command_path, request
from kit.guard import Guard
from kit.process import Process, lives
from kit.system import free_port, run

FIRST_ANSWER_MAX_S = 2.0  # of any start, on a busy machine
FIRST_ANSWER_S = 0.3  # of the best one; on a quiet machine they take 50 to 90 ms
PROGRAMS = ("antiphon", "antiphon-broker")


class Checkout(unittest.TestCase):
    """A checkout without data; what it builds is in a folder of its own."""

    def setUp(self):
        self.root = Path(tempfile.mkdtemp(prefix="antiphon-test-"))
        self.addCleanup(shutil.rmtree, self.root)
        self.root.chmod(0o711)  # PostgreSQL runs as another user
        for name in ("dev", "web"):
            (self.root / name).symlink_to(suite.ROOT / name)
        self.data = self.root / "var"
        guard = Guard('"$0/dev/broker" stop "$0/var"; "$0/dev/postgres" stop "$0/var/postgres"',
                      self.root)
        self.addCleanup(guard.run_now)

    def start(self, *arguments):
        process = Process("dev/run", [self.root / "dev" / "run", *arguments], self.root / "output")
        self.addCleanup(lambda: process.running and process.stop())
        return process


class DevRunTest(Checkout):
    def setUp(self):
        super().setUp()
        self.build = self.root / "build" / "release"
        self.build.mkdir(parents=True)
        shutil.copy(suite.BUILD / "service.name", self.build)
        for name in PROGRAMS:
            (self.build / name).symlink_to(suite.BUILD / name)
        self.port = free_port()
        self.starts = 0
        self.answers_s = []

    def start_ready(self, *arguments):
        """Starts it, and has a command answered as soon as it says that it is ready."""
        self.starts += 1
        process = self.start("--no-build", "--port", self.port, *arguments)
        process.wait_line("ready", 120)
        token = run(self.build / "antiphon", "token", "--subject", "alice", "--data", self.data)
        with Stream(self.port, token) as stream:
            stream.wait_connected()
            begun = time.monotonic()
            path = command_path(f"shop-{self.starts}", "open")
            answer = request(self.port, "POST", path, token, {"owner": "alice"})
            self.assertEqual(answer.status, 202, answer.body)
            stream.wait_answer(answer.json()["id"])
            self.answers_s.append(time.monotonic() - begun)
        self.assertLess(self.answers_s[-1], FIRST_ANSWER_MAX_S)
        return process

    def pid_of(self, name):
        file = "postgres/data/postmaster.pid" if name == "postgres" else f"{name}.pid"
        return int((self.data / file).read_text().split()[0])

    def assert_private(self):
        wide = run("find", self.data, "-perm", "/077", "!", "-type", "l")
        self.assertEqual(wide, "", "others may read")

    def test_says_that_its_port_is_in_use(self):
        with socket.socket() as taken:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):  # somebody else has it, which is as well
                taken.bind(("127.0.0.1", 8080))
                taken.listen()
            process = self.start("--no-build")
            self.assertEqual(process.wait_end(), 1)
        self.assertEqual(process.output, "dev/run: port 8080 is in use: choose another by --port\n")

    def test_runs_from_nothing_and_goes_on_where_it_stopped(self):
        process = self.start_ready()
        self.assertIn(f"open http://127.0.0.1:{self.port}/ ", process.output)
        page = request(self.port, "GET", "/")
        self.assertEqual(page.status, 200)
        for script in re.findall(rb'src="(/?[^":]+)"', page.body):
            path = f"/{script.decode().lstrip('/')}"
            self.assertEqual(request(self.port, "GET", path).status, 200)
        self.assert_private()
        second = self.start("--no-build", "--port", free_port())
        self.assertEqual(second.wait_end(), 1)
        self.assertIn("an instance runs with", second.output)
        self.assertTrue(process.running)

        self.assertEqual(process.stop(), 0, process.output)
        for left in ("antiphon.pid", "broker.pid", "postgres/data/postmaster.pid"):
            self.assertFalse((self.data / left).exists(), f"{left} is left")
        self.data.chmod(0o755)
        (self.data / "auth.key").chmod(0o644)
        process = self.start("--no-build")
        process.wait_line("ready", 120)
        self.assert_private()
        token = run(self.build / "antiphon", "token", "--subject", "alice", "--data", self.data)
        shown = request(self.port, "GET", "/aggregates/account/shop-1", token)
        self.assertEqual(shown.status, 200, shown.body)
        self.assertEqual(process.stop(), 0, process.output)

    def test_starts_when_a_build_has_replaced_what_runs(self):
        def link():
            for name in PROGRAMS:
                shutil.copy(suite.BUILD / name, self.build / f"{name}.new")
                os.replace(self.build / f"{name}.new", self.build / name)

        link()
        for _ in range(2):
            process = self.start_ready()
            pids = [self.pid_of(name) for name in ("antiphon", "broker", "postgres")]
            link()
            process.signal(signal.SIGINT)
            self.assertEqual(process.wait_end(), 0, process.output)
            self.assertEqual([pid for pid in pids if lives(pid)], [])

    def test_starts_after_kill_9_of_anything(self):
        self.data.mkdir()  # a dead relay's lease is waited for
        (self.data / "antiphon.conf").write_text("relay.lease_ttl_ms = 1000\n")
        for victims in (["dev/run"], ["antiphon"], ["broker"], ["postgres"],
                        ["dev/run", "antiphon", "broker", "postgres"]):
            process = self.start_ready()
            pids = {"dev/run": process.pid}
            pids |= {name: self.pid_of(name) for name in ("antiphon", "broker", "postgres")}
            for name in victims:
                os.kill(pids[name], signal.SIGKILL)
            if victims == ["broker"]:
                self.assertEqual(process.stop(), 0, process.output)  # all goes on without it
            else:
                self.assertNotEqual(process.wait_end(), 0, victims)
        process = self.start_ready()
        self.assertEqual(process.stop(), 0, process.output)
        if not suite.BUILD.name.endswith("san"):
            self.assertLess(min(self.answers_s), FIRST_ANSWER_S, self.answers_s)

    def test_starts_on_what_a_crash_left_and_spares_the_programs_of_others(self):
        self.assertEqual(self.start_ready().stop(), 0)
        postgres_data = self.data / "postgres" / "data"
        owner = postgres_data.stat().st_uid
        other = subprocess.Popen(["sleep", "1000"], user=owner if os.getuid() == 0 else None)
        self.addCleanup(other.wait)
        self.addCleanup(other.kill)
        boot = Path("/proc/sys/kernel/random/boot_id").read_text()
        for name in ("antiphon", "broker"):
            (self.data / f"{name}.pid").write_text(f"{other.pid} 12345 {boot}")
        socket_folder = run(suite.ROOT / "dev" / "postgres", "url", self.data / "postgres")
        socket_folder = Path(socket_folder.partition("host=")[2])
        socket_folder.mkdir(mode=0o700)
        for stale in (postgres_data / "postmaster.pid", socket_folder / ".s.PGSQL.5432.lock"):
            stale.write_text(f"{other.pid}\n{postgres_data}\n0\n5432\n{socket_folder}\n\n")
            stale.chmod(0o600)
            os.chown(stale, owner, -1)
        os.chown(socket_folder, owner, -1)
        (self.data / "postgres" / "data.new").mkdir()
        settings = self.data / "antiphon.conf"
        address = re.search(r"kafka.brokers = 127.0.0.1:(\d+)", settings.read_text())
        (self.data / "antiphon.conf.new").write_text("http.po")
        with socket.create_server(("127.0.0.1", int(address[1]))):
            self.assertEqual(self.start_ready().stop(), 0)
        settings.write_text("# Settings of this inst")
        (self.data / "auth.key").write_text("")
        self.assertEqual(self.start_ready().stop(), 0)
        self.assertIsNone(other.poll())


class DevRunBuildTest(Checkout):
    """A build of two small programs, by the presets and targets that the real one has."""

    def setUp(self):
        super().setUp()
        shutil.copy(suite.ROOT / "CMakePresets.json", self.root)
        self.write_project("")

    def write_project(self, more):
        targets = "".join(f"add_executable({name} {name}.cpp)\n" for name in PROGRAMS)
        (self.root / "CMakeLists.txt").write_text(
            f"cmake_minimum_required(VERSION 3.25)\nproject(small CXX)\n"
            f"file(WRITE ${{CMAKE_BINARY_DIR}}/service.name antiphon)\n{targets}{more}")
        for name in PROGRAMS:
            (self.root / f"{name}.cpp").write_text("int main() { return 3; }\n")

    def test_shows_how_far_it_is_and_what_does_not_compile(self):
        (self.root / "antiphon.cpp").write_text("int main() { return none; }\n")
        process = self.start("--port", free_port())
        self.assertEqual(process.wait_end(), 1)
        self.assertRegex(process.output, r"antiphon\.cpp:1:21: error: .*none")
        self.assertIn(f"all of it is in {self.data}/build.log", process.output)
        self.write_project("")
        process = self.start("--port", free_port())
        self.assertEqual(process.wait_end(), 1)  # it builds, and this is no Antiphon
        self.assertRegex(process.output, r"(?m)^\[\d/\d\] Linking")
        (self.root / "antiphon.cpp").write_text("none\n")
        (self.root / "CMakeLists.txt").write_text("none()\n")
        process = self.start("--port", free_port())
        self.assertEqual(process.wait_end(), 1)
        self.assertIn("CMake Error at CMakeLists.txt:1", process.output)

    def test_builds_and_starts_what_is_changed_and_keeps_what_runs_until_then(self):
        (self.root / "domain").mkdir()
        source = self.root / "domain" / "antiphon.cpp"
        starter = '#include <unistd.h>\nint main(int, char** words) { execv("%s", words); }\n'
        (self.root / "antiphon.cpp").write_text('#include "domain/antiphon.cpp"\n')
        source.write_text(starter % (suite.BUILD / "antiphon"))
        (self.root / "antiphon-broker.cpp").write_text(starter % (suite.BUILD / "antiphon-broker"))
        port = free_port()
        process = self.start("--watch", "--port", port)
        process.wait_line("ready", 120)

        def antiphon():
            self.assertEqual(request(port, "GET", "/livez").status, 200)
            return (self.data / "antiphon.pid").read_text()

        first = antiphon()
        sound = source.read_text()
        source.write_text("none\n")
        process.wait_line("what ran before goes on", 120)
        self.assertIn("antiphon.cpp:1:1: error: ", process.output)
        self.assertEqual(antiphon(), first)
        source.write_text("// changed\n" + sound)
        wait.until(lambda: re.search(r"(?m)^\d+\.\d s after the change$", process.output),
                   "a start of what is changed", 120)
        self.assertNotEqual(antiphon(), first)
        (self.root / "domain" / "none.cpp").touch()
        process.wait_line("that is not part of what runs", 120)
        self.assertEqual(process.stop(), 0, process.output)

    def test_a_build_that_was_killed_is_no_hindrance(self):
        blocked = self.root / "blocked"
        os.mkfifo(blocked)
        self.write_project("add_custom_command(TARGET antiphon PRE_LINK COMMAND cat blocked\n"
                           "  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})")
        process = self.start("--port", free_port())
        wait.until(lambda: self.readers_of(blocked), "a build in the middle")
        process.kill_9()
        wait.until(lambda: not self.readers_of(blocked), "end of the build")
        self.write_project("")
        process = self.start("--port", free_port())
        self.assertEqual(process.wait_end(), 1)
        self.assertRegex(process.output, r"(?m)^\[\d/\d\] Linking")

    @staticmethod
    def readers_of(blocked):
        def waits(pid):
            with suppress(OSError):
                folder = Path(f"/proc/{pid}/cwd").readlink()
                command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
                return folder == blocked.parent and command[:2] == [b"cat", b"blocked"]
        return [pid for pid in os.listdir("/proc") if pid.isdigit() and waits(pid)]


if __name__ == "__main__":
    suite.main()
