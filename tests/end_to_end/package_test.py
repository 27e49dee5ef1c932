"""docs/examples/shop, a repository of its own, with what `cmake --install` has installed."""

import json
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kit import suite
from kit.client import Stream, command_path, request
from kit.guard import Guard
from kit.process import Process
from kit.system import free_port

SHOP = suite.ROOT / "docs" / "examples" / "shop"
ROLES = ("migrate", "command-gateway", "sse-gateway", "relay", "worker", "dev", "check-history")

# All that a repository has to say where Antiphon is a submodule of it.
SUPER = f"""
cmake_minimum_required(VERSION 3.25)
project(shop LANGUAGES CXX)
include(CTest)
get_cmake_property(before VARIABLES)
add_subdirectory({suite.ROOT} antiphon)
get_cmake_property(after VARIABLES)
list(REMOVE_ITEM after ${{before}})
list(FILTER after INCLUDE REGEX "^(BUILD|CMAKE)_")
list(FILTER after EXCLUDE REGEX "^CMAKE_(HAVE|INSTALL|PROJECT)_")
message(STATUS "left behind: ${{after}}.")
antiphon_add_service(shop AGGREGATES order)
"""


class Repository(unittest.TestCase):
    """The shop and what is installed, in a folder; and an environment that knows nothing else."""

    @classmethod
    def setUpClass(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="antiphon-test-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.folder.chmod(0o711)  # PostgreSQL runs as another user
        cls.home = cls.folder / "home"
        cls.home.mkdir()
        cls.shop = cls.folder / "shop"
        shutil.copytree(SHOP, cls.shop, ignore=shutil.ignore_patterns("build", "var"))
        subprocess.run(["cmake", "--install", suite.BUILD, "--prefix", cls.folder / "first"],
                       check=True, stdout=subprocess.DEVNULL)
        cls.prefix = cls.folder / "prefix"
        (cls.folder / "first").rename(cls.prefix)  # it does not know where it is

    def alone(self, *command):
        path = f"{self.prefix}/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        return ["env", "-i", f"PATH={path}", f"HOME={self.home}", *map(str, command)]

    def run_alone(self, *command):
        return subprocess.run(self.alone(*command), cwd=self.home, text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def assert_knows_nothing_of_our_tree(self, folder):
        found = self.run_alone("grep", "-rIlF", suite.ROOT, folder)
        self.assertEqual(found.stdout, "")

    def made(self, *command):
        done = self.run_alone(*command)
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout


class PackageTest(Repository):
    def test_builds_and_tests_a_repository_of_its_own(self):
        self.assert_knows_nothing_of_our_tree(self.prefix)
        said = self.made(self.shop / "dev" / "test")
        self.assertIn("3 passed, 0 failed, 0 skipped", said)
        build = self.shop / "build" / "dev"
        self.assert_knows_nothing_of_our_tree(build)
        opened = self.made("ninja", "-C", build, "-t", "deps")
        self.assertIn(f"{self.prefix}/include/antiphon/domain/kernel/wire.hpp", opened)
        self.assertNotIn(str(suite.ROOT), opened)

    def test_runs_as_a_service_with_every_role(self):
        guard = Guard('export SERVICE_ROOT=$1; "$0/dev/broker" stop "$1/var"; '
                      '"$0/dev/postgres" stop "$1/var/postgres"',
                      self.prefix / "share" / "antiphon", self.shop)
        self.addCleanup(guard.run_now)
        port = free_port()
        service = Process("dev/run", self.alone(self.shop / "dev" / "run", "--port", port),
                          self.folder / "output")
        self.addCleanup(lambda: service.running and service.stop())
        service.wait_line("ready", 240)
        self.assertEqual(request(port, "GET", "/").status, 200)
        program = self.shop / "build" / "release" / "shop"
        ada, cleo = (self.made(program, "token", "--subject", *who, "--data", self.shop / "var")
                     .strip() for who in (["ada"], ["cleo", "--role", "clerk"]))
        with Stream(port, ada) as stream:
            stream.wait_connected()
            for token, name, data in ((ada, "add-line", {"article": "tea", "quantity": 2}),
                                      (ada, "place", {}), (cleo, "ship", {"parcel": "p-1"})):
                answer = request(port, "POST", command_path("7", name, "order"), token, data)
                self.assertEqual(answer.status, 202, answer.body)
                stream.wait_answer(answer.json()["id"])
        shown = request(port, "GET", "/aggregates/order/7", cleo).json()
        self.assertEqual(shown["state"]["parcel"], "p-1")
        self.assertEqual(service.stop(), 0, service.output)

        told = self.made(program, "--help")
        for role in ROLES:
            self.assertRegex(told, rf"(?m)^ +{role} ")
        self.assertIn("  shop migrate ", told)
        self.assertNotIn("antiphon ", told)
        wrong = self.run_alone(program, "serve")
        self.assertEqual((wrong.returncode, wrong.stdout),
                         (1, "shop: there is no role 'serve'; see --help\n"))

    def test_says_where_a_new_aggregate_has_to_be_named(self):
        made = self.run_alone(self.shop / "dev" / "new", "cart")
        self.addCleanup(shutil.rmtree, self.shop / "domain" / "cart")
        self.assertEqual(made.returncode, 1)
        self.assertEqual(made.stdout, "dev/golden: add cart to the AGGREGATES in CMakeLists.txt, "
                                      "then: dev/golden cart\n")
        lost = self.run_alone("antiphon-dev", "run")
        self.assertEqual(lost.returncode, 1)
        self.assertIn("has no CMakePresets.json: call this in your repository", lost.stdout)


class MistakesTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="antiphon-test-"))
        self.addCleanup(shutil.rmtree, self.folder)
        shutil.copytree(SHOP / "domain", self.folder / "domain")

    def complaint(self, call):
        script = self.folder / "call.cmake"
        script.write_text(f"include({suite.ROOT}/cmake/AddService.cmake)\n{call}\n")
        done = subprocess.run(["cmake", "-P", script], cwd=self.folder, text=True, check=False,
                              stderr=subprocess.PIPE)
        self.assertNotEqual(done.returncode, 0)
        said = done.stderr.partition("(message):\n")[2].partition("\nCall Stack")[0]
        return " ".join(said.split())

    def test_are_said_in_a_sentence(self):
        for call, sentence in {
            "shop AGGREGATES cart": "make it with `antiphon-dev new cart`",
            "shop order": "does not know the word 'order'",
            "shop AGGREGATES": "names no aggregate",
            "shop AGGREGATES Order": "cannot be named 'Order'",
            "shop AGGREGATES kernel": "cannot be named 'kernel'",
        }.items():
            said = self.complaint(f"antiphon_add_service({call})")
            self.assertIn(sentence, said)
            self.assertTrue(said.endswith("."), said)
            self.assertEqual(len(re.findall(r"\.(?= |$)", said)), 1, said)

    def test_what_a_folder_lacks_is_named(self):
        (self.folder / "domain" / "order" / "order_spec.cpp").unlink()
        said = self.complaint("antiphon_add_service(shop AGGREGATES order)")
        self.assertIn("domain/order/order_spec.cpp is missing", said)


