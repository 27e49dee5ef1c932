"""Real faults against real processes: the clients and the store must agree on everything.

tests/end_to_end/faults --seconds 600 --seed random     on Apache Kafka, mixed at random
tests/end_to_end/faults --each                          each kind alone, one after the other
"""

import argparse
import asyncio
import os
import random
import shutil
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SETTLE_MAX_S = 180
LATE_STREAMS = 20
ASKED_ABOUT = 200  # commands whose state is asked for at the end
SKIPPED = 77


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, help="how long commands are sent (default: 60)")
    parser.add_argument("--seed", default="random", help="a number, or random (default)")
    parser.add_argument("--broker", choices=("apache", "embedded"), default="apache")
    parser.add_argument("--build", help="default: ANTIPHON_BUILD, or else build/release")
    parser.add_argument("--fault", metavar="NAME", action="append", default=[],
                        help="this one alone, or these, again and again")
    parser.add_argument("--each", action="store_true", help="each alone, once")
    parser.add_argument("--list", action="store_true", help="what faults there are")
    parser.add_argument("--users", type=int, default=240)
    parser.add_argument("--rate", type=int, default=430, help="commands a second")
    return parser.parse_args()


class Run:
    def __init__(self, options, world, seed):
        self.options = options
        self.world = world
        self.seed = seed

    def rng_of(self, what):
        return random.Random(f"{what} {self.seed}")

    def choose(self):
        """The kinds to inject here; what cannot be done is said."""
        from fault_injection.kinds import all_kinds
        kinds = []
        for kind in all_kinds():
            if self.options.fault and kind.name not in self.options.fault:
                continue
            if reason := kind.lacks(self.world):
                print(f"skipped: {kind.name}: {reason}")
            else:
                kinds.append(kind)
        return kinds

    async def run(self):
        from fault_injection import schedule
        from fault_injection.health import Health
        from fault_injection.history import History
        from fault_injection.injector import Injector
        from fault_injection.users import Crowd
        kinds = self.choose()
        loop = asyncio.get_running_loop()
        self.history = History()
        crowd = self.crowd = Crowd(self.world, self.history, self.options.users,
                                   self.options.rate, self.rng_of)
        health = Health(crowd, self.rng_of("health"))
        crowd.start_listening()
        health.start_listening()
        await self.wait_begun(crowd.streams + health.streams)
        await health.start()
        self.streams = health.streams
        crowd.start_sending()
        watching = loop.create_task(self.watch())
        joining = loop.create_task(self.join_late(crowd))
        begun = loop.time()
        with (self.world.logs / "faults.log").open("w") as log:
            injector = self.injector = Injector(self.world, health, loop, log)
            if self.options.each:
                await injector.one_by_one(schedule.each_alone(kinds, self.seed))
            else:
                seconds = self.options.seconds or 60
                faults = schedule.mixed(kinds, seconds, self.seed)
                await asyncio.gather(injector.mixed(faults), asyncio.sleep(seconds))
            self.seconds = loop.time() - begun
            await joining
            await crowd.finish_sending(SETTLE_MAX_S)
            self.streams = self.streams + crowd.streams
            self.followers = crowd.followers
            print(f"settling after {self.seconds:.0f} s", flush=True)
            self.settled = await self.settle()
        self.states = await self.ask_states()
        if watching.done():
            watching.result()  # it has failed
        watching.cancel()
        self.world.watch()
        crowd.close()
        health.close()

    async def wait_begun(self, streams):
        deadline = time.monotonic() + 60
        while any(stream.beginning is None for stream in streams):
            if time.monotonic() > deadline:
                raise TimeoutError("after 60 s: not every stream has begun")
            await asyncio.sleep(0.05)

    async def watch(self):
        while True:
            await asyncio.sleep(0.2)
            self.world.watch()

    async def join_late(self, crowd):
        await asyncio.sleep(min(60, (self.options.seconds or 60) / 2))
        crowd.join_late(self.rng_of("late").sample(crowd.users,
                                                   min(LATE_STREAMS, len(crowd.users))))

    async def settle(self):
        """Until each command has its answer and each stream all of its user's events."""
        from fault_injection.checker import USER
        deadline = time.monotonic() + SETTLE_MAX_S
        while time.monotonic() < deadline:
            await asyncio.sleep(1)
            rows = await asyncio.to_thread(
                self.world.sql, "select (select count(*) from commands), "
                "(select count(*) from events where last)")
            if rows[0][0] != rows[0][1]:
                continue
            heads = dict(await asyncio.to_thread(
                self.world.sql,
                f"select u, max(position) from (select {USER} u, position from events "
                "union all select recipient, position from event_recipients) heard group by 1"))
            versions = dict(await asyncio.to_thread(
                self.world.sql, "select entity, max(version) from events "
                "where category = 'account' group by 1"))
            behind = [stream for stream in self.streams
                      if stream.reached < int(heads.get(stream.user, 0))]
            behind += [follower for follower in self.followers
                       if follower.reached < int(versions.get(follower.entity, 0))]
            if not behind:
                return True
        return False

    async def ask_states(self):
        """What GET /commands/{id} says of some: (command, status, body)."""
        from fault_injection.http_client import Gateways, Lost
        gateways = Gateways(self.crowd.loop, self.crowd.command_ports)
        accepted = [sent for sent in self.history.commands if sent.ids]
        asked = self.rng_of("asked").sample(accepted, min(ASKED_ABOUT, len(accepted)))
        states = []
        for number, sent in enumerate(asked):
            token = self.world.mint(sent.user)
            identifier = next(iter(sent.ids))
            request = (f"GET /commands/{identifier} HTTP/1.1\r\nHost: localhost\r\n"
                       f"Authorization: Bearer {token}\r\n\r\n").encode()
            for _ in range(20):
                try:
                    status, body = await gateways.ask(
                        list(self.crowd.command_ports)[number % 2], request)
                except Lost:
                    status, body = 0, b""
                if status == 200:
                    break
                await asyncio.sleep(0.5)
            states.append((identifier, status, body))
        gateways.abort()
        return states


