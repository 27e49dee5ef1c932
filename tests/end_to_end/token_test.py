"""Whose token counts, and for how long: keys that change under load, cookies, hosts, claims."""

import hashlib
import hmac
import json
import os
import subprocess
import sys
import time
import unittest
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kit import suite, wait
from kit.client import command_path
from kit.process import Process
from kit.system import System
from kit.token import compact, encoded, token

OLD, NEW = os.urandom(32), os.urandom(32)
COOKIE_ORIGIN = "https://app.example"


def oct_key(key, kid=None):
    return {"kty": "oct", "k": encoded(key), **({"kid": kid} if kid else {})}


class TokenTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.system = System(settings={"cors.origins": COOKIE_ORIGIN, "sse.heartbeat_ms": 500})
        cls.addClassCleanup(cls.system.stop)
        cls.system.start()

    def setUp(self):
        self.user = f"user-{uuid.uuid4().hex[:6]}"
        self.put_keys([oct_key(OLD, "old")])
        wait.until(lambda: self.status(token(OLD, self.user, "old")) == 202, "the old key")

    def put_keys(self, keys):
        self.put(json.dumps({"keys": keys}))

    def put(self, text):
        """As an orchestrator does it: the new file takes the old one's name."""
        file = self.system.folder / "token.key"
        new = file.with_suffix(".new")
        new.write_text(text)
        new.replace(file)

    def status(self, bearer, role="command-gateway", **headers):
        path = command_path(uuid.uuid4().hex, "open")
        owner = {"owner": "A"}
        return self.system.request(role, "POST", path, bearer, owner, headers).status

    def wait_line(self, role, words):
        log = self.system.roles[role]
        wait.until(lambda: words in log.output, f"'{words}' in the log of the {role}")

    def test_keys_are_changed_while_it_works(self):
        old = token(OLD, self.user, "old")
        new = token(NEW, self.user, "new")
        self.assertEqual(self.status(new), 401)
        with self.system.stream(old, reconnect=False) as stream:
            stream.wait_connected()
            self.put_keys([oct_key(OLD, "old"), oct_key(NEW, "new")])
            wait.until(lambda: self.status(new) == 202, "the new key")
            self.assertEqual(self.status(old), 202)
            answer = self.system.send(old, uuid.uuid4().hex, "open", {"owner": "A"})
            stream.wait_answer(answer.json()["id"])

            self.put_keys([oct_key(NEW, "new")])
            wait.until(lambda: self.status(old) == 401, "the old key's end")
            self.assertEqual(self.status(new), 202)
            # The stream that it opened ends by itself, though nothing is to be sent.
            stream.wait(lambda s: [True for kind, _, _ in s.frames if kind == "auth-expired"],
                        "end of the stream")

    def test_a_key_is_looked_for_before_its_token_is_refused(self):
        self.put_keys([oct_key(OLD, "old"), oct_key(NEW, "just now")])
        with self.system.stream(token(NEW, self.user, "just now"), reconnect=False) as stream:
            stream.wait_connected()

    def test_a_file_that_is_bad_changes_nothing(self):
        good = token(OLD, self.user, "old")
        whole = json.dumps({"keys": [oct_key(NEW, "new")]})
        page = "<html><head><title>502 Bad Gateway</title></head></html>"
        for text, reason in (("", "is empty"), (whole[:40], "no whole JSON"),
                             ('{"keys":[]}', "holds no key"),
                             ("-----BEGIN PUBLIC KEY-----\nMIIB", "no whole PUBLIC KEY"),
                             (page, "the key is no secret"),
                             ("s" * 40, "does not follow on other keys")):
            self.put(text)
            self.wait_line("command-gateway", "the keys from before stay in force")
            self.wait_line("command-gateway", reason)
            self.assertEqual(self.status(good), 202)
            self.assertEqual(self.system.ask("command-gateway", "/readyz"), 200, text)
            self.assertEqual(self.status(token(text.encode(), self.user)), 401, text)
        lines = [line for line in self.system.roles["command-gateway"].output.splitlines()
                 if "stay in force" in line]
        self.assertLess(len(lines), 10, "a bad file is said at a bounded rate")
        (self.system.folder / "token.key").unlink()
        self.assertEqual(self.status(good), 202)
        self.put(whole)
        wait.until(lambda: self.status(token(NEW, self.user, "new")) == 202, "the new key")

    def test_only_the_claims_that_are_named_go_on(self):
        bearer = token(OLD, self.user, "old", iss="https://login.example", roles=["clerk"],
                       email="ada@example.org", jti="1")
        with self.system.stream(bearer) as stream:
            stream.wait_connected()
            answer = self.system.send(bearer, uuid.uuid4().hex, "open", {"owner": "A"})
            stream.wait_answer(answer.json()["id"])
        expected = {"iss": "https://login.example", "roles": ["clerk"], "sub": self.user}
        for table in ("commands", "events"):
            rows = self.system.sql(f"select claims from {table} where subject like '%{self.user}'"
                                   " order by position desc limit 1")
            self.assertEqual(json.loads(rows[0][0]), expected, table)

    def test_a_cookie_counts_for_pages_of_ours_only(self):
        cookie = {"Cookie": f"antiphon_token={token(OLD, self.user, 'old')}"}
        host = f"127.0.0.1:{self.system.ports['sse-gateway']}"
        for page in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
                     {"Origin": "https://evil.example"}, {"Origin": "null"}):
            answer = self.system.request("sse-gateway", "GET", "/events",
                                         headers={**cookie, **page})
            self.assertEqual(answer.status, 401, page)
            self.assertEqual(answer.json()["code"], "cookie-of-another-site")
        for page in ({"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"},
                     {"Origin": COOKIE_ORIGIN}, {"Origin": f"http://{host}"}):
            with self.system.stream(None, headers={**cookie, **page}) as stream:
                stream.wait_connected()
        # Commands are sent by a script, which can set a header.
        answer = self.status(None, **cookie, **{"Sec-Fetch-Site": "same-origin"})
        self.assertEqual(answer, 401)

    def test_development_is_for_this_machine_by_its_own_names(self):
        bearer = token(OLD, self.user, "old")
        for host in ("evil.example", "evil.example:8080", "localhost.evil.example", "192.168.1.2"):
            for role, path in (("command-gateway", "/readyz"), ("sse-gateway", "/events")):
                answer = self.system.request(role, "GET", path, bearer, headers={"Host": host})
                self.assertEqual(answer.status, 421, (role, host))
        for host in ("localhost", "LOCALHOST:80", "127.0.0.1", "[::1]:8080"):
            answer = self.system.request("sse-gateway", "GET", "/livez", headers={"Host": host})
            self.assertEqual(answer.status, 200, host)


