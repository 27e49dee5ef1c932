"""The main program of a test file: python3 x_test.py [embedded|apache] [TestClass.test_name]."""

import os
import shutil
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Taken out of the environment, where antiphon would refuse it as an unknown setting.
BUILD = Path(os.environ.pop("ANTIPHON_BUILD", ROOT / "build" / "dev")).resolve()
SKIPPED = 77  # ctest's SKIP_RETURN_CODE for these tests

broker = "embedded"


def is_sanitized():
    cache = (BUILD / "CMakeCache.txt").read_text()
    return any(line.startswith("ANTIPHON_SANITIZE:") and line.partition("=")[2]
               for line in cache.splitlines())


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


def main():
    global broker
    arguments = sys.argv[1:]
    if arguments and arguments[0] in ("embedded", "apache"):
        broker = arguments.pop(0)
    if broker == "apache":
        missing = [tool for tool in ("mvn", "java") if not shutil.which(tool)]
        if missing:
            skip(f"Apache Kafka needs {' and '.join(missing)}")
    unittest.main(module="__main__", argv=sys.argv[:1] + arguments, verbosity=2)
