"""A store is exported under load, and imported into another, where its clients go on."""

import json
import signal
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kit import suite, wait
from kit.load import Load, assert_dense
from kit.system import ROLES, System

TABLES = {
    "commands": "position", "events": "position", "event_recipients": "position, recipient",
    "dead_letters": "command_position", "subscriptions": "name", "reservations": "category, key"}


class Operation:
    """A command of the operator's, that may be killed."""

    def __init__(self, system, *arguments):
        self.process = subprocess.Popen(system.command(*arguments), text=True,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def kill_9(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate(timeout=30)

    def end(self, seconds=120):
        """(exit code, standard output, standard error)"""
        out, err = self.process.communicate(timeout=seconds)
        return self.process.returncode, out, err


class ExportTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.old, cls.new = System(suite.broker), System(suite.broker)
        for system in cls.old, cls.new:
            cls.addClassCleanup(system.stop)
        cls.old.start()
        cls.new.start(roles=())
        cls.folder = cls.old.folder / "archive"

    def run_it(self, system, *arguments):
        return Operation(system, *arguments).end()

    def done(self, system, *arguments):
        code, out, err = self.run_it(system, *arguments)
        self.assertEqual(code, 0, out + err)
        return out

    def importing(self, system, *arguments):
        return "import", *arguments, "--postgres.url", system.postgres.ask("url")

    def manifest(self):
        return json.loads((self.folder / "manifest.json").read_text())

    def rows(self, system, table):
        return system.sql(f"select * from {table} order by {TABLES[table]}")

    def test_it(self):
        with self.subTest("under load, and killed"):
            self.export_under_load()
        with self.subTest("what came since"):
            self.export_the_rest()
        with self.subTest("damaged"):
            self.damaged()
        with self.subTest("into another store, and killed"):
            self.import_it()
        with self.subTest("clients go on"):
            self.go_on()

    def export_under_load(self):
        old = self.old
        self.load = Load(old, clients=3)
        self.stream = old.stream(self.load.tokens["ada"]).wait_connected()
        self.done(old, "subscribe", "--group", "reports", "--until-now")
        self.load.start()
        wait.until(lambda: self.load.count > 150, "commands")
        for _ in range(2):
            slow = Operation(old, "export", self.folder, "--rate", "20")
            wait.until(lambda: (self.folder / "manifest.json").exists(), "an archive")
            wait.until(lambda: self.load.count % 20 == 0, "some moment")
            slow.kill_9()
            self.assertFalse(self.manifest()["complete"])
        cut = self.manifest()["events"]
        told = json.loads(self.done(old, "export", self.folder, "--rate", "0", "--json"))
        self.assertEqual((told["events"], told["complete"]), (cut, True))
        self.done(old, "import", self.folder, "--dry-run")
        self.assertGreater(int(old.sql("select max(position) from events")[0][0]), cut)

    def export_the_rest(self):
        """The client is away meanwhile, and all comes to rest."""
        old, tokens = self.old, self.load.tokens
        self.load.stop()
        self.stream.close()
        self.again = ("again", "deposit", {"cents": 5})
        old.send(tokens["ada"], "again", "open", {"owner": "ada"})
        self.first_answer = old.send(tokens["ada"], *self.again, key="a-key").json()
        with old.stream(tokens["ada"], cursor=self.first_answer["cursor"]) as stream:
            stream.wait_answer(self.first_answer["id"])
        for _ in range(20):
            last = old.send(tokens["ada"], "again", "withdraw", {"cents": 1}).json()
        with old.stream(tokens["ada"], cursor=self.first_answer["cursor"]) as stream:
            stream.wait_answer(last["id"])
        wait.until(lambda: old.sql("select count(*) from commands c where not exists (select from"
                                   " events e where e.command_position = c.position)") == [("0",)],
                   "answers to all")
        old.roles["worker"].stop()
        self.pending = [old.send(tokens["ada"], "again", "deposit", {"cents": cents}).json()["id"]
                        for cents in (1, 2, 3)]
        for role in ROLES:
            if old.roles[role].running:
                old.roles[role].stop()
        before = self.manifest()["segments"][0]
        self.done(old, "export", self.folder, "--rate", "0")
        self.assertEqual(self.manifest()["segments"][0], before)

    def damaged(self):
        file = self.folder / self.manifest()["segments"][0]["file"]
        sound = file.read_bytes()
        for damaged in (sound[:-1], sound[:50] + bytes([sound[50] ^ 1]) + sound[51:]):
            file.write_bytes(damaged)
            code, _, err = self.run_it(self.old, "import", self.folder, "--dry-run")
            self.assertEqual(code, 1)
            self.assertIn(file.name, err)
        file.write_bytes(sound)

    def import_it(self):
        new = self.new
        code, _, err = self.run_it(self.old, *self.importing(self.old, self.folder))
        self.assertEqual(code, 1)
        self.assertIn("there is something in this store", err)
        # At this rate it waits after each segment.
        for table, rate in (("commands", "1"), ("events", "100")):
            slow = Operation(new, *self.importing(new, self.folder), "--rate", rate)
            wait.until(lambda: new.sql(f"select exists (select from {table})") == [("t",)], table)
            slow.kill_9()
            for other in ("worker", "command-gateway", "verify"):
                code, _, err = self.run_it(new, other)
                self.assertEqual(code, 1)
                self.assertIn("an import is under way", err)
        code, _, err = self.run_it(new, *self.importing(new, "--foreign", "/dev/null"))
        self.assertEqual(code, 1)
        self.assertIn("another import is under way", err)
        self.done(new, *self.importing(new, self.folder), "--rate", "0")
        self.done(new, *self.importing(new, self.folder))  # it is done, and says so
        self.done(new, "verify")
        for table in TABLES:
            self.assertEqual(self.rows(new, table), self.rows(self.old, table), table)

    def go_on(self):
        new, old = self.new, self.old
        for role in ROLES:
            new.launch(role)
        new.wait_ready()
        token, cursor = new.token("ada"), self.stream.cursor
        position = int(cursor.rpartition("-")[2])
        rest = [row[0] for row in old.sql(
            f"select command_id || '-' || ordinal from events where position > {position} and"
            " (subject = 'ada' or position in (select position from event_recipients where"
            " recipient = 'ada')) order by position")]
        self.assertGreater(len(rest), 20)
        with new.stream(token, cursor=cursor) as stream:
            stream.wait_events(len(rest))
            sent = new.send(token, "again", "deposit", {"cents": 7}).json()
            last = stream.wait_answer(sent["id"])
            events = [event["id"] for event in stream.events]
            answers = [f"{command}-0" for command in self.pending]
            self.assertEqual(events, [*rest, *answers, last["id"]])
            self.assertEqual({kind for kind, _, _ in stream.frames}, {"message"})
        repeated = new.send(token, *self.again, key="a-key")
        self.assertEqual((repeated.status, repeated.json()), (202, self.first_answer))
        self.assertEqual(new.sql("select count(*) from commands where id ="
                                 f" '{self.first_answer['id']}'"), [("1",)])
        assert_dense(self, new)
        self.done(new, "verify")


class ForeignTest(unittest.TestCase):
    def test_it(self):
        system = System(suite.broker)
        self.addCleanup(system.stop)
        system.start(roles=())
        importing = ("import", "--postgres.url", system.postgres.ask("url"), "--foreign")
        file = system.folder / "history.jsonl"
        lines = []
        for number in range(300):
            entity = f"old-{number % 7}"
            opened = number >= 7
            lines.append(json.dumps({
                "category": "account", "entity": entity,
                "type": "deposited" if opened else "opened",
                "time": f"2019-01-01T00:00:{number % 60:02}.123456+01:00", "user": "ada",
                "data": {"cents": number} if opened else {"owner": "ada"}}) + "\n")

        def run(*arguments):
            return Operation(system, *importing, file, *arguments).end()
        for wrong, why in [
                ('{"category":"nothing","entity":"1","type":"opened",'
                 '"time":"2019-01-01T00:00:00Z"}', "of which this build has no aggregate"),
                (lines[8].replace("deposited", "stolen"), "that this build can read"),
                (lines[8].replace("2019-", "19-"), "RFC 3339"),
                ("{", "is no JSON")]:
            file.write_text("".join(lines[:8]) + wrong.strip() + "\n" + "".join(lines[9:]))
            for arguments in (["--dry-run"], []):
                code, _, err = run(*arguments)
                self.assertEqual(code, 1, err)
                self.assertIn("line 9 ", err)
                self.assertIn(why, err)
        file.write_text("".join(lines))
        self.assertEqual(run("--dry-run")[0], 0)
        slow = Operation(system, *importing, file, "--rate", "20", "--restart")
        wait.until(lambda: system.sql("select exists (select from events)") == [("t",)], "events")
        slow.kill_9()
        self.assertLess(int(system.sql("select count(*) from events")[0][0]), 300)
        code, out, err = run("--rate", "0")
        self.assertEqual(code, 0, out + err)
        self.assertEqual(system.sql("select count(*), max(position) from events"), [("300", "300")])
        self.assertEqual(Operation(system, "verify").end()[0], 0)
        assert_dense(self, system)
        roles = ("command-gateway", "worker", "relay", "sse-gateway")
        for role in roles:
            system.launch(role)
        system.wait_ready(roles)
        token = system.token("ada")
        with system.stream(token) as stream:
            stream.wait_connected()
            sent = system.send(token, "old-1", "deposit", {"cents": 1}).json()
            self.assertEqual(stream.wait_answer(sent["id"])["streamversion"], 44)


if __name__ == "__main__":
    suite.main()
