"""Sums up ctest's JUnit files: who failed, who was skipped, and one line of counts."""

import os
import re
import sys
import xml.etree.ElementTree as xml
from pathlib import Path

GTEST_SKIP = re.compile(r"^\[  SKIPPED \] ([\w./]+)", re.MULTILINE)


def read(file):
    """(name with preset, "passed" | "failed" | "skipped") for each test."""
    preset = Path(file).parent.name
    for case in xml.parse(file).iter("testcase"):
        name = f"{preset}/{case.get('name')}"
        status = case.get("status")
        verdict = "passed" if status == "run" else "failed"
        if case.find("skipped") is not None and status != "fail":
            # ctest calls it skipped too when a program is not there, or a dependency failed.
            reason = case.find("skipped").get("message", "")
            verdict = "skipped" if "SKIP" in reason else "failed"
        yield name, verdict
        # A GoogleTest program passes although some of its tests were skipped.
        output = case.findtext("system-out") or ""
        for test in sorted(set(GTEST_SKIP.findall(output))):
            yield f"{name}: {test}", "skipped"


def main(files):
    tests = [test for file in files for test in read(file)]
    by_verdict = {verdict: [name for name, its in tests if its == verdict]
                  for verdict in ("passed", "failed", "skipped")}
    for verdict in ("failed", "skipped"):
        for name in by_verdict[verdict]:
            print(f"{verdict}: {name}")
    print(", ".join(f"{len(names)} {verdict}" for verdict, names in by_verdict.items()))
    skip_fails = os.environ.get("CI") == "true" and by_verdict["skipped"]
    return 1 if by_verdict["failed"] or skip_fails or not by_verdict["passed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