def check(run):
    from fault_injection import report
    from fault_injection.checker import MISSING, WRONG, Checker, read_commands, read_events
    world = run.world
    commands, events = read_commands(world), read_events(world)
    checker = Checker(run.history, commands, events)
    checker.check(run.streams, run.followers)
    checker.check_states(run.states)
    for one in run.injector.done:
        if one.error:
            checker.add(WRONG, f"fault {one.fault.number}: {one.error}")
        if one.healthy_s is None:
            checker.add(MISSING, f"fault {one.fault.number} {one.fault.kind.name} never healed")
    for at, name, code, output in world.ended_by_themselves:
        checker.add(WRONG, f"{name} ended by itself with {code} at {at:.3f}: {output}")
    try:
        world.stop()
    except AssertionError as failure:
        checker.add(WRONG, str(failure))
    print()
    print("\n".join(report.faults_table(run.injector.done)))
    print("\n".join(report.totals(run.history, commands, events, checker.answered,
                                  run.streams + run.followers, checker.counts, run.seconds)))
    print("\n".join(report.findings(checker)))
    return 1 if checker.findings else 0


def main():
    options = parse()
    build = options.build or os.environ.get("ANTIPHON_BUILD") or ROOT / "build" / "release"
    os.environ["ANTIPHON_BUILD"] = str(build)
    from fault_injection.kinds import all_kinds
    from fault_injection.world import World
    if options.list:
        print("\n".join(kind.name for kind in all_kinds()))
        return 0
    if unknown := set(options.fault) - {kind.name for kind in all_kinds()}:
        print(f"no fault {', '.join(sorted(unknown))}: see --list", file=sys.stderr)
        return 2
    if options.broker == "apache" and not (shutil.which("mvn") and shutil.which("java")):
        print("skipped: Apache Kafka needs mvn and java")
        return SKIPPED
    seed = random.SystemRandom().randrange(1 << 31) if options.seed == "random" \
        else int(options.seed)
    print(f"seed {seed}, broker {options.broker}", flush=True)
    world = World(options.broker)
    print(f"logs {world.logs}", flush=True)
    run = Run(options, world, seed)
    try:
        world.first_start()
        asyncio.run(run.run())
        code = check(run)
    finally:
        if hasattr(run, "history"):
            run.history.write(world.logs / "history.tsv")
    print(f"seed {seed}: {'all well' if code == 0 else 'FAILED'}")
    return code
