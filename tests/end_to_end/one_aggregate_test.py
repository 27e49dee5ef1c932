"""dev/test NAME builds and runs the spec of that aggregate, and nothing else."""

import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kit import suite


class OneAggregateTest(unittest.TestCase):
    """A checkout of two small aggregates, whose specs are programs that say their name."""

    def setUp(self):
        self.root = Path(tempfile.mkdtemp(prefix="antiphon-test-"))
        self.addCleanup(shutil.rmtree, self.root)
        (self.root / "dev").symlink_to(suite.ROOT / "dev")
        shutil.copy(suite.ROOT / "CMakePresets.json", self.root)
        project = "cmake_minimum_required(VERSION 3.25)\nproject(small CXX)\n"
        for name in ("cart", "parcel"):
            folder = self.root / "domain" / name
            folder.mkdir(parents=True)
            (folder / f"{name}_wire.cpp").touch()
            self.write_spec(name, f'#include <cstdio>\nint main() {{ std::puts("{name} runs"); }}')
            project += f"add_executable({name}_spec domain/{name}/{name}_spec.cpp)\n"
        project += "set_target_properties(cart_spec parcel_spec PROPERTIES " \
                   "RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/specs)\n"
        (self.root / "CMakeLists.txt").write_text(project)

    def write_spec(self, name, text):
        (self.root / "domain" / name / f"{name}_spec.cpp").write_text(text + "\n")

    def dev_test(self, *arguments):
        return subprocess.run([self.root / "dev" / "test", *arguments], text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def test_builds_and_runs_one_alone(self):
        self.write_spec("parcel", "none")
        done = self.dev_test("cart")
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("cart runs", done.stdout)
        self.write_spec("cart", "int main() { return 1; }")
        self.assertEqual(self.dev_test("cart").returncode, 1, "its spec fails")

    def test_shows_what_does_not_compile(self):
        self.write_spec("cart", "none")
        done = self.dev_test("cart")
        self.assertEqual(done.returncode, 1)
        self.assertIn("cart_spec.cpp:1:1: error", done.stdout)

    def test_says_which_there_are(self):
        done = self.dev_test("card")
        self.assertEqual(done.returncode, 1)
        self.assertIn("there is no aggregate card: there is cart parcel\n", done.stdout)


if __name__ == "__main__":
    suite.main()
