"""Each kind of fault: what it may hit, how long it lasts, and how it is done and undone."""

import os
import resource
import signal
from contextlib import contextmanager
from typing import Callable, NamedTuple

from fault_injection import sockets
from fault_injection.world import PARTITIONS_MAX, signal_all
from kit.process import processes_below
from kit.system import PARTITIONS, ROLES

HOUR_S = 3600
STARTED_MAX_S = 120
POSTGRES_PORT = 5432
LINKS = {
    "command-gateway": ("postgres", "kafka", "clients"),
    "sse-gateway": ("postgres", "kafka", "clients"),
    "relay": ("postgres", "kafka"),
    "worker": ("postgres", "kafka"),
}


class Kind(NamedTuple):
    name: str
    targets: tuple  # one of them is hit
    seconds: tuple  # lasts from .. to
    act: Callable  # (world, target, rng) -> context manager that gives a word about it
    long_s: float = 0  # and now and then as long as this
    holds: tuple = ()  # what no other fault may hit meanwhile, besides the target
    lacks: Callable = lambda world: None  # why it cannot be done here


# Roles


@contextmanager
def kill(world, target, _):
    world.kill_9(target)
    yield ""
    world.launch(target)


@contextmanager
def frozen(pids):
    signal_all(pids, signal.SIGSTOP)
    try:
        yield ""
    finally:
        signal_all(pids, signal.SIGCONT)


def freeze(world, target, _):
    return frozen([world.roles[target].pid])


@contextmanager
def freeze_leader(world, _, __):
    leader = world.leader()
    with frozen([world.roles[leader].pid]):
        yield leader


@contextmanager
def few_descriptors(world, target, rng):
    """What it has open it keeps, and may open no more; or it loses its connections as well."""
    process = world.roles[target]
    pid = process.pid
    # One that starts without files to open ends, as it should.
    process.wait_line("ready", STARTED_MAX_S)
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    bare = rng.random() < 0.5
    most = 3 if bare else max(map(int, os.listdir(f"/proc/{pid}/fd"))) + 1
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (most, before[1]))
    try:
        if bare:
            with sockets.Cut(pid, lambda _, remote: remote is not None, silent=False):
                pass
        yield f"at {most}"
    finally:
        try:
            resource.prlimit(pid, resource.RLIMIT_NOFILE, before)
        except ProcessLookupError:
            pass  # it ended by itself, which is told of elsewhere


@contextmanager
def clock_step(world, target, rng):
    step = rng.choice((-HOUR_S, HOUR_S))
    world.controls[target].set_clock(step)
    try:
        yield f"{step:+d} s"
    finally:
        world.controls[target].set_clock(0)


def cut(peer):
    @contextmanager
    def act(world, target, rng):
        silent = rng.random() < 0.5
        if target.startswith("worker") and peer == "kafka" and world.broker_name == "embedded":
            silent = False  # a member that joins anew beside a connection left hanging ends it
        own, broker = world.ports[target], world.broker.port

        def chosen(local, remote):
            if peer == "clients":
                return local[1] == own
            port = POSTGRES_PORT if peer == "postgres" else broker
            return remote is not None and remote[1] == port

        with sockets.Cut(world.roles[target].pid, chosen, silent):
            yield "silent" if silent else "closed"
    return act


# PostgreSQL


@contextmanager
def kill_postgres(world, _, __):
    os.kill(world.postmaster(), signal.SIGKILL)
    yield ""
    world.bring_postgres_back()


@contextmanager
def restart_postgres(world, _, __):
    world.postgres.stop()
    yield ""
    world.bring_postgres_back()


@contextmanager
def terminate_backends(world, _, __):
    world.sql("select pg_terminate_backend(pid) from pg_stat_activity "
              "where backend_type = 'client backend' and pid <> pg_backend_pid()")
    yield ""


def freeze_postgres(world, _, __):
    return frozen(processes_below(world.postmaster()))


@contextmanager
def slow_fsync(world, _, rng):
    delay = rng.choice((0.05, 0.3, 1))
    world.controls["postgres"].set_fsync_delay(delay)
    try:
        yield f"{delay:g} s"
    finally:
        world.controls["postgres"].set_fsync_delay(0)