class PublicKeyTest(unittest.TestCase):
    """Outside development: tokens of somebody else, checked by public keys of two kinds."""

    def openssl(self, *arguments, text=b""):
        return subprocess.run(["openssl", *map(str, arguments)], input=text, check=True,
                              capture_output=True).stdout

    def start(self, **settings):
        system = System(settings={"development": "false", **settings})
        self.addCleanup(system.stop)
        return system

    def refuse(self, system, *says, role="command-gateway"):
        """It does not start, and says in one line why."""
        process = Process("antiphon", system.command(role), system.logs / "refused.log")
        self.assertNotEqual(process.wait_end(30), 0)
        lines = process.output.splitlines()
        for word in says:
            self.assertIn(word, lines[-1])

    def test_a_public_key_checks_and_its_text_is_no_secret(self):
        system = self.start(**{"auth.algorithm": "RS256, ES256"})
        system.postgres.start()
        system.broker.start()
        system.write_settings()
        private = system.folder / "private.pem"
        public = system.folder / "token.key"
        pem = self.openssl("genrsa", 2048)
        private.write_bytes(pem)
        public.write_bytes(self.openssl("rsa", "-pubout", text=pem))
        system.migrate()
        system.launch("command-gateway")
        system.wait_ready(["command-gateway"])
        log = system.roles["command-gateway"].output
        for setting in ("auth.issuer is empty", "auth.audience is empty"):
            self.assertEqual(log.count(setting), 1, log)

        def sign(text):
            return self.openssl("dgst", "-sha256", "-sign", private, text=text)

        claims = {"sub": "ada", "exp": int(time.time()) + 3600}
        good = compact({"alg": "RS256", "typ": "at+jwt", "kid": "any"}, claims, sign)
        self.assertEqual(system.send(good, "1", "open", {"owner": "A"}).status, 202)
        for header in ({"alg": "HS256"}, {"alg": "RS256"}):
            confused = compact(header, claims, lambda text: hmac.new(
                public.read_bytes(), text, hashlib.sha256).digest())
            self.assertEqual(system.send(confused, "1", "open", {"owner": "A"}).status, 401)

    def test_weak_keys_and_public_addresses_are_refused_at_the_start(self):
        system = self.start(**{"auth.algorithm": "RS256"})
        system.postgres.start()
        system.write_settings()
        system.migrate()
        weak = self.openssl("genrsa", 1024)
        (system.folder / "token.key").write_bytes(self.openssl("rsa", "-pubout", text=weak))
        self.refuse(system, "at least 2048 bits")
        (system.folder / "token.key").write_bytes(weak)
        self.refuse(system, "PUBLIC KEY")
        (system.folder / "token.key").write_bytes(b"s" * 64)
        self.refuse(system, "neither a public key in PEM nor a JWK Set")

        development = System(settings={"http.address": "0.0.0.0"})
        self.addCleanup(development.stop)
        development.postgres.start()
        development.write_settings()
        for role in ("command-gateway", "sse-gateway", "relay", "worker", "dev"):
            self.refuse(development, "http.address", "development", role=role)


if __name__ == "__main__":
    suite.main()
