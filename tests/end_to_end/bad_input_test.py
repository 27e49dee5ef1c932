"""What must not work: a clear answer, and the process lives on or says in one line why not."""

import base64
import hashlib
import hmac
import json
import socket
import sys
import time
import unittest
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kit import suite, wait
from kit.client import command_path, raw_request
from kit.process import Process
from kit.system import ROLES, System

BODY_MAX = 64 * 1024
OPEN = "POST /commands/account/42/open HTTP/1.1\r\n"
CHUNKED = "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"


def new_account():
    return f"account-{uuid.uuid4().hex[:8]}"


def encoded(part):
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def jwt(header, claims, key=b""):
    signed = f"{encoded(json.dumps(header).encode())}.{encoded(json.dumps(claims).encode())}"
    signature = hmac.new(key, signed.encode(), hashlib.sha256).digest() if key else b""
    return f"{signed}.{encoded(signature)}"


class BadRequestTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.system = System(settings={"http.header_timeout_ms": 1000, "http.body_timeout_ms": 1000})
        cls.addClassCleanup(cls.system.stop)
        cls.system.start()
        cls.key = (cls.system.folder / "token.key").read_bytes().strip()
        cls.token = cls.system.token("alice")

    def tearDown(self):
        for role in ROLES:
            self.assertTrue(self.system.roles[role].running, f"{role} is gone")
        answer = self.system.send(self.token, new_account(), "open", {"owner": "A"})
        self.assertEqual(answer.status, 202, "the gateway answers as before")

    def assert_problem(self, answer, status, says=""):
        self.assertEqual(answer.status, status, answer.body)
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
        problem = answer.json()
        self.assertEqual(problem["status"], status)
        self.assertTrue(problem["title"] and problem["code"] and problem["detail"], problem)
        self.assertIn(says.lower(), json.dumps(problem).lower())
        return problem

    def post(self, body, entity="42", name="open", headers=None):
        path = command_path(entity, name)
        return self.system.request("command-gateway", "POST", path, self.token, body, headers)

    def raw(self, head, body=b""):
        head = head.replace("{auth}", f"Authorization: Bearer {self.token}\r\nHost: localhost\r\n")
        return raw_request(self.system.ports["command-gateway"], head.encode() + body)

    def assert_unauthorized(self, token):
        for role, method, path in (("command-gateway", "POST", command_path("42", "open")),
                                   ("sse-gateway", "GET", "/events")):
            body = b"{}" if method == "POST" else None
            answer = self.system.request(role, method, path, token, body)
            self.assert_problem(answer, 401)
            self.assertTrue(answer.headers["WWW-Authenticate"].startswith("Bearer"))
            if token:
                self.assertNotIn(token.encode(), answer.body)

    def test_no_token(self):
        self.assert_unauthorized(None)

    def test_a_token_that_is_none(self):
        for token in ("", "x", "a.b.c", "é".encode().decode("latin-1"), "x" * 4000):
            self.assert_unauthorized(token)

    def test_an_expired_token(self):
        claims = {"sub": "alice", "exp": int(time.time()) - 3600}
        self.assert_unauthorized(jwt({"alg": "HS256", "typ": "JWT"}, claims, self.key))

    def test_a_token_without_algorithm(self):
        claims = {"sub": "alice", "exp": int(time.time()) + 3600}
        for name in ("none", "None", "NONE"):
            self.assert_unauthorized(jwt({"alg": name, "typ": "JWT"}, claims))

    def test_a_token_of_another_key(self):
        claims = {"sub": "alice", "exp": int(time.time()) + 3600}
        self.assert_unauthorized(jwt({"alg": "HS256", "typ": "JWT"}, claims, b"x" * 64))

    def test_a_token_without_subject_or_end(self):
        end = int(time.time()) + 3600
        for claims in ({"exp": end}, {"sub": "", "exp": end}, {"sub": 7, "exp": end}, {"sub": "a"}):
            self.assert_unauthorized(jwt({"alg": "HS256", "typ": "JWT"}, claims, self.key))

    def test_a_token_in_the_url_is_not_taken(self):
        answer = self.system.request("sse-gateway", "GET", f"/events?access_token={self.token}")
        self.assert_problem(answer, 400, "access_token")  # RFC 6750, 3.1
        self.assertNotIn(self.token.encode(), answer.body)

    def test_an_entity_that_is_no_text(self):
        for entity in ("%00", "a%0ab", "a%0d%0aX:%20y", "%7f", "%C2%80", "%ED%A0%80", "%C0%AF",
                       "%F5%80%80%80", "%ff", "%C3", "..%2Fa", "a%2F.%2Fb", "a" * 257,
                       "%C3%A4" * 129):
            for method, path, body in (
                    ("POST", f"/commands/account/{entity}/open", {"owner": "A"}),
                    ("GET", f"/aggregates/account/{entity}", None)):
                answer = self.system.request("command-gateway", method, path, self.token, body)
                self.assertEqual(self.assert_problem(answer, 400)["code"], "invalid-entity", entity)
        for entity in ("%", "%2", "%zz", ".", "%2e%2E", "%2e"):
            answer = self.raw(OPEN.replace("42", entity) + "{auth}\r\n")
            self.assert_problem(answer, 400)

    def test_a_huge_header(self):
        answer = self.raw(OPEN + "{auth}X: " + "x" * 100_000 + "\r\n\r\n")
        self.assert_problem(answer, 431)

    def test_what_is_not_http(self):
        for text in ("hello\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\x16\x03\x01\x02\x00\x01\r\n\r\n"):
            self.assertIn(self.raw(text).status, (400, 505))

    def test_a_header_that_never_ends(self):
        answer = self.raw(OPEN + "{auth}")
        self.assert_problem(answer, 408)

    def test_a_chunked_body_that_never_ends(self):
        answer = self.raw(OPEN + "{auth}" + CHUNKED, b'5\r\n{"own\r\n')
        self.assert_problem(answer, 408)

    def test_a_chunked_body_over_the_limit(self):
        chunk = b"4000\r\n" + b" " * 0x4000 + b"\r\n"
        answer = self.raw(OPEN + "{auth}" + CHUNKED, chunk * 8)
        self.assert_problem(answer, 413)

    def test_a_body_over_the_limit(self):
        self.assert_problem(self.post(b'{"owner":"' + b"x" * BODY_MAX + b'"}'), 413)
        announced = self.raw(OPEN + "{auth}Content-Length: 99999999999\r\n\r\n")
        self.assert_problem(announced, 413)

    def test_two_lengths_that_differ(self):
        answer = self.raw(OPEN + "{auth}"
                          "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}")
        self.assertEqual(answer.status, 400)

    def test_a_body_that_is_not_json_says_where(self):
        for body in (b"{", b'{"owner":}', b"{} {}", b"nul"):
            self.assert_problem(self.post(body), 400)

    def test_a_body_that_is_not_utf_8(self):
        for bytes_ in (b"\xff", b"\xc3", b"\xc0\xaf", b"\xed\xa0\x80"):
            self.assert_problem(self.post(b'{"owner":"' + bytes_ + b'"}'), 400)

    def test_deeply_nested_json(self):
        depth = 30_000
        answer = self.post(b'{"owner":' + b"[" * depth + b"]" * depth + b"}")
        self.assertIn(answer.status, (400, 422))
        self.assert_problem(answer, answer.status)

    def test_a_body_that_the_command_refuses_names_the_field(self):
        for name, body, field in (("open", {}, "owner"), ("open", {"owner": 7}, "owner"),
                                  ("deposit", {"cents": "7"}, "cents"),
                                  ("deposit", {"cents": 1.5}, "cents"),
                                  ("deposit", {"cents": 2**63}, "cents"), ("deposit", [], "")):
            problem = self.assert_problem(self.post(body, name=name), 422, field)
            if field:
                self.assertIn(field, problem["errors"][0]["location"])

    def test_numbers_are_exact_and_say_what_is_wrong(self):
        entity = new_account()
        with self.system.stream(self.token) as stream:
            stream.wait_connected()
            opened = self.post({"owner": "A"}, entity=entity)
            stream.wait_answer(opened.json()["id"])
            for written, cents in ((b"1e2", 100), (b"100.0", 100), (b"1.0e+2", 100),
                                   (b"9007199254740993.0", 2**53 + 1)):
                sent = self.post(b'{"cents":' + written + b"}", entity=entity, name="deposit")
                self.assertEqual(sent.status, 202, sent.body)
                event = stream.wait_answer(sent.json()["id"])
                self.assertEqual(event["data"], {"cents": cents})
        for written, code in ((b"18446744073709551616", "out-of-range"), (b"1e400", "out-of-range"),
                              (b"-1e30", "out-of-range"), (b"1.5", "wrong-type"),
                              (b"1e-400", "wrong-type")):
            answer = self.post(b'{"cents":' + written + b"}", name="deposit")
            error = self.assert_problem(answer, 422)["errors"][0]
            self.assertEqual((error["location"], error["code"]), ("/cents", code), written)

    def test_a_field_that_stands_twice(self):
        for again in (b'"cents":1', b'"\\u0063ents":2'):
            answer = self.post(b'{"cents":1,' + again + b"}", name="deposit")
            error = self.assert_problem(answer, 422)["errors"][0]
            self.assertEqual((error["location"], error["code"]), ("/cents", "duplicate"))

    def test_half_of_a_surrogate_pair(self):
        self.assert_problem(self.post(b'{"owner":"\\ud83d"}'), 400, "surrogate")

    def test_a_nul_in_a_text(self):
        with self.system.stream(self.token) as stream:
            stream.wait_connected()
            answer = self.post(b'{"owner":"a\\u0000b"}', entity=new_account())
            self.assertEqual(answer.status, 202, answer.body)
            event = stream.wait_answer(answer.json()["id"])
            self.assertEqual(event["data"]["owner"], "a\0b")

    def test_an_entity_of_10_kB(self):
        answer = self.post({"owner": "A"}, entity="x" * 10_000)
        self.assertIn(answer.status, (400, 414, 431))
        self.assert_problem(answer, answer.status)

    def test_an_unknown_category_command_or_page(self):
        for path in ("/commands/planet/42/open", "/commands/account/42/explode",
                     "/commands/$command/42/open", "/nowhere"):
            answer = self.system.request("command-gateway", "POST", path, self.token, {})
            self.assert_problem(answer, 404)

    def test_a_method_that_is_not_for_this_path(self):
        path = command_path("42", "open")
        answer = self.system.request("command-gateway", "DELETE", path, self.token)
        self.assert_problem(answer, 405)
        self.assertIn("POST", answer.headers["Allow"])

    def test_a_key_or_an_expected_version_that_is_none(self):
        for headers in ({"Idempotency-Key": "x" * 1000}, {"If-Match": "7"}):
            self.assert_problem(self.post({"owner": "A"}, headers=headers), 400)
        for tag in ('"x"', '"-1"', '"99999999999999999999"'):
            self.assert_problem(self.post({"owner": "A"}, headers={"If-Match": tag}), 412)

    def test_a_cursor_that_is_garbage_or_from_the_future(self):
        for cursor in ("garbage", "1-999999999", "999-1", "-1", "1-", "0" * 1000, "' or 1=1 --"):
            with self.system.stream(self.token, cursor=cursor) as stream:
                stream.wait(lambda s: s.frames, f"answer to the cursor {cursor[:20]}")
                kind, data, new_cursor = stream.frames[0]
                self.assertEqual(kind, "reset", cursor)
                self.assertEqual(data["cursor"], new_cursor)
                sent = self.system.send(self.token, new_account(), "open", {"owner": "A"})
                stream.wait_answer(sent.json()["id"])


