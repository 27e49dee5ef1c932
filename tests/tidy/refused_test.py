"""An author's mistakes that would corrupt silently are refused by the compiler, in one sentence.

    refused_test.py <build folder>

Compiles a sound aggregate with the project's own compiler and flags, then with one mistake each.
The first error has to be the sentence, and the type that it is about has to be named above it.
"""

import json
import os
import pathlib
import shlex
import subprocess
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor

from sound_aggregates import SOUNDS

CENTS = "std::int64_t cents = 0;"
CENTS_FIELD = 'field("cents", &Ordered::cents'
MISSING = "a field of this struct is missing"
TWICE = "two fields of this struct's wire have one name, or are one field twice"
NAME = "the name of a command or an event is 1 to 100 letters"
CATEGORY = "the category of an aggregate is 1 to 100 letters"
NO_WIRE = "a command or an event has no wire"
EQUAL = "    bool operator==(const {}&) const = default;\n"
NO_EQUAL = "an event, or what it holds, has no operator=="
LIMIT = "a limit does not fit the type of its field"
BEYOND = "a limit of a field in this struct's wire cannot be kept"
WIRE = "template <> inline constexpr auto wire<"
RENAMED = 'renamed("noted", "written")'
NOTHING = "an upcast gives neither an event of this aggregate, nor a list of them"
DEFAULT = "the default of a field is not of the field's type"
PAYMENT = 'tagged("by", alternative<Card>("card"), alternative<Cash>("cash"))'

DECIDE = "    static Decision<Event> decide(const Command&, const State&);\n"

