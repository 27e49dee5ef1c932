"""Checks what the compiler cannot: who may include whom, traps of our compiler, and manners.

    tidy.py <root>        prints file:line: message for each finding; exits 1 if there is any
"""

import pathlib
import re
import sys

from co_await import braces_in_awaits

SKIPPED_FOLDERS = {".git", ".cache", "build", "var", "node_modules", "__pycache__"}
SOURCE_ENDINGS = {".hpp", ".cpp", ".py", ".js", ".sql", ".cmake", ".in", ".sh"}
LINES_MAX = 400
COLUMNS_MAX = 100

# What a folder may include besides itself; the first that fits counts.
ARROWS = [
    ("domain/kernel", []),
    ("domain/ports", ["domain/kernel"]),
    ("domain/*", ["domain/kernel"]),
    ("infra/*", ["domain/kernel", "domain/ports"]),
    ("gateway", ["domain/kernel", "domain/ports"]),
    ("services/antiphon", ["domain", "infra", "gateway", "services"]),
    ("services/*", ["domain/kernel", "domain/ports"]),
]
# A spec stands its subject in a world of memory, with real time if it has to; so does what specs
# share.
SPEC = re.compile(r"(_spec\.cpp|/spec_\w+\.hpp)$")
SPEC_ARROWS = ["tests/kit", "infra/crypto", "infra/memory", "infra/process", "infra/runtime",
               "domain/ports"]

# A foreign header, and the files that may include it.
HOMES = [
    ("boost/beast", r"gateway/http/.*\.cpp"),
    ("boost/asio", r"(gateway|services/antiphon)/.*"),
    ("nlohmann/", r".*\.cpp"),
    ("spdlog/", r".*\.cpp"),
    ("CLI/", r".*\.cpp"),
    ("pqxx/", r"infra/postgres/.*"),
    ("librdkafka/", r"(infra/kafka|services/embedded_broker|tests/end_to_end/fault_injection)/.*"),
    ("jwt.h", r"infra/jwt/.*"),
    ("zstd.h", r"infra/archive/.*"),
]

UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|X" r"XX)\b")
THIS_MACHINE = re.compile(
    r"(?<![\w.])/wo" r"rk/|\b(registry\.npmjs|repo1?\.maven|pypi|files\.pythonhosted)\.(org|apache)"
)


def home_of(path):
    """The folder of ARROWS that a file lies in, and what it may include."""
    for pattern, allowed in ARROWS:
        found = re.match(pattern.replace("*", r"[^/]+") + "/", path)
        if found:
            return found[0], allowed
    return None, None


def wrong_includes(path, text):
    home, allowed = home_of(path)
    if home is None:
        return
    if SPEC.search(path):
        allowed = allowed + SPEC_ARROWS
    for number, line in enumerate(text.splitlines(), 1):
        ours = re.match(r'#include "([^"]+)"', line)
        foreign = re.match(r"#include <([^>]+)>", line)
        if ours and not ours[1].startswith((home, *(folder + "/" for folder in allowed))):
            yield number, f"{home[:-1]} may not include {ours[1]}"
        for start, homes in HOMES if foreign else []:
            if foreign[1].startswith(start) and not re.fullmatch(homes, path):
                yield number, f"<{foreign[1]}> may be included only by {homes}"


def header_manners(path, text):
    if not path.endswith(".hpp"):
        return
    lines = text.splitlines()
    if not lines or lines[0] != "#pragma once":
        yield 1, "a header begins with #pragma once"
    for number, line in enumerate(lines, 1):
        # A class that implements another keeps the promises of that one.
        if re.match(r"class \w+[^;:]*\{", line):
            before = number - 2
            while before >= 0 and lines[before].startswith("template"):
                before -= 1
            if before < 0 or not lines[before].startswith("///"):
                yield number, "a class says in a /// comment what it is for"


def sizes(path, text):
    if pathlib.PurePath(path).suffix not in SOURCE_ENDINGS:
        return
    lines = text.splitlines()
    if len(lines) > LINES_MAX:
        yield LINES_MAX + 1, f"{len(lines)} lines are more than one subject has"
    for number, line in enumerate(lines, 1):
        if len(line) > COLUMNS_MAX:
            yield number, f"{len(line)} columns"


def sleeps(path, text):
    in_tests = path.startswith("tests/") or path.endswith("_spec.cpp")
    if not in_tests or not path.endswith(("pp")) or path == "tests/kit/eventually.hpp":
        return
    for number, line in enumerate(text.splitlines(), 1):
        if re.search(r"\b(sleep_for|sleep_until|u?sleep)\(", line):
            yield number, "no sleep in a test: wait for a thing with kit::eventually"


def awaits(path, text):
    if path.endswith((".cpp", ".hpp")):
        for number in braces_in_awaits(text):
            yield number, "braces in a co_await expression: name it, then await it (ADR 4)"


def words(path, text):
    for number, line in enumerate(text.splitlines(), 1):
        if found := UNFINISHED.search(line):
            yield number, f"unfinished: {found[0]}"
        if found := THIS_MACHINE.search(line):
            yield number, f"holds on one machine only: {found[0]}"


def dead_links(root):
    def check(path, text):
        if not path.endswith(".md"):
            return
        folder = (root / path).parent
        for number, line in enumerate(text.splitlines(), 1):
            for target in re.findall(r"\]\(([^)\s]+)\)", line):
                target = target.split("#")[0]
                if target and not re.match(r"\w+:", target) and not (folder / target).exists():
                    yield number, f"dead link: {target}"

    return check


def files(root):
    for path in sorted(root.rglob("*")):
        parts = path.relative_to(root).parts
        if path.is_file() and SKIPPED_FOLDERS.isdisjoint(parts):
            yield path


def findings(root):
    checks = [wrong_includes, header_manners, sizes, sleeps, awaits, words, dead_links(root)]
    for file in files(root):
        try:
            text = file.read_text()
        except UnicodeDecodeError:
            continue  # an image
        path = file.relative_to(root).as_posix()
        for check in checks:
            for number, message in check(path, text):
                yield f"{path}:{number}: {message}"


if __name__ == "__main__":
    found = list(findings(pathlib.Path(sys.argv[1])))
    print("\n".join(found) or "tidy")
    sys.exit(bool(found))
