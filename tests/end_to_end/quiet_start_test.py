"""A first start, with a broker that has just started itself, logs nothing to worry about."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kit import suite
from kit.system import ROLES, System


class QuietStartTest(unittest.TestCase):
    def expect_quiet(self, roles):
        system = System(suite.broker)
        self.addCleanup(system.stop)
        system.start(roles)
        if "dev" in roles:  # it is both gateways
            system.ports.update(dict.fromkeys(ROLES, system.ports["dev"]))
        token = system.token("alice")
        with system.stream(token) as stream:
            stream.wait_connected()
            accepted = system.send(token, "42", "open", {"owner": "A"})
            stream.wait_answer(accepted.json()["id"])
        for role in roles:
            lines = system.roles[role].output.splitlines()
            self.assertEqual([line for line in lines if " warning " in line or " error " in line],
                             [], role)

    def test_of_each_role(self):
        self.expect_quiet(ROLES)

    def test_of_all_in_one(self):
        self.expect_quiet(("dev",))


if __name__ == "__main__":
    suite.main()
