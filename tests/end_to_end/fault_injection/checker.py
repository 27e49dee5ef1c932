"""Compares what the clients saw with what the store holds. It knows nothing else of Antiphon."""

import json
from collections import Counter, defaultdict
from typing import NamedTuple

from fault_injection.account_model import Account

# A finding is of one of these kinds, and a run has none of any.
MISSING, DOUBLED, DISORDERED, WRONG = "missing", "doubled", "out of order", "wrong"
KINDS = (MISSING, DOUBLED, DISORDERED, WRONG)


class StoredCommand(NamedTuple):
    position: int
    id: str
    entity: str
    name: str
    data: str
    user: str
    expected: int | None


class StoredEvent(NamedTuple):
    position: int
    command: str
    command_position: int
    type: str
    category: str
    entity: str
    version: int
    last: bool
    data: str
    user: str


# Who, in one word: subjects are told apart by their issuers.
USER = "ltrim(issuer || ' ' || subject)"


def read_commands(world):
    rows = world.sql(f"select position, id, entity, name, data, {USER}, "
                     "coalesce(expected_version::text, '-') from commands order by position")
    return [StoredCommand(int(p), i, e, n, d, u, None if v == "-" else int(v))
            for p, i, e, n, d, u, v in rows]


def read_events(world):
    rows = world.sql("select position, command_id, command_position, type, category, entity, "
                     f"version, last, data, {USER} from events order by position")
    return [StoredEvent(int(p), c, int(cp), t, g, e, int(v), last == "t", d, u)
            for p, c, cp, t, g, e, v, last, d, u in rows]


