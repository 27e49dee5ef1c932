"""Two of each role on one PostgreSQL and one broker, and every handle that a fault needs."""

import base64
import hashlib
import hmac
import json
import os
import random
import re
import secrets
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path

from fault_injection.control import Control
from kit import wait
from kit.guard import Guard
from kit.process import Process, processes_below
from kit.suite import BUILD, is_sanitized
from kit.system import PARTITIONS, PREFIX, ROLES, RUN_ROLE, System

INSTANCES = tuple(f"{role}-{number}" for role in ROLES for number in (1, 2))
SETTINGS = {
    # So that healing is quick.
    "kafka.session_timeout_ms": 6000,
    "kafka.max_poll_interval_ms": 15_000,
    "relay.lease_ttl_ms": 2000,
    "intake.answer_timeout_ms": 2000,
    "postgres.connect_timeout_s": 2,
    "postgres.statement_timeout_ms": 5000,
    "sse.retry_ms": 200,
    "sse.retry_jitter_ms": 400,
    "sse.heartbeat_ms": 2000,
    "sse.read_pause_max_ms": 1000,
    "sse.queue_frames_max": 64,
    # Clocks are set back and forth, which is not to end anybody's token.
    "auth.lifetime_max_s": 0,
}
PARTITIONS_MAX_S = 150
POSTGRES_MAX_S = 90  # until it is back, by an operator's doing or its own
PARTITIONS_MAX = 4 * PARTITIONS
TMPFS_BYTES = 2 << 30
TOKEN_LIFE_S = 30 * 86_400


def signal_all(pids, number):
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


