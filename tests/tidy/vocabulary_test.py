"""docs/VOCABULARY.md has each word that an aggregate and its spec may use.

That its examples are true, unit.vocabulary_spec says, which is made of them.
"""

import re
import sys
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from kit.page import blocks

PAGE = ROOT / "docs" / "VOCABULARY.md"
HEADERS = ("access", "history", "wire_default", "wire_description", "wire_limits")
# Not for aggregates.
OURS = {"all_can_be_kept", "allowed_if", "holds", "name_now", "named_by_place", "name_of",
        "of_each", "of_keys", "of_parts", "renamed_once"}
METHOD = re.compile(r" {4,8}\w[\w:<>&*,]*(?: [\w:<>&*,]+)* &?(\w+)\(")


def functions(header):
    return set(re.findall(r"^constexpr [^=;]*?\b(\w+)\(", header.read_text(), re.M)) - OURS


def methods(header):
    names, public = set(), False
    for line in header.read_text().splitlines():
        if line.strip() in ("public:", "private:"):
            public = line.strip() == "public:"
        found = METHOD.match(line)
        if public and found and not line.strip().startswith(("return", "explicit", "co_")):
            names.add(found[1])
    return names


class VocabularyTest(unittest.TestCase):
    def lacks(self, words, text):
        self.assertGreater(len(words), 0)
        return {word for word in words if not re.search(rf"\b{word}\b", text)}

    def test_the_page_has_each_word_in_its_code(self):
        code = "".join(block.text for block in blocks(PAGE) if block.language == "cpp")
        for name in HEADERS:
            words = functions(ROOT / "domain" / "kernel" / f"{name}.hpp")
            self.assertEqual(self.lacks(words, code), set(), name)
        for name in ("given", "outcome", "properties", "world"):
            words = methods(ROOT / "tests" / "kit" / f"{name}.hpp")
            self.assertEqual(self.lacks(words, code), set(), name)

    def test_the_page_has_all_that_may_be_asked(self):
        header = (ROOT / "domain" / "kernel" / "asked.hpp").read_text()
        members = re.findall(r"^    [\w:<>]+(?: \w+)*? (\w+)(?:\{|\()", header, re.M)
        self.assertEqual(self.lacks(set(members) - {"claim_names"}, PAGE.read_text()), set())


if __name__ == "__main__":
    unittest.main()