# What is written instead of what, what is said, and the type that is named.
MISTAKES = [
    (',\n    field("cents", &Ordered::cents)', "", MISSING, "Ordered"),
    (',\n    field("payment", &Paid::payment)', "", MISSING, "Paid"),
    (',\n    field("kind", &Paid::kind)', "", MISSING, "Paid"),
    (',\n    field("count", &Item::count, at_least(1))', "", MISSING, "Item"),
    (', field("note", &Order::note)', "", MISSING, "Order"),
    (", hidden(&Shop::State::index)", "", MISSING, "State"),
    ("bool open = false;", "bool open = false, other = false;", MISSING, "State"),
    ('field("open", &Shop::State::open)', "hidden(&Shop::State::index)", TWICE, "State"),
    ("struct Cancelled {", "struct Cancelled { bool late = false;", MISSING, "Cancelled"),
    ("struct Order {", "struct Order : Other {", MISSING, "Order"),
    ("struct Ordered {", "struct Ordered { std::array<int, 3> spare;", MISSING, "Ordered"),
    (CENTS_FIELD, 'field("urgent", &Ordered::cents', TWICE, "Ordered"),
    ('"count", &Item::count, at_least(1)', '"again", &Item::sku', TWICE, "Item"),
    ('"note", &Order::note', '"note", &Other::note', "belongs to another struct", "Order"),
    ('field("sku", ', 'field("", ', "the name of a field is", "Item"),
    ('field("sku", ', 'field("a\\"b", ', "the name of a field is", "Item"),
    ('field("sku", ', 'field("\\xc3", ', "the name of a field is", "Item"),
    (CENTS_FIELD, "hidden(&Ordered::cents", "only a field of a state", "Ordered"),
    ("struct Ordered {", "struct Ordered { Ordered(); ", "is a plain struct", "Ordered"),
    ("struct Ordered {", "struct Ordered { virtual void f() {}", "is a plain struct", "Ordered"),
    (CENTS, "Colour cents{};", "a field is an enum without names", "Colour"),
    (CENTS, "std::vector<Colour> cents;", "a field is an enum without names", "Colour"),
    (CENTS, "double cents = 0;", "a field is a floating-point number", "Ordered"),
    (CENTS, "std::optional<float> cents;", "a field is a floating-point number", "Ordered"),
    (CENTS, "char cents = 0;", "a field is a character", "Ordered"),
    (CENTS, "char32_t cents = 0;", "a field is a character", "Ordered"),
    (CENTS, "std::pair<int, int> cents;", "is of a class that has no wire", "std::pair"),
    (CENTS, "std::string_view cents;", "is of a class that has no wire", "string_view"),
    (CENTS, "const char* cents = nullptr;", "of a type that JSON cannot fill", "Ordered"),
    (CENTS, "const std::string cents{};", "of a type that JSON cannot fill", "Ordered"),
    (CENTS, "std::nullptr_t cents{};", "of a type that JSON cannot fill", "Ordered"),
    (CENTS, "const int cents = 0;", "of a type that JSON cannot fill", "Ordered"),
    (CENTS, "int cents[2];", "of a type that JSON cannot fill", "Ordered"),
    (CENTS, "std::optional<std::optional<int>> cents;", "of optionals does not come back",
     "Ordered"),
    (CENTS, "std::vector<std::optional<int>> cents;", "of optionals does not come back", "Ordered"),
    (CENTS, "std::map<std::string, std::optional<int>> cents;", "of optionals does not come back",
     "Ordered"),
    (CENTS, "std::map<int, int> cents;", "the key of a map is no text", "std::map"),
    (CENTS, "std::map<Colour, int> cents;", "the key of a map is no text", "Colour"),
    (CENTS, "std::map<std::string, Colour> cents;", "a field is an enum without names", "Colour"),
    (CENTS, "Decimal<19> cents;", "a Decimal has 1 to 18 decimals", "Decimal<19>"),
    ("bool open = false;", "double open = 0;", "a field is a floating-point number", "State"),
    ('named("usd", Currency::usd)', 'named("eur", Currency::usd)', "two enumerators", "Currency"),
    ('named("usd", Currency::usd)', 'named("usd", Currency::eur)', "two enumerators", "Currency"),
    (', named("usd", Currency::usd)', "", "an enumerator has no name", "Currency"),
    ('named("usd", ', 'named("", ', "the name of an enumerator is", "Currency"),
    ('named("usd", ', 'named("\\"", ', "the name of an enumerator is", "Currency"),
    (WIRE + "Currency>", WIRE + "Colour>", "an enum without names", "Currency"),
    (f"{WIRE}Payment> =\n    {PAYMENT};", "", "a field is a variant without a tag", "Card"),
    (', alternative<Cash>("cash")', "", "a field is a variant without a tag", "Cash"),
    ('alternative<Card>("card")', 'alternative<Other>("card")', "a field is a variant without a "
     "tag, or that says other", "Card"),
    (f"{WIRE}Cash> = object();", "", "an alternative of a variant is no struct", "Cash"),
    ('alternative<Cash>("cash")', 'alternative<Cash>("card")', "two alternatives of this variant's",
     "Cash"),
    ('alternative<Cash>("cash")', 'alternative<Cash>("")', "a tag, or the name of an", "Cash"),
    ('tagged("by"', 'tagged("\\n"', "a tag, or the name of an", "Cash"),
    ('tagged("by"', 'tagged("number"', "is named like the tag", "Card"),
    ("std::string number;", "Colour number{};", "a field is an enum", "Colour"),
    ("struct Sku {", "struct Sku { explicit Sku(std::string);", "has no value before", "Sku"),
    (CENTS_FIELD, CENTS_FIELD + ", length(1, 2)", LIMIT, "Ordered"),
    (CENTS_FIELD, CENTS_FIELD + ", items(1, 2)", LIMIT, "Ordered"),
    (CENTS_FIELD, CENTS_FIELD + ', "positive"', LIMIT, "Ordered"),
    (CENTS_FIELD, CENTS_FIELD + ", at_least(1.5)", LIMIT, "Ordered"),
    (CENTS_FIELD, CENTS_FIELD + ', at_least(Decimal<2>("1"))', LIMIT, "Ordered"),
    (CENTS_FIELD, CENTS_FIELD + ", at_most(1ull << 63)", BEYOND, "Ordered"),
    ("&Item::sku, length(1, 40)", "&Item::sku, at_least(1)", LIMIT, "Item"),
    ("&Item::sku, length(1, 40)", "&Item::sku, items(1, 40)", LIMIT, "Item"),
    ("length(1, 40)", "length(40, 1)", BEYOND, "Item"),
    ("items(0, 9)", "length(0, 9)", LIMIT, "Item"),
    ("items(0, 9)", "items(9, 0)", BEYOND, "Item"),
    ("items(0, 9)", "each(length(0, 9))", LIMIT, "Item"),
    ("items(0, 9)", "each(otherwise())", LIMIT, "Item"),
    ("items(0, 9)", "keys(length(0, 9))", LIMIT, "Item"),
    ("&Item::sku, length(1, 40)", "&Item::sku, each(length(1, 40))", LIMIT, "Item"),
    ("&Item::count, at_least(1)", "&Item::count, at_least(-1)", BEYOND, "Item"),
    ("&Item::count, at_least(1)", "&Item::count, at_most(256)", BEYOND, "Item"),
    ('at_most(Decimal<2>("99.99"))', 'at_most(Decimal<3>("99.99"))', LIMIT, "Paid"),
    ('at_most(Decimal<2>("99.99"))', "at_most(1'000'000'000'000'000'000)", BEYOND, "Paid"),
    ('"urgent", &Ordered::urgent', '"urgent", &Ordered::urgent, at_least(0)', LIMIT, "Ordered"),
    ('"kind", &Paid::kind', '"kind", &Paid::kind, length(1, 2)', LIMIT, "Paid"),
    (EQUAL.format("Ordered"), "", NO_EQUAL, "Ordered"),
    (EQUAL.format("Cancelled"), "", NO_EQUAL, "Cancelled"),
    (EQUAL.format("Item"), "", NO_EQUAL, "Item"),
    (EQUAL.format("Card"), "", NO_EQUAL, "Card"),
    (EQUAL.format("Sku"), "", NO_EQUAL, "Sku"),
    ('message("cancel")', 'message("order")', "two commands of this aggregate", "Shop"),
    ('message("cancelled")', 'message("ordered")', "two events of this aggregate", "Shop"),
    ("variant<Order, Cancel>", "variant<Order, Cancel, Cancel>", "two commands of this", "Shop"),
    ('message("cancel")', 'message("")', NAME, "Cancel"),
    ('message("cancel")', "object()", NAME, "Cancel"),
    ('message("cancel")', 'message("can/cel")', NAME, "Cancel"),
    ('message("cancel")', 'message("..")', NAME, "Cancel"),
    ('message("cancel")', 'message("Cancel?")', NAME, "Cancel"),
    ('message("cancelled")', 'message("can celled")', NAME, "Cancelled"),
    ('message("cancelled")', f'message("{"c" * 101}")', NAME, "Cancelled"),
    (WIRE + 'Cancel> = message("cancel");', "", NO_WIRE, "Cancel"),
    (WIRE + 'Cancelled> = message("cancelled");', "", NO_WIRE, "Cancelled"),
    (WIRE + "Shop::State> =\n"
     '    object(field("open", &Shop::State::open), hidden(&Shop::State::index));', "",
     "a state has no wire", "State"),
    ("    static constexpr auto access = domain::access(allow<Order, Cancel>(anyone()));\n", "",
     "does not say who may send its commands", "Shop"),
    ("allow<Order, Cancel>(anyone())", "allow<Order>(anyone())", "has no rule that says who may",
     "Shop"),
    ("allow<Order, Cancel>(anyone())", "allow<Order, Cancel>(anyone()), allow<Order>(role(\"a\"))",
     "has two rules that say who may", "Shop"),
    ("    static bool may_read(const State&, const Asked&);\n", "", "does not say who may read it",
     "Shop"),
    (DECIDE, DECIDE + "static std::vector<std::string> reserves(const State&);",
     "what this aggregate reserves is not told", "Shop"),
    (DECIDE, DECIDE + 'static Reservations reserves(const State&) { return {{"a b", ""}}; }',
     "is not a constant expression", "Scope"),
    *[('category = "shop"', f'category = "{category}"', CATEGORY, "Shop")
      for category in ("", "a/b", "a.b", "a b", "$shop", "_shop", "ümlaut", "command", "s" * 101)],
    (RENAMED, 'renamed("noted", "writen")', "renamed to one that is neither", "Log"),
    (RENAMED, RENAMED + ', renamed("a", "b"), renamed("b", "a")', "go in a circle", "Log"),
    (RENAMED, 'renamed("written", "written")', "that still has that name", "Log"),
    (RENAMED, RENAMED + ', ignored("written")', "that still has that name", "Log"),
    (RENAMED, RENAMED + ', ignored("noted")', "about events of one name", "Log"),
    (RENAMED, 'renamed("line", "written")', "about events of one name", "Log"),
    ('message("line"', 'message("written"', "that still has that name", "Log"),
    ('message("line"', 'message("li/ne"', NAME, "Line"),
    (WIRE + 'Line> = message("line", field("text", &Line::text));', "", NO_WIRE, "Line"),
    ("struct Line {", "struct Line { double weight = 0;", MISSING, "Line"),
    ("return Written{old.text};", "return old.text;", NOTHING, "Line"),
    ("return std::vector<Line>();", "return std::vector<Write>();", NOTHING, "Page"),
    ("upcast([](const Line& old) { return Written{old.text}; }),", "", NOTHING, "Page"),
    ("return Written{old.text};", "return Page{{old.text}};", "upcasts of this aggregate go in a "
     "circle", "Line"),
    ("otherwise(-1)", "otherwise(-129)", BEYOND, "Written"),
    ("otherwise(-1)", 'otherwise("none")', DEFAULT, "Written"),
    ("otherwise(-1)", "otherwise(0.5)", DEFAULT, "Written"),
    ("otherwise(-1)", "otherwise(false)", DEFAULT, "Written"),
    ("&Written::line)", "&Written::line, otherwise(5))", DEFAULT, "Written"),
    ("std::int8_t level = 0;", "std::optional<std::int8_t> level;", "an optional field that an "
     "event lacks is empty already", "Written"),
    ("&Write::line)", '&Write::line, otherwise(""))', "a default is for events", "Write"),
]


