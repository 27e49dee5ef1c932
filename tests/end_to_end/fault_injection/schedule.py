"""When each fault happens and to whom: all of it follows from the seed."""

import random
from typing import NamedTuple

from fault_injection.kinds import Kind

CALM_AT_FIRST_S = 3
CALM_AT_LAST_S = 5
GAP_S = 4.2  # between the beginnings of two faults, on the average
LONG = 0.08  # share of those that may last long and do


class Fault(NamedTuple):
    number: int
    at: float
    kind: Kind
    target: str
    seconds: float
    seed: int  # of what else it chooses

    @property
    def holds(self):
        return tuple(sorted({self.target, *self.kind.holds}))


def _fault(rng, number, at, kind, long=False):
    seconds = rng.uniform(kind.seconds[1], kind.long_s) if long else rng.uniform(*kind.seconds)
    return Fault(number, at, kind, rng.choice(kind.targets), seconds, rng.randrange(1 << 32))


def mixed(kinds, seconds, seed):
    """Each kind once, in any order, as far as there is time; then whatever comes."""
    rng = random.Random(f"faults {seed}")
    span = max(seconds - CALM_AT_FIRST_S - CALM_AT_LAST_S, 1)
    gap = min(GAP_S, span / (len(kinds) + 1))
    upcoming = rng.sample(kinds, len(kinds))
    faults, at = [], CALM_AT_FIRST_S + rng.uniform(0, gap)
    while at < CALM_AT_FIRST_S + span:
        first_round = bool(upcoming)
        kind = upcoming.pop() if upcoming else rng.choice(kinds)
        left = seconds - at
        long = not first_round and kind.long_s > 0 and left > kind.long_s and rng.random() < LONG
        faults.append(_fault(rng, len(faults) + 1, at, kind, long))
        at += gap * rng.uniform(0.2, 1.8)
    return faults


def each_alone(kinds, seed):
    rng = random.Random(f"faults {seed}")
    return [_fault(rng, number, 0, kind) for number, kind in enumerate(kinds, 1)]
