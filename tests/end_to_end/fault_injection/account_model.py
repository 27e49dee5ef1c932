"""What an account should do, written a second time and from its promises alone."""

import json
from dataclasses import dataclass

UNCHANGED = ("$command", "unchanged", None)


def _rejected(code):
    return ("$command", "rejected", code)


@dataclass
class Account:
    """`carry_out` gives the one outcome: (category, type, payload or code of the rejection)."""

    opened: bool = False
    closed: bool = False
    owner: str = ""
    cents: int = 0
    version: int = 0

    def carry_out(self, name, data, expected):
        if expected is not None and expected != self.version:
            return _rejected("version-conflict")
        outcome = getattr(self, "_" + name)(json.loads(data))
        if outcome[0] == "account":
            self.version += 1
        return outcome

    def _open(self, data):
        if self.closed:
            return _rejected("closed")
        if self.opened:
            return UNCHANGED if self.owner == data["owner"] else _rejected("already-open")
        self.opened, self.owner = True, data["owner"]
        return ("account", "opened", {"owner": self.owner})

    def _not_movable(self, cents):
        if self.closed:
            return _rejected("closed")
        if not self.opened:
            return _rejected("not-open")
        if cents < 0:
            return _rejected("negative-amount")
        return UNCHANGED if cents == 0 else None

    def _deposit(self, data):
        if no := self._not_movable(data["cents"]):
            return no
        self.cents += data["cents"]
        return ("account", "deposited", {"cents": data["cents"]})

    def _withdraw(self, data):
        if no := self._not_movable(data["cents"]):
            return no
        if data["cents"] > self.cents:
            return _rejected("insufficient-funds")
        self.cents -= data["cents"]
        return ("account", "withdrawn", {"cents": data["cents"]})

    def _close(self, _):
        if self.closed:
            return UNCHANGED
        if not self.opened:
            return _rejected("not-open")
        if self.cents != 0:
            return _rejected("balance-not-zero")
        self.opened, self.closed = False, True
        return ("account", "closed", {})
