"""The whole loop over protected connections to Kafka; who is not let in says so, and waits."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kit import suite, wait
from kit.system import ROLES, System, run

OF_KAFKA = ("relay", "worker", "sse-gateway")  # the command gateway has no connection to it


class KafkaSecurityTest(unittest.TestCase):
    """One broker for all; each test has its topics, tables and processes to itself."""

    @classmethod
    def setUpClass(cls):
        cls.owner = System("apache")
        cls.broker = cls.owner.broker
        cls.broker.kind = ("secured",)
        cls.broker.start()

    @classmethod
    def tearDownClass(cls):
        cls.owner.stop()

    def system(self, listener, **settings):
        """An instance that reaches the broker's listener."""
        tls = self.broker.folder / "tls"
        security = {"kafka.brokers": self.broker.address_of(listener),
                    "kafka.prefix": self.id().rpartition(".")[2],
                    "kafka.security": listener,
                    "kafka.tls_ca_file": tls / "ca.pem",
                    "kafka.request_timeout_ms": 1000,
                    **{f"kafka.{name}": value for name, value in settings.items()}}
        system = System("apache", security)
        system.broker.start = lambda: None  # it is not this one's
        self.addCleanup(system.stop)
        return system

    def by_password(self, mechanism, **settings):
        return self.system("sasl_tls", sasl_mechanism=mechanism, sasl_user="antiphon", **settings)

    def expect_answers(self, system):
        token = system.token("alice")
        with system.stream(token) as stream:
            stream.wait_connected()
            accepted = system.send(token, "42", "open", {"owner": "A"})
            self.assertEqual(accepted.status, 202, accepted.body)
            stream.wait_answer(accepted.json()["id"])

    def wait_not_ready(self, system, role, reason):
        def says_so():
            if system.ask(role, "/readyz") != 503:
                return False
            return reason in system.request(role, "GET", "/readyz").json()["detail"]
        wait.until(says_so, f"{role} that is not ready: {reason}", 30)

    def test_a_password_by_scram(self):
        password = self.broker.folder / "tls" / "password"
        system = self.by_password("SCRAM-SHA-512", sasl_password_file=password)
        system.start()
        self.expect_answers(system)
        shown = system.antiphon("config")
        self.assertNotIn(password.read_text(), shown)

    def test_a_certificate_of_ours(self):
        tls = self.broker.folder / "tls"
        secret = (tls / "client.password").read_text().strip()
        system = self.system("tls", tls_certificate_file=tls / "client.pem",
                             tls_key_file=tls / "client.key", tls_key_password=secret)
        system.start()
        self.expect_answers(system)
        shown = system.antiphon("config")
        self.assertIn("kafka.tls_key_password = ***", shown)
        self.assertNotIn(secret, shown)

    def test_a_wrong_password_is_said_and_waited_out(self):
        """Nobody restarts but the broker, which then has this password."""
        system = self.by_password("PLAIN", sasl_password="opensesame")
        system.postgres.start()
        system.write_settings()
        system.migrate()
        for role in ROLES:
            system.launch(role)
        system.wait_ready(["command-gateway"])
        for role in OF_KAFKA:
            self.wait_not_ready(system, role, "Kafka does not take our password")
            log = system.roles[role].output
            self.assertIn("Invalid username or password", log)
            # A first word from each of its clients, and no more however often they try.
            self.assertLess(log.count("Invalid username or password"), 8, log)
            self.assertNotIn("opensesame", log)
        self.assertNotIn("opensesame", system.antiphon("config"))
        token = system.token("alice")
        accepted = system.send(token, "42", "open", {"owner": "A"})
        self.assertEqual(accepted.status, 202, "Kafka may be out of reach")

        password = self.broker.folder / "tls" / "password"
        good = password.read_text()
        self.addCleanup(self.restart_broker, good)
        self.restart_broker("opensesame")
        system.wait_ready()
        with system.stream(token, cursor=accepted.json()["cursor"]) as stream:
            stream.wait_answer(accepted.json()["id"])

    def restart_broker(self, password):
        """PLAIN knows its users from the settings, and these have them from the file."""
        self.broker.halt()
        (self.broker.folder / "tls" / "password").write_text(password)
        self.broker.start()

    def test_a_broker_of_another_authority_is_said(self):
        others = self.owner.folder / "others"
        run(suite.ROOT / "dev" / "certificates", others, "IP:127.0.0.1")
        system = self.by_password("SCRAM-SHA-512", tls_ca_file=others / "ca.pem",
                                  sasl_password_file=self.broker.folder / "tls" / "password")
        system.postgres.start()
        system.write_settings()
        system.migrate()
        for role in OF_KAFKA:
            system.launch(role)
        for role in OF_KAFKA:
            self.wait_not_ready(system, role, "no trusted connection to Kafka")
            self.assertIn("kafka.tls_ca_file has to hold the authority", system.roles[role].output)

    def test_settings_that_make_no_sense_end_the_process_with_one_line(self):
        system = self.by_password("SCRAM-SHA-512")
        system.postgres.start()
        system.write_settings()
        system.migrate()
        for role in OF_KAFKA:
            process = system.launch(role)
            self.assertEqual(process.wait_end(), 1)
            self.assertEqual(process.output.count("\n"), 1, process.output)
            self.assertIn("set kafka.sasl_password_file", process.output)


if __name__ == "__main__":
    suite.main()
