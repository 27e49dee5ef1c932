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
    opened_by: str = ""
    cents: int = 0
    version: int = 0

    def carry_out(self, user, name, data, expected):
        if name in ("withdraw", "close") and user != self.opened_by:
            return _rejected("forbidden")
        if expected is not None and expected != self.version:
            return _rejected("version-conflict")
        data = json.loads(data)
        outcome = self._open(user, data) if name == "open" else getattr(self, "_" + name)(data)
        if outcome[0] == "account":
            self.version += 1
        return outcome

    def _open(self, user, data):
        if self.closed:
            return _rejected("closed")
        if self.opened:
            same = (self.owner, self.opened_by) == (data["owner"], user)
            return UNCHANGED if same else _rejected("already-open")
        self.opened, self.owner, self.opened_by = True, data["owner"], user
        return ("account", "opened", {"owner": self.owner, "opened_by": user})

    def hears(self, user, outcome):
        """Who else is shown what `carry_out` gave."""
        return self.opened_by if outcome[1] == "deposited" and user != self.opened_by else None

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