def _fill(file):
    """Takes what is free, and again what is then, since others take of it too."""
    size = 0
    while True:
        system = os.fstatvfs(file.fileno())
        free = system.f_bavail * system.f_frsize
        if free == 0:
            return size
        for part in (free, free // 2, system.f_frsize):
            try:
                os.posix_fallocate(file.fileno(), size, part)
                size += part
                break
            except OSError:
                continue


@contextmanager
def disk_full(world, _, __):
    ballast = world.postgres.folder / "ballast"
    try:
        with ballast.open("wb") as file:
            size = _fill(file)
        yield f"{size >> 20} MB"
    finally:
        ballast.unlink()
        world.bring_postgres_back()


# Kafka


@contextmanager
def stop_kafka(world, _, __):
    world.broker.halt()
    yield ""
    world.broker.start()


@contextmanager
def kill_kafka(world, _, __):
    world.broker.kill_9()
    yield ""
    world.broker.start()


@contextmanager
def wipe_kafka(world, _, __):
    world.broker.stop()
    yield ""
    world.broker.start()


def freeze_kafka(world, _, __):
    pid = world.broker.pid  # none for a moment, when the embedded one has ended by itself
    return frozen([pid] if pid else [])


@contextmanager
def forge(world, _, rng):
    """Somebody without a key writes junk and forgeries to our topics, beside the relays."""
    forger = world.forge(rng.randrange(1 << 31))
    yield ""
    if not forger.running:
        raise RuntimeError(f"the forger ended: {forger.output[-500:]}")
    forger.stop()


@contextmanager
def repartition(world, _, rng):
    """An operator changes the number of partitions, and changes it back."""
    number = rng.choice((3, PARTITIONS + 4, PARTITIONS_MAX))
    world.partitions(number)
    yield f"{number}"
    world.partitions(PARTITIONS)


TOPICS = ("commands.account", "replies", "events.account")


@contextmanager
def delete_records(world, _, rng):
    """Somebody deletes the older records of each partition, or all that there are."""
    topic = rng.choice(TOPICS)
    world.forge(rng.randrange(1 << 31), topic).wait_end()
    yield topic


@contextmanager
def remake_topic(world, _, rng):
    """Somebody deletes a topic and makes it with another number of partitions."""
    topic = rng.choice(TOPICS)
    partitions = rng.choice((1, PARTITIONS - 1, PARTITIONS + 3))
    world.forge(rng.randrange(1 << 31), topic, partitions).wait_end()
    yield f"{topic} {partitions}"


def _lacks_deletion(world):
    return None if world.broker_name == "apache" else "the embedded broker deletes nothing"


def _lacks_clock(world):
    return None if not world.sanitized else "a sanitizer allows no library before its own"


def _lacks_descriptors(world):
    # It opens a pipe to see whether it may read a word, and without one calls that word invalid.
    return "a sanitizer needs some of its own" if world.sanitized else None


def _lacks_duplicates(_):
    return None if sockets.allowed() else "pidfd_getfd is not allowed here"


def _lacks_small_disk(world):
    return None if world.mounted else "mounting is not allowed here"


def _lacks_broker_clock(world):
    return None if world.broker_name == "apache" else "the embedded broker has no use of a clock"


def all_kinds():
    kinds = []
    for role in ROLES:
        pair = (f"{role}-1", f"{role}-2")
        kinds += [
            Kind(f"kill.{role}", pair, (0.2, 3), kill),
            Kind(f"freeze.{role}", pair, (1, 5), freeze, long_s=30),
            Kind(f"descriptors.{role}", pair, (1, 5), few_descriptors, lacks=_lacks_descriptors),
            Kind(f"clock.{role}", pair, (1, 5), clock_step, lacks=_lacks_clock),
        ]
        kinds += [Kind(f"cut.{role}.{peer}", pair, (0.5, 5), cut(peer), long_s=15,
                       lacks=_lacks_duplicates) for peer in LINKS[role]]
    relays, workers = ("relay-1", "relay-2"), ("worker-1", "worker-2")
    kinds += [
        # Longer than the lease, and than Kafka's session: somebody else owns what it believes to.
        Kind("handover.relay", ("relays",), (3, 6), freeze_leader, holds=relays),
        Kind("handover.worker", workers, (8, 11), freeze),
        Kind("postgres.kill", ("postgres",), (0.1, 2), kill_postgres),
        Kind("postgres.restart", ("postgres",), (0.1, 2), restart_postgres),
        Kind("postgres.terminate", ("postgres",), (0.1, 0.5), terminate_backends),
        Kind("postgres.freeze", ("postgres",), (1, 3), freeze_postgres, long_s=12),
        Kind("postgres.slow-fsync", ("postgres",), (1, 5), slow_fsync),
        Kind("postgres.disk-full", ("postgres",), (1, 3), disk_full, lacks=_lacks_small_disk),
        Kind("postgres.clock", ("postgres",), (1, 5), clock_step),
        Kind("kafka.stop", ("kafka",), (0.1, 3), stop_kafka),
        Kind("kafka.kill", ("kafka",), (0.1, 3), kill_kafka),
        Kind("kafka.wipe", ("kafka",), (0.1, 3), wipe_kafka),
        Kind("kafka.freeze", ("kafka",), (1, 5), freeze_kafka, long_s=20),
        Kind("kafka.forge", ("topics",), (3, 10), forge, long_s=60),
        Kind("kafka.delete-records", ("kafka",), (0.1, 3), delete_records, lacks=_lacks_deletion),
        Kind("kafka.remake-topic", ("kafka",), (0.1, 3), remake_topic, lacks=_lacks_deletion),
        Kind("repartition", ("partitions",), (0.2, 5), repartition),
        Kind("kafka.clock", ("kafka",), (1, 5), clock_step, lacks=_lacks_broker_clock),
    ]
    return kinds
