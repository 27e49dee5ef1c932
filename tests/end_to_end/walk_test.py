"""docs/add-an-aggregate.md is done word for word, in a checkout of its own; and dev/new's refusals.

A block of the page is carried out by its language: `sh` is typed, at another terminal where the
line before it says so; `diff` is an edit of the file that is named before it; `text` is what some
terminal then shows, where … stands for what varies. The port alone is another one than the page's.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kit import page, suite, wait
from kit.guard import Guard
from kit.process import Process
from kit.system import free_port

PAGE = suite.ROOT / "docs" / "add-an-aggregate.md"
PAGES_PORT = "127.0.0.1:8080"
TYPED_PER_MINUTE = 200  # characters


# Beside it, all is as it was built: only the new folder is compiled.
PROJECT = f"""
cmake_minimum_required(VERSION 3.25)
project(small CXX)
enable_testing()
set(CMAKE_CXX_FLAGS_RELEASE "-O0")  # it is linked with what was built for tests
include({suite.ROOT}/cmake/Dependencies.cmake)
include({suite.BUILD}/AntiphonTargets.cmake)
include({suite.ROOT}/cmake/AddService.cmake)
add_compile_options(-Wall -Wextra -Wpedantic -Wconversion -Werror)
antiphon_add_service(antiphon)
"""


class Terminal:
    """A shell; and what it has shown that nobody has looked at yet."""

    def __init__(self, name, root):
        line = root / f"{name}.line"
        os.mkfifo(line)
        self.process = Process(name, ["sh", "-c", 'cd "$0" && exec bash -eu <"$1"', root, line],
                               root / f"{name}.log")
        self._line = line.open("w", buffering=1)
        self._seen = 0
        self._blocks = 0

    def run(self, commands):
        self._blocks += 1
        end = f"end of block {self._blocks}"
        self._line.write(f"{{ {commands}}} </dev/null\nprintf '\\n{end}\\n'\n")
        self.process.wait_line(end, 300)

    def become(self, command):
        self._line.write(f"exec {command.strip()} </dev/null\n")

    @property
    def screen(self):
        return self.process.output.replace("\r\n", "\n")

    def shows(self, pattern):
        found = re.compile(pattern, re.M).search(self.screen, self._seen)
        if found:
            self._seen = found.end()
        return found is not None

    def stop(self):
        self._line.close()
        self.process.stop()


def pattern_of(text):
    """A line of … alone is any number of lines."""
    lines = (r"(?:.*\n)*?" if line == "…" else re.escape(line).replace("…", ".*") + r"\n"
             for line in text.splitlines())
    return "^" + "".join(lines)


def edit(file, diff):
    """Each hunk has its place once in the file. Gives how many characters are new."""
    text, typed = file.read_text(), 0
    for hunk in diff.split("@@\n"):
        lines = [(line[:1] or " ", line[1:] + "\n") for line in hunk.splitlines()]
        old, new = ("".join(line for sign, line in lines if sign != other) for other in "+-")
        if text.count(old) != 1:
            raise AssertionError(f"{file.name} has this {text.count(old)} times:\n{old}")
        text = text.replace(old, new)
        typed += sum(len(line) for sign, line in lines if sign == "+")
    file.write_text(text)
    return typed


class Checkout(unittest.TestCase):
    """One without aggregates."""

    def setUp(self):
        self.root = Path(tempfile.mkdtemp(prefix="antiphon-test-"))
        self.addCleanup(shutil.rmtree, self.root)
        self.root.chmod(0o711)  # PostgreSQL runs as another user
        for name in ("dev", "web"):
            (self.root / name).symlink_to(suite.ROOT / name)
        for name in ("CMakePresets.json", ".clang-format"):
            shutil.copy(suite.ROOT / name, self.root)
        (self.root / "domain" / "kernel").mkdir(parents=True)

    def folders(self):
        return sorted(path.name for path in (self.root / "domain").iterdir() if path.is_dir())

    def dev_new(self, *arguments):
        return subprocess.run([self.root / "dev" / "new", *arguments], text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


class WalkTest(Checkout):
    def setUp(self):
        super().setUp()
        (self.root / "CMakeLists.txt").write_text(PROJECT)
        self.here = f"127.0.0.1:{free_port()}"
        data = self.root / "var"
        data.mkdir()
        (data / "antiphon.conf").write_text(f"http.port = {self.here.rpartition(':')[2]}\n")
        guard = Guard('"$0/dev/broker" stop "$0/var"; "$0/dev/postgres" stop "$0/var/postgres"',
                      self.root)
        self.addCleanup(guard.run_now)
        self.terminals = []
        self.commands, self.typed = 0, 0

    def terminal(self):
        terminal = Terminal(f"terminal-{len(self.terminals) + 1}", self.root)
        self.addCleanup(terminal.stop)
        self.terminals.append(terminal)
        return terminal

    def type(self, first, block):
        self.commands += len(block.text.splitlines())
        self.typed += len(block.text)
        text = block.text.replace(PAGES_PORT, self.here)
        if block.lead.endswith("another terminal:"):
            self.terminal().become(text)
        else:
            first.run(text)

    def edit(self, block):
        name = re.search(r"`(domain/\S+)`", block.lead)[1]
        self.typed += edit(self.root / name, block.text)

    def expect(self, block):
        pattern = pattern_of(block.text.replace(PAGES_PORT, self.here))
        try:
            wait.until(lambda: any(terminal.shows(pattern) for terminal in self.terminals),
                       "such a text", 120)
        except TimeoutError as error:
            shown = "".join(f"\n--- {terminal.process.name}\n{terminal.screen[-3000:]}"
                            for terminal in self.terminals)
            raise AssertionError(f"{error}:\n{block.text}{shown}") from None

    def carry_out(self, block, first):
        {"sh": lambda: self.type(first, block), "diff": lambda: self.edit(block),
         "text": lambda: self.expect(block)}[block.language]()

    def test_the_page_is_what_happens(self):
        begun = time.monotonic()
        first = self.terminal()
        for block in page.blocks(PAGE):
            try:
                self.carry_out(block, first)
            except Exception as error:
                raise AssertionError(f"{PAGE.name}:{block.line}: {error}") from error
        seconds = time.monotonic() - begun
        self.assertEqual(self.folders(), ["kernel", "work_order"])
        files = list((self.root / "domain" / "work_order").iterdir())
        print(f"\nthe walk: {len(files)} files in one folder, {self.commands} commands, "
              f"{self.typed} characters, which take {self.typed / TYPED_PER_MINUTE:.0f} minutes to "
              f"type; {seconds:.0f} s of this machine")


class DevNewTest(Checkout):
    def test_what_cannot_be_a_name_is_said_in_a_sentence(self):
        (self.root / "domain" / "there").mkdir()
        for name in ("Invoice", "2nd", "a-b", "a__b", "", "../x", "class", "command", "created",
                     "kernel", "there"):
            refused = self.dev_new(name)
            self.assertEqual(refused.returncode, 1, name)
            self.assertEqual(refused.stdout.count("\n"), 1, refused.stdout)
            self.assertTrue(refused.stdout.startswith("dev/new: "), refused.stdout)
        self.assertEqual(self.dev_new().returncode, 2)
        self.assertEqual(self.folders(), ["kernel", "there"])

    def test_its_templates_have_more_code_than_words(self):
        lines = [line.strip() for path in (suite.ROOT / "dev" / "aggregate").iterdir()
                 for line in path.read_text().splitlines() if line.strip()]
        comments = sum(line.startswith("//") for line in lines)
        self.assertLess(10 * comments, len(lines))


if __name__ == "__main__":
    suite.main()
