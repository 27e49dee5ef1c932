"""dev/new makes a folder that builds and whose specs pass."""

import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kit import suite

# Beside it, all is as it was built: only the new folder is compiled.
PROJECT = f"""
cmake_minimum_required(VERSION 3.25)
project(small CXX)
enable_testing()
set(CMAKE_CXX_STANDARD 20)
include_directories(${{PROJECT_SOURCE_DIR}} {suite.ROOT})
find_package(GTest REQUIRED)
add_compile_options(-Wall -Wextra -Wpedantic -Wconversion -Werror)
add_library(house_options INTERFACE)
add_library(domain_kernel STATIC IMPORTED GLOBAL)
set_target_properties(domain_kernel PROPERTIES
  IMPORTED_LOCATION {suite.BUILD}/domain/libdomain_kernel.a)
add_library(kit STATIC IMPORTED GLOBAL)
set_target_properties(kit PROPERTIES
  IMPORTED_LOCATION {suite.BUILD}/tests/kit/libkit.a
  INTERFACE_LINK_LIBRARIES "domain_kernel;GTest::gtest")
add_library(kit_golden STATIC IMPORTED GLOBAL)
set_target_properties(kit_golden PROPERTIES
  IMPORTED_LOCATION {suite.BUILD}/domain/libkit_golden.a
  INTERFACE_LINK_LIBRARIES domain_kernel)
include({suite.ROOT}/cmake/Specs.cmake)
include({suite.ROOT}/cmake/Aggregates.cmake)
set(BUILD_TESTING ON)
add_subdirectory(domain)
"""


class NewAggregateTest(unittest.TestCase):
    def setUp(self):
        self.root = Path(tempfile.mkdtemp(prefix="antiphon-test-"))
        self.addCleanup(shutil.rmtree, self.root)
        for name in ("dev", "tests", "cmake"):
            (self.root / name).symlink_to(suite.ROOT / name)
        for name in ("CMakePresets.json", ".clang-format"):
            shutil.copy(suite.ROOT / name, self.root)
        (self.root / "CMakeLists.txt").write_text(PROJECT)
        (self.root / "domain" / "kernel").mkdir(parents=True)
        (self.root / "domain" / "CMakeLists.txt").write_text("add_aggregates()\n")

    def run_script(self, name, *arguments):
        return subprocess.run([self.root / "dev" / name, *arguments], text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def folders(self):
        return sorted(path.name for path in (self.root / "domain").iterdir() if path.is_dir())

    def test_a_new_one_builds_and_passes(self):
        made = self.run_script("new", "shopping_list")
        self.assertEqual(made.returncode, 0, made.stdout)
        folder = self.root / "domain" / "shopping_list"
        files = [f"shopping_list{end}" for end in (".cpp", ".hpp", "_events.json", "_spec.cpp",
                                                   "_wire.cpp")]
        self.assertEqual(sorted(path.name for path in folder.iterdir()), files)
        self.assertIn("struct ShoppingList {", (folder / "shopping_list.hpp").read_text())
        for path in folder.iterdir():
            self.assertNotIn("@", path.read_text())
        lines = [line.strip() for path in folder.glob("*.?pp")
                 for line in path.read_text().splitlines() if line.strip()]
        comments = sum(line.startswith("//") for line in lines)
        self.assertLess(10 * comments, len(lines), "more code than words")
        tested = self.run_script("test", "shopping_list")
        self.assertEqual(tested.returncode, 0, tested.stdout)
        self.assertIn("3 tests", tested.stdout)

        again = self.run_script("new", "shopping_list")
        self.assertEqual(again.returncode, 1)
        self.assertIn("dev/new: there is a folder domain/shopping_list\n", again.stdout)
        self.assertEqual(self.folders(), ["kernel", "shopping_list"])

    def test_what_cannot_be_a_name_is_said_in_a_sentence(self):
        for name in ("Invoice", "2nd", "a-b", "a__b", "", "../x", "class", "command", "created",
                     "kernel"):
            refused = self.run_script("new", name)
            self.assertEqual(refused.returncode, 1, name)
            self.assertEqual(refused.stdout.count("\n"), 1, refused.stdout)
            self.assertTrue(refused.stdout.startswith("dev/new: "), refused.stdout)
        self.assertEqual(self.run_script("new").returncode, 2)
        self.assertEqual(self.folders(), ["kernel"])


if __name__ == "__main__":
    suite.main()
