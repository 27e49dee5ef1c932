"""The one table of a run."""

from collections import defaultdict
from statistics import median

ROW = "{:<28}{:>6}{:>12}{:>14}{:>14}"
SHOWN_MAX = 20


def _seconds(value):
    return f"{value:.2f}"


def faults_table(done):
    of_kind = defaultdict(list)
    for one in done:
        of_kind[one.fault.kind.name].append(one)
    yield ROW.format("fault", "times", "lasted s", "healthy s", "at most s")
    for name, ones in sorted(of_kind.items()):
        healthy = [one.healthy_s for one in ones if one.healthy_s is not None]
        never = len(healthy) < len(ones)
        yield ROW.format(
            name, len(ones), _seconds(median(one.lasted_s for one in ones)),
            _seconds(median(healthy)) if healthy else "never",
            "never" if never else _seconds(max(healthy)))
    yield ROW.format("all", len(done), "", "", "")


def totals(history, commands, events, answered, streams, counts, seconds):
    shown = sum(len(stream.shown) for stream in streams)
    connections = sum(stream.connections for stream in streams)
    sent = len(history.commands)
    yield f"commands sent       {sent:>10}   in {history.requests} requests"
    yield f"         accepted   {history.accepted:>10}   {history.accepted / seconds:.0f} a second"
    yield f"         answered   {answered:>10}   of {len(commands)} stored, by {len(events)} events"
    yield f"events shown        {shown:>10}   on {len(streams)} streams, {connections} connections"
    for kind, count in counts.items():
        yield f"{kind:<20}{count:>10}"


def findings(checker):
    for kind, what in checker.findings[:SHOWN_MAX]:
        yield f"{kind}: {what[:2000]}"
    if len(checker.findings) > SHOWN_MAX:
        yield f"and {len(checker.findings) - SHOWN_MAX} more"