def _encoded(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


# librdkafka's mock asserts that a member of a group never asks twice to join or to sync, which one
# that connected anew may well do. The broker is no part of what is tested; that all heals is.
MOCK_ASSERTION = re.compile(r"rdkafka_mock_cgrp\.c:\d+: \w+: Assertion `!member->resp' failed\.")


class World(System):
    def __init__(self, broker):
        super().__init__(broker, SETTINGS, INSTANCES, topic_partitions=PARTITIONS_MAX)
        self.broker_name = broker
        library = BUILD / "libfault_preload.so"
        if not library.exists():
            raise RuntimeError(f"{library} is missing: build the target fault_preload")
        library = shutil.copy(library, self.folder)  # where PostgreSQL's user can read it
        self.sanitized = is_sanitized()
        self.controls = {name: Control(library, self.folder / f"{name}.control")
                         for name in (*INSTANCES, "postgres", "kafka")}
        self.postgres_host = "127.{}.{}.{}".format(*(random.randrange(1, 255) for _ in range(3)))
        self._password = secrets.token_hex(16)
        self.mounted = self._mount()
        self._changing = threading.RLock()  # which roles run: many faults at once, and watch()
        self.expected_down = set()  # instances that a fault has killed
        self.ended_by_themselves = []  # (time, instance, exit code, output)

    def _mount(self):
        """PostgreSQL's folder is a small file system of its own, where we may mount one."""
        folder = self.postgres.folder
        folder.mkdir(mode=0o711)
        options = f"size={TMPFS_BYTES},mode=711"
        mount = ["mount", "-t", "tmpfs", "-o", options, "antiphon-faults", str(folder)]
        if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
            return False
        # A stopped process would not hear that it shall end.
        self._unmount = Guard(
            'p=$(head -1 "$1/data/postmaster.pid") &&'
            ' kill -CONT $p $(cat /proc/$p/task/$p/children);'
            ' "$0" stop "$1"; umount -l "$1"', self.postgres.script, folder)
        return True

    # PostgreSQL

    def start_postgres(self):
        self.postgres.environment = self.controls["postgres"].environment
        self.postgres.start(f"listen_addresses={self.postgres_host}", "max_wal_size=512MB",
                            "checkpoint_timeout=60s")

    def first_start(self):
        self.start_postgres()
        data = self.postgres.folder / "data"
        with (data / "pg_hba.conf").open("a") as file:
            file.write(f"host antiphon {RUN_ROLE} 127.0.0.0/8 scram-sha-256\n")
        self.sql(f"alter role {RUN_ROLE} password '{self._password}'")
        self.sql("select pg_reload_conf()")
        if self.broker_name == "apache":
            self.broker.environment.update(self.controls["kafka"].environment)
        self.broker.start()
        self.write_settings()
        self.migrate()
        for name in INSTANCES:
            self.launch(name)
        self.wait_ready(INSTANCES)

    def bring_postgres_back(self):
        """As an operator does: starts it if it has ended, and waits until it answers."""
        def answers():
            try:
                if self.postmaster() is None:
                    self.start_postgres()
                return super(World, self).sql("select 1")
            except RuntimeError:
                return None  # it recovers
        wait.until(answers, "PostgreSQL", POSTGRES_MAX_S)

    def sql(self, query):
        """Once PostgreSQL answers: another fault may have it down, or end this very session."""
        deadline = time.monotonic() + POSTGRES_MAX_S
        while True:
            try:
                return super().sql(query)
            except RuntimeError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def postgres_url(self):
        return f"postgresql://{RUN_ROLE}:{self._password}@{self.postgres_host}:5432/antiphon"

    # The roles

    def launch(self, name, environment=None):
        # A sanitizer wants to be the first library of its process: there the clock is left alone.
        if not self.sanitized:
            environment = self.controls[name].environment
        with self._changing:
            process = super().launch(name, environment)
            self.expected_down.discard(name)
        return process

    def forge(self, seed, *spoiled):
        """Who writes to our topics without a key; with a topic, deletes records of it; with a
        number, too, makes it anew with so many partitions."""
        command = [BUILD / "antiphon-forger", self.broker.address, PREFIX, PARTITIONS, seed]
        return Process("forger", [*command, *spoiled], self.logs / "forger.log")

    def kill_9(self, role):
        with self._changing:
            self.expected_down.add(role)
            super().kill_9(role)

    def watch(self):
        """What ended though nobody killed it is told of, and started again."""
        if self.broker_name == "embedded" and (end := self.broker.start_if_ended_by_itself()):
            if MOCK_ASSERTION.search(end[1]):
                print("the embedded broker ended as its library does: one more kafka.kill")
            else:
                self._tell_of("the embedded broker", *end)
        for name in INSTANCES:
            with self._changing:
                process = self.roles[name]
                if name in self.expected_down or process.running:
                    continue
                self._tell_of(name, process.wait_end(), process.output)
                self.launch(name)

    def _tell_of(self, name, code, output):
        self.ended_by_themselves.append((time.time(), name, code, output[-1000:]))

    def leader(self):
        """The relay that holds the lease of the events, as its instance."""
        holders = self.sql("select holder from relay_leases where log = 'events'")
        pid = int(holders[0][0].split("/")[1]) if holders else 0
        return next((name for name in INSTANCES if self.roles[name].pid == pid), "relay-1")

    def partitions(self, number):
        """As an operator does, until it is done: PostgreSQL or Kafka may be away."""
        def done():
            try:
                return self.antiphon("partitions", number)
            except RuntimeError:
                return None
        wait.until(done, f"{number} partitions", PARTITIONS_MAX_S)

    # The users

    def mint(self, user):
        """`user` as checker.USER has it: the subject, behind its issuer if it has one."""
        key = (self.folder / "token.key").read_bytes().strip()
        issuer, _, subject = user.rpartition(" ")
        claims = {"sub": subject, "exp": int(time.time()) + TOKEN_LIFE_S}
        if issuer:
            claims["iss"] = issuer
        parts = [{"alg": "HS256", "typ": "JWT"}, claims]
        text = b".".join(_encoded(json.dumps(part).encode()) for part in parts)
        seal = hmac.new(key, text, hashlib.sha256).digest()
        return (text + b"." + _encoded(seal)).decode()

    def _end(self):
        if not self._ended:
            stopped = [self.broker.pid] if self.broker.pid else []
            if (postmaster := self.postmaster()) is not None:
                stopped += processes_below(postmaster)
            signal_all(stopped, signal.SIGCONT)
            for process in self.roles.values():
                if process.running:
                    process.kill_9()
            if self.mounted:
                self._unmount.run_now()
        super()._end()
