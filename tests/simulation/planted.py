"""Plants each bug of planted/*.patch and tells after how many seeds the simulation finds it.

A patch says in its first line what it breaks, and in the second how many seeds may be needed, and
from which one on, since seeds that do not meet what it breaks show nothing. The files that it
changes are compiled with it and linked before the libraries that hold the sound ones.
"""

import json
import os
import re
import shlex
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD = Path(os.environ["ANTIPHON_BUILD"])
TARGET = "tests/simulation/simulation"
ROW = "{:<36} {:>8} {:>8}  {}"


def run(command, folder):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600)
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]}: {done.stdout}{done.stderr}")
    return done.stdout


def compile_commands():
    database = json.loads((BUILD / "compile_commands.json").read_text())
    return {os.path.relpath(entry["file"], ROOT): entry for entry in database}


def link_command():
    """Its objects, and what follows them."""
    line = run(["ninja", "-t", "commands", TARGET], BUILD).splitlines()[-1]
    line = line.removeprefix(": && ").removesuffix(" && :")
    return shlex.split(line)


class Bug:
    def __init__(self, patch):
        self.name = patch.stem
        self.patch = patch
        text = patch.read_text()
        self.what = text.splitlines()[0]
        seeds = re.search(r"^seeds: (\d+)(?: from (\d+))?$", text, re.M)
        self.seeds, self.first = seeds[1], seeds[2] or "1"
        self.files = re.findall(r"^\+\+\+ b/(\S+)", text, re.M)

    def build(self, folder, compiles, link):
        for file in self.files:
            copy = folder / file
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text((ROOT / file).read_text())
        run(["git", "apply", self.patch], folder)
        objects = []
        for file in self.files:
            entry = compiles[file]
            words = shlex.split(entry["command"])
            objects.append(str(folder / f"{len(objects)}.o"))
            words[words.index("-o") + 1] = objects[-1]
            words[words.index("-c") + 1] = str(folder / file)
            run(words, entry["directory"])
        program = folder / "simulation"
        words = list(link)
        words[words.index("-o") + 1] = str(program)
        first = next(i for i, word in enumerate(words) if word.endswith(".a"))
        run(words[:first] + objects + words[first:], BUILD)
        return program

    def find(self, compiles, link):
        """After how many seeds it is found, or None; and what was broken."""
        with tempfile.TemporaryDirectory(prefix="antiphon-planted-") as folder:
            program = self.build(Path(folder), compiles, link)
            seeds = ["--seeds", self.seeds, "--first", self.first]
            done = subprocess.run([program, *seeds, "--quiet"], capture_output=True, text=True,
                                  timeout=600)
        found = re.match(r"(\d+) seeds: (.*)", done.stdout)
        if found:
            return int(found[1]), found[2]
        if done.returncode != 0:
            return 0, f"ended with {done.returncode}: {done.stderr[-200:]}"
        return None, "NOT FOUND"


def main():
    bugs = [Bug(patch) for patch in sorted((HERE / "planted").glob("*.patch"))]
    bugs = [bug for bug in bugs if not sys.argv[1:] or bug.name in sys.argv[1:]]
    compiles, link = compile_commands(), link_command()
    print(ROW.format("planted bug", "allowed", "found at", "broken promise"))
    missed = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for bug, (at, broken) in zip(bugs, pool.map(lambda bug: bug.find(compiles, link), bugs)):
            print(ROW.format(bug.name, bug.seeds, at or "-", broken[:90]), flush=True)
            missed += not at
    print(f"{len(bugs)} planted, {len(bugs) - missed} found")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
