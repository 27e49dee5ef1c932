"""What the clients did and were told: the only thing, with the store, that the checker knows."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Sent:
    """One command, however often it was sent under its key."""

    number: int
    user: str
    key: str
    entity: str
    name: str
    data: str
    expected: int | None  # If-Match
    first_at: float
    ids: set = field(default_factory=set)  # of every 202; one, if all is well
    accepted_at: float | None = None
    cursor: str | None = None
    answers: list = field(default_factory=list)  # (time, gateway, status or what went wrong)

    def told(self, at, gateway, status):
        self.answers.append((round(at, 3), gateway, status))


class History:
    def __init__(self):
        self.commands = []
        self.wrong = []  # (time, command's number, what should never be)
        self.requests = 0
        self.accepted = 0

    def new(self, at, user, entity, name, data, expected):
        number = len(self.commands)
        sent = Sent(number, user, f"key-{number}", entity, name, data, expected, at)
        self.commands.append(sent)
        return sent

    def take_202(self, sent, at, identifier, cursor):
        sent.ids.add(identifier)
        if sent.accepted_at is None:
            sent.accepted_at = at
            sent.cursor = cursor
            self.accepted += 1

    def refuse(self, sent, at, what):
        self.wrong.append((round(at, 3), sent.number, what))

    def write(self, file):
        """A line for each command."""
        with file.open("w") as out:
            for sent in self.commands:
                identifiers = " ".join(sorted(sent.ids)) or "-"
                out.write(f"{sent.number}\t{sent.first_at:.3f}\t{sent.user}\t{sent.entity}\t"
                          f"{sent.name}\t{sent.data}\t{sent.expected}\t{sent.accepted_at}\t"
                          f"{identifiers}\t{sent.answers}\n")
