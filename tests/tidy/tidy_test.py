"""Every check of tidy.py bites, and none bites what is right."""

import pathlib
import tempfile
import unittest

from co_await import braces_in_awaits
from tidy import findings


class Tidy(unittest.TestCase):
    def found(self, path, text):
        """The lines found in a tree of this one file."""
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
            return [int(each.split(":")[1]) for each in findings(pathlib.Path(folder))]

    def test_arrows(self):
        wrong = [
            ("domain/kernel/a.cpp", "domain/ports/b.hpp"),
            ("domain/kernel/a.cpp", "domain/account/b.hpp"),
            ("domain/account/a.cpp", "domain/invoice/b.hpp"),
            ("domain/account/a.cpp", "infra/memory/b.hpp"),
            ("infra/kafka/a.cpp", "infra/postgres/b.hpp"),
            ("infra/kafka/a_spec.cpp", "infra/postgres/b.hpp"),
            ("gateway/sse/a.cpp", "infra/kafka/b.hpp"),
            ("gateway/sse/a.cpp", "services/relay/b.hpp"),
            ("services/relay/a.cpp", "services/worker/b.hpp"),
            ("services/relay/a.cpp", "infra/memory/b.hpp"),
            ("services/worker/a.cpp", "domain/account/b.hpp"),
        ]
        right = [
            ("domain/account/a.cpp", "domain/kernel/b.hpp"),
            ("gateway/sse/a.cpp", "gateway/http/b.hpp"),
            ("services/worker/a.cpp", "domain/ports/b.hpp"),
            ("services/worker/a_spec.cpp", "infra/memory/b.hpp"),
            ("services/antiphon/a.cpp", "infra/kafka/b.hpp"),
            ("tests/contract/a.cpp", "infra/kafka/b.hpp"),
        ]
        for path, target in wrong:
            self.assertEqual(self.found(path, f'\n#include "{target}"\n'), [2], (path, target))
        for path, target in right:
            self.assertEqual(self.found(path, f'\n#include "{target}"\n'), [], (path, target))

    def test_homes_of_headers(self):
        for path, header, count in [
            ("gateway/http/a.cpp", "boost/beast/http.hpp", 0),
            ("gateway/sse/a.cpp", "boost/beast/http.hpp", 1),
            ("services/relay/a.cpp", "boost/asio.hpp", 1),
            ("domain/account/a.cpp", "nlohmann/json.hpp", 0),
            ("infra/jwt/a.cpp", "pqxx/pqxx", 1),
            ("infra/postgres/a.cpp", "jwt.h", 1),
            ("infra/postgres/a.cpp", "librdkafka/rdkafka.h", 1),
        ]:
            self.assertEqual(len(self.found(path, f"#include <{header}>\n")), count, path)

    def test_headers(self):
        self.assertEqual(self.found("infra/jwt/a.hpp", "// late\n#pragma once\n"), [1])
        self.assertEqual(self.found("infra/jwt/a.hpp", "#pragma once\n\nclass A {\n};\n"), [3])
        for right in ("/// Why.\nclass A {", "/// Why.\ntemplate <class T>\nclass A {", "class A;"):
            self.assertEqual(self.found("infra/jwt/a.hpp", f"#pragma once\n{right}\n"), [])

    def test_sizes(self):
        self.assertEqual(self.found("a.cpp", "x\n" * 401), [401])
        self.assertEqual(self.found("a.cpp", "x\n" * 400), [])
        self.assertEqual(self.found("a.py", "x" * 101), [1])
        self.assertEqual(self.found("a.cpp", "// " + "ü" * 97), [])

    def test_sleeps(self):
        self.assertEqual(self.found("tests/contract/a.cpp", "sleep_for(one_second);"), [1])
        self.assertEqual(self.found("infra/kafka/a_spec.cpp", "usleep(5);"), [1])
        self.assertEqual(self.found("infra/kafka/a.cpp", "sleep_for(one_second);"), [])

    def test_words(self):
        self.assertEqual(self.found("dev/run", "# TO" "DO later"), [1])
        self.assertEqual(self.found("docs/a.md", "see /wo" "rk/shared"), [1])
        self.assertEqual(self.found("docs/a.md", "https://registry.npmjs" ".org/x"), [1])
        self.assertEqual(self.found("docs/a.md", "see services/wo" "rk/shared"), [])

    def test_links(self):
        self.assertEqual(self.found("docs/a.md", "[a](a.md) [b](#x) [c](https://c.org)"), [])
        self.assertEqual(self.found("docs/a.md", "\n[b](../b.md#part)"), [2])

    def test_braces_in_awaits(self):
        for wrong in (
            "co_await send(Message{1});",
            "co_await send(\n    [&] { return 1; });",
            "auto answer = Answer{co_await read()};",
            "co_await pair(1, 2), Agg{3};",
            "store(Message{1}, co_await read());",
            "co_return {co_await read()};",
            "if (co_await send(Message{1})) {\n}",
        ):
            self.assertEqual(list(braces_in_awaits(wrong)), [1], wrong)
        for right in (
            "co_await read();",
            "auto run = []() -> awaitable<void> { co_await read(); };",
            "if (co_await read()) {\n    go();\n}",
            "while (auto next = co_await read()) {\n}",
            "Message message{1};\nco_await send(std::move(message));",
            "void f() {\n    if (x) {\n    }\n    co_await read();\n}",
            'co_await send("{}");  // {',
            "co_return Agg{1};",
            "for (int i = 0; i < 1'000; ++i) co_await read();\nAgg agg{'a'};",
        ):
            self.assertEqual(list(braces_in_awaits(right)), [], right)


if __name__ == "__main__":
    unittest.main()