def compile_command(build):
    """How account_wire.cpp is compiled, without what it is compiled to."""
    for unit in json.loads((build / "compile_commands.json").read_text()):
        if unit["file"].endswith("domain/account/account_wire.cpp"):
            words = shlex.split(unit["command"])
            if pathlib.Path(words[0]).name == "ccache":
                words = words[1:]
            return words[:words.index("-o")], unit["directory"]
    raise LookupError("account_wire.cpp is not built")


class Refused(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(scratch.cleanup)
        cls.scratch = scratch.name
        header = pathlib.Path("domain/kernel/wire.hpp")  # compiled once, for speed
        precompiled = pathlib.Path(cls.scratch, header).with_suffix(".hpp.gch")
        precompiled.parent.mkdir(parents=True)
        root = pathlib.Path(__file__).resolve().parents[2]
        cls.run_compiler("-x", "c++-header", str(root / header), "-o", str(precompiled))

    @classmethod
    def run_compiler(cls, *arguments):
        words, folder = cls.command
        return subprocess.run([*words, *arguments], cwd=folder, env=os.environ | {"LC_ALL": "C"},
                              text=True, capture_output=True, check=False)

    def said(self, text):
        """What the compiler says of it."""
        with tempfile.NamedTemporaryFile("w", suffix="_wire.cpp", dir=self.scratch) as file:
            file.write(text)
            file.flush()
            run = self.run_compiler("-I", self.scratch, "-fsyntax-only", file.name)
        return run.stderr

    def test_what_is_sound_compiles(self):
        for sound in SOUNDS:
            self.assertEqual(self.said(sound), "")

    def test_each_mistake_is_one_sentence(self):
        texts = []
        for old, new, _, _ in MISTAKES:
            sound = next(sound for sound in SOUNDS if old in sound)
            self.assertEqual(sound.count(old), 1, old)
            texts.append(sound.replace(old, new))
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            answers = list(pool.map(self.said, texts))
        for (_, new, sentence, type_name), answer in zip(MISTAKES, answers):
            with self.subTest(new or sentence):
                errors = [line for line in answer.splitlines() if "error:" in line]
                self.assertTrue(errors, "it compiles")
                self.assertIn(sentence, errors[0])
                self.assertLessEqual(len(errors), 3, answer)
                self.assertIn(type_name, answer.split(errors[0])[0])


if __name__ == "__main__":
    Refused.command = compile_command(pathlib.Path(sys.argv.pop()))
    unittest.main()