class BadStartTest(unittest.TestCase):
    def setUp(self):
        self.system = System()
        self.addCleanup(self.system.stop)

    def run_to_end(self, *arguments):
        """The exit code and the lines that it printed."""
        log = self.system.logs / "refused.log"
        process = Process("antiphon", self.system.command(*arguments), log)
        code = process.wait_end(30)
        return code, process.output.splitlines()

    def assert_one_line(self, arguments, *says):
        code, lines = self.run_to_end(*arguments)
        self.assertNotEqual(code, 0)
        self.assertEqual(len(lines), 1, lines)
        for word in says:
            self.assertIn(str(word), lines[0])

    def test_a_settings_file_with_a_typo(self):
        self.system.postgres.start()
        self.system.write_settings()
        file = self.system.folder / "antiphon.conf"
        good = file.read_text()
        file.write_text(good + "htpp.port = 8080\n")
        line = len(good.splitlines()) + 1
        self.assert_one_line(["command-gateway"], f"antiphon.conf:{line}", "htpp.port", "http.port")
        file.write_text(good + "http.port = eighty\n")
        self.assert_one_line(["command-gateway"], f"antiphon.conf:{line}", "eighty")

    def test_an_unknown_flag_or_role(self):
        self.assert_one_line(["config", "--htpp.port", "1"], "--http.port")
        self.assert_one_line(["gatewya"], "gatewya")

    def test_a_port_in_use(self):
        self.system.start(roles=())
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            for role in ("command-gateway", "sse-gateway"):
                self.assert_one_line([role, "--http.port", port], port)

    def test_without_tables_it_says_what_to_run(self):
        self.system.postgres.start()
        self.system.broker.start()
        self.system.write_settings()
        for role in ("worker", "relay", "command-gateway", "sse-gateway"):
            code, lines = self.run_to_end(role)
            self.assertNotEqual(code, 0, role)
            self.assertIn("run antiphon migrate", lines[-1], role)

    def test_postgresql_down_at_the_start(self):
        """Every role stays up, not ready, and refuses politely; when the store comes, it works."""
        self.system.start(roles=())
        self.system.postgres.stop()
        for role in ROLES:
            self.system.launch(role)
        for role in ROLES:
            wait.until(lambda: self.system.ask(role, "/livez") == 200, f"living {role}")
            self.assertEqual(self.system.ask(role, "/readyz"), 503, role)
        token = self.system.token("alice")
        answer = self.system.send(token, "42", "open", {"owner": "A"}, key="once")
        self.assertEqual(answer.status, 503, answer.body)
        self.assertTrue(int(answer.headers["Retry-After"]) >= 1)
        self.system.postgres.start()
        self.system.wait_ready()
        with self.system.stream(token) as stream:
            stream.wait_connected()
            accepted = self.system.send(token, "42", "deposit", {"cents": 1})
            self.assertEqual(accepted.status, 202)
            stream.wait_answer(accepted.json()["id"])

    def test_a_database_that_cannot_be(self):
        (self.system.folder / "antiphon.conf").write_text("postgres.url = nonsense\n")
        self.assert_one_line(["migrate"], "postgres.url", "postgresql://")


if __name__ == "__main__":
    suite.main()
