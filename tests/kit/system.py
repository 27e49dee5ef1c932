"""A whole Antiphon for one test: its own PostgreSQL and broker, each role a process of its own."""

import atexit
import itertools
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from kit import wait
from kit.client import Stream, aggregate_path, command_path, request
from kit.guard import Guard
from kit.process import Process, lives
from kit.suite import BUILD, ROOT

PARTITIONS = 8
PREFIX = "antiphon"
RUN_ROLE = "antiphon_run"  # of dev/postgres
ROLES = ("relay", "worker", "command-gateway", "sse-gateway")
_numbers = itertools.count(1)


_reserved = []  # held as long as this process lives


def free_port():
    """Below those that the kernel gives to clients: while a role is down, nobody takes its port.

    No two tests get the same one: a name that only one process can bind stands for each port.
    """
    for port in random.sample(range(20000, 32000), 100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                continue
        reservation = socket.socket(socket.AF_UNIX)
        try:
            reservation.bind(f"\0antiphon-test-port-{port}")
        except OSError:
            continue
        _reserved.append(reservation)
        return port
    raise RuntimeError("no free port between 20000 and 31999")


def role_of(instance):
    """A role may run more than once: "worker-2" is another worker."""
    return instance.rstrip("-0123456789")


def run(*command, environment=None):
    """A helper's output; what it printed is in the error when it fails."""
    words = [str(word) for word in command]
    done = subprocess.run(words, capture_output=True, text=True, timeout=180,
                          env={**os.environ, **(environment or {})})
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} ended with {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout.strip()


class Daemon:
    """Something that a script of dev/ starts and stops; stopped also when we are killed."""

    def __init__(self, script, folder):
        self.script = ROOT / "dev" / script
        self.folder = folder
        self.environment = {}  # of what is started
        self._guard = Guard('exec "$0" stop "$1"', self.script, folder)

    def start(self, *arguments):
        run(self.script, "start", self.folder, *arguments, environment=self.environment)

    def ask(self, what, *arguments):
        return run(self.script, what, self.folder, *arguments)

    def stop(self):
        run(self.script, "stop", self.folder)

    def end(self):
        self._guard.run_now()


class EmbeddedBroker:
    """Any thread may start and stop it."""

    fetch_wait_ms = 2

    def __init__(self, logs, categories=(), partitions=PARTITIONS):
        self._log = logs / "broker.log"
        self._categories = categories
        self._partitions = partitions
        self.port = free_port()
        self._changing = threading.RLock()
        self._process = None

    @property
    def pid(self):
        process = self._process
        return process.pid if process and process.running else None

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def start(self):
        command = [BUILD / "antiphon-broker", "--port", self.port, "--partitions", self._partitions,
                   "--prefix", PREFIX]
        for category in self._categories:
            command += ["--category", category]
        with self._changing:
            self._process = Process("antiphon-broker", command, self._log)
            self._process.wait_line("ready")

    def start_if_ended_by_itself(self):
        """(exit code, output) of the one that did."""
        with self._changing:
            process = self._process
            if process is None or process.running:
                return None
            end = process.wait_end(), process.output
            self.start()
            return end

    def stop(self):
        """Everything in it is gone: the next start is an empty one, at the same address."""
        with self._changing:
            process, self._process = self._process, None
            if process:
                process.stop()

    halt = end = stop

    def kill_9(self):
        with self._changing:
            process, self._process = self._process, None
            process.kill_9()


class ApacheBroker:
    fetch_wait_ms = 500
    kind = ()  # or ("secured",): see dev/kafka/run

    def __init__(self, folder):
        self.folder = folder / "kafka"
        self.port = free_port()
        self._daemon = Daemon("kafka/run", self.folder)
        self.environment = self._daemon.environment

    @property
    def pid(self):
        file = self.folder / "pid"
        return int(file.read_text()) if file.exists() else None

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def start(self):
        self.folder.mkdir(exist_ok=True)
        self._daemon.start(self.port, *self.kind)

    def address_of(self, listener):
        """Of one that a secured broker has besides."""
        return self._daemon.ask("address", listener)

    def halt(self):
        """What it holds stays."""
        self._daemon.stop()

    def stop(self):
        """The next start is an empty one, at the same address."""
        self.halt()
        shutil.rmtree(self.folder)
        self.folder.mkdir()

    def kill_9(self):
        pid = self.pid
        os.kill(pid, signal.SIGKILL)
        wait.until(lambda: not lives(pid), "end of Apache Kafka")

    def end(self):
        self._daemon.end()


class System:
    """One Antiphon in a temporary folder; its processes are `roles`. Logs stay in BUILD/logs."""

    def __init__(self, broker="embedded", settings=None, instances=ROLES, programs=None,
                 categories=(), topic_partitions=PARTITIONS):
        """`programs`: other builds for some roles, which may have more `categories`. The embedded
        broker gives no topic more than `topic_partitions`."""
        self.folder = Path(tempfile.mkdtemp(prefix="antiphon-test-"))
        self.folder.chmod(0o711)  # PostgreSQL runs as another user
        self.logs = BUILD / "logs" / f"{Path(sys.argv[0]).stem}-{broker}-{next(_numbers)}"
        shutil.rmtree(self.logs, ignore_errors=True)
        self.logs.mkdir(parents=True)
        self.postgres = Daemon("postgres", self.folder / "postgres")
        self.broker = (ApacheBroker(self.folder) if broker == "apache"
                       else EmbeddedBroker(self.logs, categories, topic_partitions))
        self.ports = {name: free_port() for name in (*instances, "dev")}
        self.roles = {}
        self.programs = programs or {}
        self._extra = settings or {}
        self._ended = False
        atexit.register(self._end)

    def start(self, roles=ROLES):
        self.postgres.start()
        self.broker.start()
        self.write_settings()
        self.migrate()
        for role in roles:
            self.launch(role)
        self.wait_ready(roles)

    def write_settings(self):
        key = self.folder / "token.key"
        key.write_text(os.urandom(32).hex())
        settings = {
            "development": "true",
            "postgres.url": self.postgres_url(),
            "kafka.brokers": self.broker.address,
            "kafka.prefix": PREFIX,
            "kafka.partitions": PARTITIONS,
            "kafka.fetch_wait_ms": self.broker.fetch_wait_ms,
            "auth.key_file": key,
            "web.root": ROOT / "web",
            **self._extra,
        }
        lines = [f"{name} = {value}\n" for name, value in settings.items()]
        (self.folder / "antiphon.conf").write_text("".join(lines))

    def postgres_url(self):
        """How the roles reach it."""
        return self.postgres.ask("run-url")

    def migrate(self):
        """As the owner, for the role that runs."""
        return self.antiphon("migrate", "--postgres.url", self.postgres.ask("url"),
                             "--postgres.run_role", RUN_ROLE)

    def postmaster(self):
        """The id of PostgreSQL's first process, or None while it does not run."""
        try:
            file = self.postgres.folder / "data" / "postmaster.pid"
            pid = int(file.read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None
        return pid if lives(pid) else None

    def command(self, *arguments):
        program = self.programs.get(arguments[0], "antiphon")
        return [BUILD / program, *arguments, "--data", self.folder]

    def antiphon(self, *arguments):
        """Runs a subcommand to its end and gives its output."""
        return run(*self.command(*arguments))

    def token(self, subject, *arguments):
        return self.antiphon("token", "--subject", subject, *arguments)

    def launch(self, name, environment=None):
        role = role_of(name)
        port = "--health.port" if role in ("relay", "worker") else "--http.port"
        command = self.command(role, port, self.ports[name])
        self.roles[name] = Process(name, command, self.logs / f"{name}.log", environment)
        return self.roles[name]

    def wait_ready(self, roles=ROLES):
        for role in roles:
            try:
                wait.until(lambda: self.ask(role, "/readyz") == 200, f"ready {role}", 60)
            except TimeoutError as error:
                answer = self.request(role, "GET", "/readyz", seconds=5)
                log = self.roles[role].output[-4000:]
                raise TimeoutError(f"{error}: {answer.body}\n{log}") from error

    def ask(self, role, path):
        """The status of a role's answer; 0 while nobody listens."""
        if not self.roles[role].running:
            raise RuntimeError(f"{role} ended:\n{self.roles[role].output}")
        try:
            return self.request(role, "GET", path, seconds=5).status
        except OSError:
            return 0

    def kill_9(self, role):
        self.roles[role].kill_9()

    def restart(self, role):
        self.launch(role)
        self.wait_ready([role])

    def request(self, role, method, path, *arguments, **options):
        return request(self.ports[role], method, path, *arguments, **options)

    def send(self, token, entity, name, data, key=None, headers=None, category="account"):
        headers = dict(headers or {})
        if key is not None:
            headers["Idempotency-Key"] = key
        path = command_path(entity, name, category)
        return self.request("command-gateway", "POST", path, token, data, headers)

    def stream(self, token, **options):
        return Stream(self.ports["sse-gateway"], token, **options)

    def follow(self, token, entity, gateway="command-gateway", **options):
        return Stream(self.ports[gateway], token, path=aggregate_path(entity), **options)

    def sql(self, query):
        """Rows as tuples of text."""
        url = self.postgres.ask("url")
        rows = run("psql", "-XAt", "-F", "\t", "-d", url, "-c", query)
        return [tuple(row.split("\t")) for row in rows.splitlines()]

    def stop(self):
        """Stops everything. An exit code that is not 0 (a sanitizer's finding, say) is an error."""
        codes = {}
        try:
            for role in reversed(list(self.roles)):
                process = self.roles[role]
                if process.running:
                    codes[role] = process.stop()
        finally:
            self._end()
        wrong = {role: code for role, code in codes.items() if code != 0}
        if wrong:
            tails = "".join(f"\n--- {role}\n{self.roles[role].output[-4000:]}" for role in wrong)
            raise AssertionError(f"exit codes on SIGTERM: {wrong}{tails}")

    def _end(self):
        if self._ended:
            return
        self._ended = True
        for process in self.roles.values():
            if process.running:
                process.kill_9()
        self.broker.end()
        self.postgres.end()
        shutil.rmtree(self.folder)