class Checker:
    def __init__(self, history, commands, events):
        self._history = history
        self._commands = commands
        self._events = events
        self._of_user = defaultdict(list)
        for event in events:
            self._of_user[event.user].append(event)
        self.findings = []  # (kind, what)
        self.answered = 0

    def add(self, kind, what):
        self.findings.append((kind, what))

    @property
    def counts(self):
        found = Counter(kind for kind, _ in self.findings)
        return {kind: found[kind] for kind in KINDS}

    def check(self, streams, followers=()):
        for log, rows in (("commands", self._commands), ("events", self._events)):
            self._check_dense(f"positions of the {log}", [row.position for row in rows])
        self._check_versions()
        self._check_commands()
        self._check_answers()
        self._check_outcomes()
        for stream in streams:
            self._check_stream(stream)
        for follower in followers:
            self._check_follower(follower)
        for at, number, what in self._history.wrong:
            self.add(WRONG, f"at {at}: command {number} was answered with {what}")

    def _check_dense(self, what, numbers):
        if numbers == list(range(1, len(numbers) + 1)):
            return
        counted = Counter(numbers)
        for number in sorted(set(range(1, max(numbers) + 1)) - set(numbers)):
            self.add(MISSING, f"{what}: there is no {number}")
        for number in (number for number, times in counted.items() if times > 1):
            self.add(DOUBLED, f"{what}: {number} is there {counted[number]} times")

    def _check_versions(self):
        versions = defaultdict(list)
        for event in self._events:
            versions[event.category, event.entity].append(event.version)
        for stream, numbers in versions.items():
            if numbers != sorted(numbers):
                self.add(DISORDERED, f"versions of {stream}: {numbers}")
            self._check_dense(f"versions of {stream}", sorted(numbers))

    def _check_commands(self):
        """Every 202 stands in the log as it was sent, once, and the log holds nothing else."""
        by_id = defaultdict(list)
        for stored in self._commands:
            by_id[stored.id].append(stored)
        sender = {}
        for sent in self._history.commands:
            if len(sent.ids) > 1:
                self.add(DOUBLED, f"one key, many ids: {sent}")
            for identifier in sent.ids:
                if identifier in sender:
                    self.add(WRONG, f"one id for two keys: {sender[identifier]} and {sent}")
                sender[identifier] = sent
                rows = by_id.pop(identifier, [])
                if not rows:
                    self.add(MISSING, f"accepted, and not in the log: {sent}")
                if len(rows) > 1:
                    self.add(DOUBLED, f"in the log {len(rows)} times: {sent}")
                for row in rows:
                    wanted = (sent.entity, sent.name, sent.data, sent.user, sent.expected)
                    if row[2:] != wanted:
                        self.add(WRONG, f"the log has {row} of what was sent as {sent}")
            if not sent.ids:
                self.add(MISSING, f"never accepted: {sent}")
        for identifier, rows in by_id.items():
            self.add(WRONG, f"in the log though nobody was told: {identifier} {rows}")

    def _check_answers(self):
        finals = Counter(event.command for event in self._events if event.last)
        ids = {stored.id: stored for stored in self._commands}
        for identifier, stored in ids.items():
            if finals[identifier] == 0:
                self.add(MISSING, f"no answer to {stored}")
            elif finals[identifier] > 1:
                self.add(DOUBLED, f"{finals[identifier]} answers to {stored}")
            else:
                self.answered += 1
        for identifier in finals.keys() - ids.keys():
            self.add(WRONG, f"an answer to no command: {identifier}")

    def _check_outcomes(self):
        """The commands in their order, carried out by the model, make exactly these events."""
        outcomes = defaultdict(list)
        for event in self._events:
            outcomes[event.command_position].append(event)
        accounts = defaultdict(Account)
        order = {}
        for command in self._commands:
            account = accounts[command.entity]
            try:
                wanted = account.carry_out(
                    command.user, command.name, command.data, command.expected)
            except (AttributeError, KeyError, ValueError) as error:
                self.add(WRONG, f"nobody should have taken {command}: {error!r}")
                continue
            made = outcomes[command.position]
            if len(made) > 1:
                self.add(DOUBLED, f"{command} should have made {wanted} once, and made {made}")
            for event in made:
                if self._outcome(event) != wanted or event.user != command.user \
                        or event.command != command.id:
                    self.add(WRONG, f"{command} should have made {wanted}, and made {event}")
                if hearer := account.hears(command.user, wanted):
                    self._of_user[hearer].append(event)
                if event.category == "account":
                    if order.get(event.entity, 0) >= event.position:
                        self.add(DISORDERED, f"{event} lies before that of an earlier command")
                    order[event.entity] = event.position

    @staticmethod
    def _outcome(event):
        data = json.loads(event.data)
        if event.category == "account":
            return (event.category, event.type, data)
        return (event.category, event.type, data.get("code"))

    def _check_stream(self, stream):
        """All events of its user from its beginning, in order, each once; none of anybody else."""
        for at, what in stream.wrong:
            self.add(WRONG, f"at {at:.3f}: stream of {stream.user} got {what}")
        if stream.beginning is None:
            self.add(MISSING, f"a stream of {stream.user} has never begun")
            return
        wanted = sorted(event for event in self._of_user[stream.user]
                        if event.position > stream.beginning)
        shown = stream.shown
        if [tuple(event) for event in shown] == [self._as_shown(event) for event in wanted]:
            return
        positions = [event.position for event in shown]
        counted = Counter(positions)
        who = f"stream of {stream.user} from {stream.beginning}"
        by_position = {event.position: event for event in wanted}
        for position in by_position.keys() - counted.keys():
            self.add(MISSING, f"{who} was never shown {by_position[position]}")
        for position in (p for p, times in counted.items() if times > 1):
            self.add(DOUBLED, f"{who} was shown {position} {counted[position]} times")
        if any(later <= earlier and counted[later] == 1
               for earlier, later in zip(positions, positions[1:])):
            self.add(DISORDERED, f"{who}: {positions}")
        for event in shown:
            stored = by_position.get(event.position)
            if stored is None or self._as_shown(stored) != tuple(event):
                self.add(WRONG, f"{who} was shown {event}; the store has {stored}")

    def _check_follower(self, follower):
        """Each event of its account behind its snapshot, in order, once, as it is stored."""
        who = f"follower of {follower.entity} from {follower.beginning}"
        for at, what in follower.wrong:
            self.add(WRONG, f"at {at:.3f}: {who} got {what}")
        stored = [event for event in self._events
                  if (event.category, event.entity) == ("account", follower.entity)]
        if follower.beginning is None:
            if stored:
                self.add(MISSING, f"{who} has never begun")
            return
        wanted = {event.version: event for event in stored if event.version > follower.beginning}
        versions = [event.version for event in follower.shown]
        for version in wanted.keys() - set(versions):
            self.add(MISSING, f"{who} was never shown {wanted[version]}")
        for version in (v for v, times in Counter(versions).items() if times > 1):
            self.add(DOUBLED, f"{who} was shown {version} more than once")
        if versions != sorted(versions):
            self.add(DISORDERED, f"{who}: {versions}")
        for event in follower.shown:
            row = wanted.get(event.version)
            if row is None or event[1:] != (f"{row.command}-0", row.type, row.entity, row.data):
                self.add(WRONG, f"{who} was shown {event}; the store has {row}")

    def check_states(self, states):
        """What the gateway says of a command is what the log says."""
        made = {event.command: event for event in self._events if event.last}
        for identifier, status, body in states:
            event = made.get(identifier)
            wanted = event and ("applied" if event.category == "account" else event.type)
            said = json.loads(body).get("status") if status == 200 else status
            if said != wanted:
                self.add(WRONG, f"GET /commands/{identifier} says {said}, and it is {wanted}")

    @staticmethod
    def _as_shown(event):
        category = "command" if event.category == "$command" else event.category
        return (event.position, event.command, event.type, category, event.entity, event.version,
                event.last, event.data)
