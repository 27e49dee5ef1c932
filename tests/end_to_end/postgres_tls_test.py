"""sslmode=verify-full of postgres.url: whom it lets through, and what it says of the others."""

import random
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kit import suite, wait
from kit.system import RUN_ROLE, System, run

PASSWORD = "opensesame"


class PostgresTlsTest(unittest.TestCase):
    def setUp(self):
        self.system = System()
        self.addCleanup(self.system.stop)
        # Its port is always the same one.
        self.address = "127.{}.{}.{}".format(*(random.randrange(1, 255) for _ in range(3)))
        self.tls = self.certify("tls")
        self.system.postgres.start()
        data = self.system.postgres.folder / "data"
        self.install("server.key", data)
        self.install("server.pem", data)
        with (data / "pg_hba.conf").open("a") as file:
            file.write(f"hostssl antiphon {RUN_ROLE} 127.0.0.0/8 scram-sha-256\n")
        self.system.postgres.stop()
        self.start()
        self.system.sql(f"alter role {RUN_ROLE} password '{PASSWORD}'")
        self.system.write_settings()
        self.system.migrate()

    def certify(self, name):
        """An authority, and what it says of the host store.test."""
        folder = self.system.folder / name
        run(suite.ROOT / "dev" / "certificates", folder, "DNS:store.test")
        return folder

    def install(self, name, data):
        """PostgreSQL wants the key to be its own user's."""
        target = data / name
        owner = data.stat()
        target.write_bytes((self.tls / name).read_bytes())
        target.chmod(0o600)
        if owner.st_uid != target.stat().st_uid:
            subprocess.run(["chown", f"{owner.st_uid}:{owner.st_gid}", target], check=True)

    def start(self):
        self.system.postgres.start(f"listen_addresses={self.address}", "ssl=on",
                                   "ssl_cert_file=server.pem", "ssl_key_file=server.key")

    def gateway(self, host, authority):
        """A gateway that reaches PostgreSQL so."""
        url = (f"postgresql://{RUN_ROLE}:{PASSWORD}@{host}/antiphon"
               f"?hostaddr={self.address}&sslmode=verify-full&sslrootcert={authority}")
        self.system.postgres_url = lambda: url
        self.system.write_settings()
        return self.system.launch("command-gateway")

    def expect_refused(self, gateway, *says):
        wait.until(lambda: self.system.ask("command-gateway", "/readyz") == 503, "not ready")
        for text in says:
            wait.until(lambda: text in gateway.output, f"'{text}' in {gateway.log}")
        self.assertNotIn(PASSWORD, gateway.output)
        self.assertEqual(self.system.ask("command-gateway", "/readyz"), 503)

    def test_the_right_authority_and_host_are_let_through(self):
        self.gateway("store.test", self.tls / "ca.pem")
        self.system.wait_ready(["command-gateway"])
        answer = self.system.send(self.system.token("alice"), "42", "open", {"owner": "A"})
        self.assertEqual(answer.status, 202)
        self.assertEqual(
            self.system.sql("select distinct ssl from pg_stat_ssl join pg_stat_activity using (pid)"
                            f" where usename = '{RUN_ROLE}'"),
            [("t",)])

    def test_another_authority_is_refused(self):
        gateway = self.gateway("store.test", self.certify("others") / "ca.pem")
        self.expect_refused(gateway, "certificate verify failed",
                            "sslrootcert has to hold the authority that signed it")

    def test_another_host_is_refused(self):
        gateway = self.gateway("other.test", self.tls / "ca.pem")
        self.expect_refused(gateway, 'does not match host name "other.test"',
                            "name the host in postgres.url as its certificate does")

    def test_an_authority_that_is_not_there_is_refused(self):
        gateway = self.gateway("store.test", "/nowhere/ca.pem")
        self.expect_refused(gateway, '"/nowhere/ca.pem" does not exist')


if __name__ == "__main__":
    suite.main()
