"""The contracts, judged by the validators of those who made the formats, and held against what the
gateway takes, answers and streams. contracts/package-lock.json says which validators."""

import json
import shutil
import subprocess
import sys
import tempfile
import unittest
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kit import suite
from kit.client import aggregate_path
from kit.system import System, run

HERE = Path(__file__).resolve().parent / "contracts"
CACHE = suite.ROOT / "var" / "cache" / "contracts"
SCHEMAS = "#/components/schemas/"

# category, command, body: what the schema says of it, the gateway has to say, too.
COMMANDS = [
    ("account", "deposit", {"cents": 5}),
    ("account", "deposit", {"cents": -(2**63)}),
    ("account", "deposit", {"cents": 5.0}),
    ("account", "deposit", {"cents": 5.5}),
    ("account", "deposit", {"cents": 2**64}),
    ("account", "deposit", {"cents": "5"}),
    ("account", "deposit", {"cents": True}),
    ("account", "deposit", {"cents": None}),
    ("account", "deposit", {}),
    ("account", "deposit", {"cents": 5, "note": ""}),
    ("account", "deposit", []),
    ("account", "deposit", 5),
    ("account", "close", {}),
    ("account", "close", {"reason": ""}),
    ("account", "open", {"owner": ""}),
    ("account", "open", {"owner": 7}),
    ("invoice", "draft", {"customer": "c", "currency": "EUR"}),
    ("invoice", "draft", {"customer": "c", "currency": "eur"}),
    ("invoice", "draft", {"customer": "", "currency": "EUR"}),
    ("invoice", "draft", {"customer": "\U0001f600" * 511, "currency": "EUR"}),
    ("invoice", "draft", {"customer": "c" * 512, "currency": "EUR"}),
    *[("invoice", "add-line", {"description": "d", "quantity": quantity, "unit_price": "1"})
      for quantity in (0, 1, 10_000, 10_001, 2**40)],
    *[("invoice", "add-line", {"description": "d", "quantity": 1, "unit_price": price})
      for price in ("0", "12.5", "12.50", "12.5000", "-0", "12.505", "05", ".5", "5.", "+1", "1e2",
                    "", "one", "12.50\n", "1" * 20, [], {})],
    *[("invoice", "send", {"due": due})
      for due in ("2026-01-31", "2024-02-29", "2026-02-29", "2026-1-31", "31.01.2026", "")],
    ("invoice", "pay", {"amount": "0.01"}),
    ("invoice", "pay", {"amount": "0.01", "reference": "r"}),
    ("invoice", "pay", {"amount": "0.01", "reference": ""}),
    ("invoice", "remove-line", {"line": "x" * 36}),
    ("invoice", "remove-line", {"line": "x" * 35}),
]

# What JSON Schema cannot say, or what a client need not know: the gateway's status, the schema's
# verdict. A decimal's bounds hold for its text, too; a number and null are taken as well.
BEYOND_SCHEMA = [
    ("invoice", "pay", {"amount": "0.00"}, 422, True),
    ("invoice", "add-line", {"description": "d", "quantity": 1, "unit_price": "1000000.01"}, 422,
     True),
    ("invoice", "pay", {"amount": 0.01}, 202, False),
    ("invoice", "pay", {"amount": "0.01", "reference": None}, 202, False),
]


def validators():
    """The folder where they are; they are fetched when there are others."""
    CACHE.mkdir(parents=True, exist_ok=True)
    shutil.copy(HERE / "judge.mjs", CACHE)
    names = ("package.json", "package-lock.json")
    texts = [(HERE / name).read_text() for name in names]
    kept = [(CACHE / name).read_text() if (CACHE / name).exists() else "" for name in names]
    if kept != texts or not (CACHE / "node_modules" / ".package-lock.json").exists():
        for name, text in zip(names, texts):
            (CACHE / name).write_text(text)
        run("npm", "ci", "--prefix", CACHE, "--ignore-scripts", "--no-audit", "--no-fund")
    return CACHE


class ContractsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.system = System()
        cls.addClassCleanup(cls.system.stop)
        cls.system.start()
        cls.token = cls.system.token("alice", "--role", "clerk")
        cls.openapi = cls.get("/openapi.json").json()
        cls.asyncapi = cls.get("/asyncapi.json").json()

    @classmethod
    def get(cls, path, token=None, headers=None):
        return cls.system.request("command-gateway", "GET", path, token, headers=headers)

    def send(self, category, name, body, entity=None):
        return self.system.send(self.token, entity or uuid.uuid4().hex, name,
                                json.dumps(body).encode(), category=category,
                                headers={"Content-Type": "application/json"})

    def describe(self, form, *arguments):
        """Where there is neither a database nor a settings file."""
        command = [suite.BUILD / "antiphon", "describe", "--format", form, *arguments]
        with tempfile.TemporaryDirectory() as empty:
            done = subprocess.run(command, cwd=empty, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return done.stdout

    def judge(self, **question):
        done = subprocess.run(["node", validators() / "judge.mjs"], input=json.dumps(question),
                              capture_output=True, text=True, check=False, timeout=180)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def verdicts(self, cases):
        """cases: (pointer, value)"""
        cases = [{"pointer": pointer, "value": value} for pointer, value in cases]
        return self.judge(openapi=self.openapi, cases=cases)

    def check(self, cases):
        """cases: (pointer, value, is it one)"""
        verdicts = self.verdicts([(pointer, value) for pointer, value, _ in cases])
        for (pointer, value, expected), verdict in zip(cases, verdicts, strict=True):
            self.assertEqual(verdict, expected, f"{pointer}: {value}")

    def test_each_format_is_what_it_says(self):
        schemas = json.loads(self.describe("json-schema"))
        judged = self.judge(openapi=self.openapi, asyncapi=self.asyncapi, schemas=schemas)
        for kind in ("openapi", "asyncapi", "schemas"):
            self.assertEqual(judged[kind], [], kind)
        for name, schema in schemas["$defs"].items():
            self.assertEqual(self.openapi["components"]["schemas"][name], schema)

    def test_the_validators_find_faults(self):
        judged = self.judge(openapi={**self.openapi, "info": {}},
                            asyncapi={**self.asyncapi, "channels": []},
                            schemas={"$defs": {"x": {"type": "strin"}}})
        for kind in ("openapi", "asyncapi", "schemas"):
            self.assertNotEqual(judged[kind], [], kind)

    def test_anybody_may_read_them_and_keep_them(self):
        for path, form in (("/openapi.json", "openapi"), ("/asyncapi.json", "asyncapi")):
            answer = self.get(path)
            self.assertEqual(answer.status, 200)
            self.assertEqual(answer.headers["Content-Type"], "application/json")
            self.assertEqual(answer.headers["Cache-Control"], "no-cache")
            self.assertEqual(answer.json(), json.loads(self.describe(form)))
            known = {"If-None-Match": answer.headers["ETag"]}
            self.assertEqual(self.get(path, headers=known).status, 304)

    def test_one_category_alone(self):
        only = json.loads(self.describe("openapi", "--category", "invoice"))
        self.assertEqual({path.split("/")[2] for path in only["paths"] if "{entity}" in path},
                         {"invoice"})
        with self.assertRaisesRegex(RuntimeError, "no aggregate inv: there is account invoice"):
            self.describe("openapi", "--category", "inv")
        with self.assertRaisesRegex(RuntimeError, "--format"):
            self.describe("yaml")

    def test_the_gateway_refuses_what_the_schema_refuses_and_nothing_else(self):
        said = [(f"{SCHEMAS}{category}.command.{name}", body) for category, name, body in COMMANDS]
        verdicts = self.verdicts(said)
        self.assertGreater(verdicts.count(True), 15)
        self.assertGreater(verdicts.count(False), 15)
        for (category, name, body), verdict in zip(COMMANDS, verdicts, strict=True):
            answer = self.send(category, name, body)
            self.assertEqual(answer.status, 202 if verdict else 422, f"{name} {body}")
        cases = []
        for category, name, body, status, verdict in BEYOND_SCHEMA:
            self.assertEqual(self.send(category, name, body).status, status, f"{name} {body}")
            cases.append((f"{SCHEMAS}{category}.command.{name}", body, verdict))
        self.check(cases)

    def test_golden_events_are_what_the_schemas_say(self):
        cases = []
        for file in sorted((suite.ROOT / "domain").glob("*/*_events.json")):
            for event in json.loads(file.read_text()):
                name = f"{file.parent.name}.event.{event['type']}"
                schema = self.openapi["components"]["schemas"][name]
                cases.append((SCHEMAS + name, event["data"], True))
                for field in schema.get("required", []):
                    rest = {key: event["data"][key] for key in event["data"] if key != field}
                    cases.append((SCHEMAS + name, rest, False))
        self.assertTrue(cases)
        self.check(cases)

    def test_answers_and_events_are_what_the_schemas_say(self):
        entity = uuid.uuid4().hex
        with self.system.stream(self.token) as stream:
            stream.wait_connected()
            accepted = [self.send("account", name, body, entity) for name, body in (
                ("open", {"owner": "alice"}), ("deposit", {"cents": 5}),
                ("withdraw", {"cents": 9}), ("open", {"owner": "alice"}))]
            last = accepted[-1].json()["id"]
            stream.wait(lambda s: any(each["commandid"] == last for each in s.events), "answers")
            events = list(stream.events)
        cases = [(f"{SCHEMAS}Accepted", answer.json(), True) for answer in accepted]
        outcomes = [self.get(answer.headers["Location"], self.token) for answer in accepted]
        cases += [(f"{SCHEMAS}Outcome", outcome.json(), True) for outcome in outcomes]
        for event in events:
            kind, _, name = event["type"].partition(".")
            schema = event["type"] if kind == "command" else f"{kind}.event.{name}"
            cases.append((f"{SCHEMAS}CloudEvent", event, True))
            cases.append((SCHEMAS + schema, event["data"], True))
        kinds = {event["type"] for event in events}
        self.assertLessEqual({"account.opened", "account.deposited", "command.rejected"}, kinds)

        shown = self.get(aggregate_path(entity), self.token).json()
        cases.append((SCHEMAS + "account.state", shown["state"], True))
        cases.append(("#/paths/~1aggregates~1account~1%7Bentity%7D/get/responses/200/content/"
                      "application~1json/schema", shown, True))
        for problem in (self.send("account", "deposit", {"cent": 5}), self.get("/events/no")):
            self.assertGreaterEqual(problem.status, 400)
            cases.append((f"{SCHEMAS}Problem", problem.json(), True))
        cases += [(pointer, {}, False) for pointer in {pointer for pointer, _, _ in cases}
                  if pointer.startswith(SCHEMAS) and "event" not in pointer]
        self.check(cases)

    def test_the_types_of_the_client_hold_its_calls_to_the_contract(self):
        with tempfile.TemporaryDirectory() as folder:
            folder = Path(folder)
            for file in (*(suite.ROOT / "web").glob("*.js"), HERE / "usage.ts"):
                shutil.copy(file, folder)
            (folder / "build.d.ts").write_text(self.describe("typescript"))
            options = {"noEmit": True, "strict": True, "target": "es2022", "module": "es2022",
                       "moduleResolution": "bundler", "lib": ["es2023", "dom", "dom.iterable"],
                       "allowJs": True, "checkJs": True, "types": []}
            (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": options}))
            run(validators() / "node_modules" / ".bin" / "tsc", "-p", folder)


if __name__ == "__main__":
    missing = [tool for tool in ("node", "npm") if not shutil.which(tool)]
    if missing:
        suite.skip(f"the validators need {' and '.join(missing)}")
    suite.main()
