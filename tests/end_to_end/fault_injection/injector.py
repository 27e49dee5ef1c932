"""Carries a schedule out: a thread for each fault, and a line of log when it has healed."""

import asyncio
import random
import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

HEALTHY_MAX_S = 120
AT_ONCE = 8


@dataclass
class Done:
    fault: object
    began_at: float  # since the run's beginning
    lasted_s: float
    word: str
    healthy_s: float | None  # after its end; None: never
    error: str = ""

    def line(self):
        healthy = "never" if self.healthy_s is None else f"{self.healthy_s:.2f}"
        return (f"{self.began_at:8.2f}  {self.fault.number:>4}  {self.fault.kind.name:<28}"
                f"{self.fault.target:<20}{self.word:<10}{self.lasted_s:7.2f} s  "
                f"healthy after {healthy} s  {self.error}".rstrip())


class Injector:
    def __init__(self, world, health, loop, log):
        self._world = world
        self._health = health
        self._loop = loop
        self._log = log
        self._locks = defaultdict(threading.Lock)
        self._begun = time.monotonic()
        # Never shut down: what a thread has started dies with that thread.
        self._pool = ThreadPoolExecutor(AT_ONCE * 8)
        self._acting = threading.BoundedSemaphore(AT_ONCE)
        self._writing = threading.Lock()
        self.done = []

    def _now(self):
        return time.monotonic() - self._begun

    async def mixed(self, faults):
        self._begun = time.monotonic()
        await asyncio.gather(*(self._at_its_time(fault) for fault in faults))

    async def _at_its_time(self, fault):
        await asyncio.sleep(max(0, fault.at - self._now()))
        await self._loop.run_in_executor(self._pool, self._one, fault)

    async def one_by_one(self, faults):
        self._begun = time.monotonic()
        for fault in faults:
            await self._loop.run_in_executor(self._pool, self._one, fault)

    def _one(self, fault):
        locks = [self._locks[name] for name in fault.holds]
        for lock in locks:
            lock.acquire()
        try:
            with self._acting:
                done = self._act(fault)
        finally:
            for lock in locks:
                lock.release()
        ended_at = time.monotonic()
        healthy = asyncio.run_coroutine_threadsafe(
            self._health.probe(HEALTHY_MAX_S, fault.target), self._loop)
        if healthy.result():
            done.healthy_s = time.monotonic() - ended_at
        with self._writing:
            self.done.append(done)
            self._log.write(done.line() + "\n")
            self._log.flush()

    def _act(self, fault):
        began_at, word, error = self._now(), "", ""
        try:
            with fault.kind.act(self._world, fault.target, random.Random(fault.seed)) as word:
                threading.Event().wait(fault.seconds)
        except Exception as failure:  # a fault that cannot be done is a finding of the run
            error = f"{type(failure).__name__}: {failure}"
        return Done(fault, began_at, self._now() - began_at, word, None, error)