class SubmoduleTest(unittest.TestCase):
    def test_is_a_part_of_another_build_and_leaves_nothing_in_it(self):
        folder = Path(tempfile.mkdtemp(prefix="antiphon-test-"))
        self.addCleanup(shutil.rmtree, folder)
        shutil.copytree(SHOP / "domain", folder / "domain")
        (folder / "CMakeLists.txt").write_text(SUPER)
        build = folder / "build"

        def run(*command):
            done = subprocess.run(command, text=True, check=False, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT)
            self.assertEqual(done.returncode, 0, done.stdout)
            return done.stdout

        said = run("cmake", "-G", "Ninja", "-S", folder, "-B", build,
                   "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON", "-DCMAKE_BUILD_TYPE=Debug")
        self.assertIn("left behind: .", said)
        lines = run("ninja", "-C", build, "-t", "targets", "all").splitlines()
        programs = {Path(line.partition(": ")[0]).name for line in lines if "_LINKER_" in line
                    and "EXECUTABLE" in line}
        self.assertEqual(programs, {"shop", "shop-broker", "order_spec", "order_world_spec",
                                    "order_golden"}, "none of ours")
        units = json.loads((build / "compile_commands.json").read_text())
        theirs = next(unit for unit in units if unit["file"].endswith("order.cpp"))
        self.assertNotIn("-Wold-style-cast", theirs["command"])
        run("ninja", "-C", build, re.search(r" -o (\S+) ", theirs["command"])[1])


if __name__ == "__main__":
    suite.main()
