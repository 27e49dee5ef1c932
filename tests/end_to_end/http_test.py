"""HTTP by its standards, on the real binary, from raw sockets. docs/HTTP.md names the sections."""

import socket
import sys
import unittest
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kit import suite
from kit.client import command_path, raw_request, read_answer
from kit.system import System

ORIGIN = "https://app.example"
BODY = b'{"owner":"A"}'


def new_account():
    return f"account-{uuid.uuid4().hex[:8]}"


class HttpTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.system = System(settings={"cors.origins": ORIGIN})
        cls.addClassCleanup(cls.system.stop)
        cls.system.start()
        cls.token = cls.system.token("alice")
        cls.auth = f"Authorization: Bearer {cls.token}\r\n"

    def setUp(self):
        self.account = new_account()

    def raw(self, head, body=b"", role="command-gateway"):
        """Head lines end in \\n here and in CRLF on the wire; the empty line is added."""
        text = head.replace("\n", "\r\n") + "\r\n"
        return raw_request(self.system.ports[role], text.encode("latin-1") + body)

    def post_raw(self, lines="", body=BODY, version="1.1", path=None):
        path = path or command_path(self.account, "open")
        head = f"POST {path} HTTP/{version}\nHost: localhost\n{self.auth.strip()}\n{lines}"
        if "Content-Length" not in lines and "Transfer-Encoding" not in lines:
            head += f"Content-Length: {len(body)}\n"
        return self.raw(head, body)

    def request(self, method, path, headers=None, body=None, role="command-gateway", token=None):
        return self.system.request(role, method, path, token or self.token, body, headers)

    def post(self, headers=None, name="open", body=BODY, entity=None):
        return self.request("POST", command_path(entity or self.account, name), headers, body)

    def assert_problem(self, answer, status, *says):
        self.assertEqual(answer.status, status, answer.body)
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        for word in says:
            self.assertIn(word.lower(), answer.body.decode().lower())

    def opened(self, deposits=0):
        """An account that is at version 1 + deposits."""
        with self.system.stream(self.token) as stream:
            stream.wait_connected()
            last = self.post().json()
            for _ in range(deposits):
                last = self.post(name="deposit", body={"cents": 1}).json()
            stream.wait_answer(last["id"])
        return f"/aggregates/account/{self.account}"

    def outcome(self, answer):
        """"account.deposited", "command.rejected"."""
        self.assertEqual(answer.status, 202, answer.body)
        accepted = answer.json()
        with self.system.stream(self.token, cursor=accepted["cursor"]) as stream:
            return stream.wait_answer(accepted["id"])["type"]

    def test_a_header_that_is_no_list_comes_once(self):
        for name, value in (("Authorization", f"Bearer {self.token}"), ("Idempotency-Key", "k"),
                            ("Content-Type", "application/json"), ("Host", "x"),
                            ("Last-Event-ID", "1-0"), ("Origin", ORIGIN), ("traceparent", "x"),
                            ("Content-Length", "13"), ("X-Correlation-ID", "x")):
            twice = f"{name}: {value}\n" * 2
            if name in ("Authorization", "Host"):
                twice = f"{name}: {value}\n"  # it is there already
            self.assert_problem(self.post_raw(twice), 400, name)

    def test_the_lines_of_a_list_are_one_list(self):
        self.opened(deposits=2)
        path = command_path(self.account, "deposit")
        answer = self.post_raw('If-Match: "9"\nIf-Match: "3"\n', b'{"cents":1}', path=path)
        self.assertEqual(self.outcome(answer), "account.deposited")
        self.assert_problem(self.post_raw('If-Match: "3"\nIf-Match: *\n'), 400, "If-Match")

    def test_cookies_are_put_together(self):
        lines = (f"Cookie: a=1\nCookie: antiphon_token={self.token}\n"
                 "Sec-Fetch-Site: same-origin\n")
        answer = self.raw(f"HEAD /events HTTP/1.1\nHost: localhost\n{lines}", role="sse-gateway")
        self.assertEqual(answer.status, 200)

    def test_a_command_may_expect_versions(self):
        self.opened(deposits=3)
        for version, (value, expected) in enumerate((
                ('"4"', "deposited"), ('W/"5"', "deposited"), ('"6-gzip"', "deposited"),
                ("*", "deposited"), ('"7", "8"', "deposited"), ('"7", "8"', "rejected"),
                ('W/"3"', "rejected")), 4):
            answer = self.post({"If-Match": value}, "deposit", {"cents": 1})
            self.assertTrue(self.outcome(answer).endswith(expected), f"{value} at {version}")

    def test_a_command_may_expect_that_there_is_nothing_or_something(self):
        answer = self.post({"If-Match": "*"})
        self.assertEqual(self.outcome(answer), "command.rejected")
        answer = self.post({"If-None-Match": "*"})
        self.assertEqual(self.outcome(answer), "account.opened")
        answer = self.post({"If-None-Match": "*"}, "deposit", {"cents": 1})
        self.assertEqual(self.outcome(answer), "command.rejected")

    def test_no_condition_is_left_out(self):
        for tag in ('"x"', '"01"', '"-1"', '"99999999999999999999"', '""'):
            self.assert_problem(self.post({"If-Match": tag}), 412)
        for name, value in (("If-Match", "7"), ("If-Match", '"7'), ("If-None-Match", '"7"'),
                            ("If-Unmodified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"),
                            ("If-Modified-Since", "Sun, 06 Nov 1994 08:49:37 GMT"),
                            ("If-Range", '"7"'), ("If", "(<urn:x>)")):
            self.assert_problem(self.post({name: value}), 400, name)
        self.assertEqual(self.request("GET", f"/aggregates/account/{self.account}").status, 404)

    def test_what_a_client_knows_is_not_sent_again(self):
        path = self.opened(deposits=1)
        for tag in ('"2"', 'W/"2"', '"1", "2"', "*", '"2-gzip"'):
            for method in ("GET", "HEAD"):
                answer = self.request(method, path, {"If-None-Match": tag})
                self.assertEqual((answer.status, answer.body), (304, b""), tag)
                self.assertEqual(answer.headers["ETag"], '"2"')
                self.assertEqual(answer.headers["Cache-Control"], "private, no-cache")
        self.assertEqual(self.request("GET", path, {"If-None-Match": '"02"'}).status, 200)
        self.assert_problem(self.request("GET", path, {"If-Match": '"1"'}), 412)
        self.assert_problem(self.request("GET", path, {"If-None-Match": "2"}), 400)
        for probe in ("/livez", "/readyz"):
            for name, value, status in (("If-Match", '"1"', 412), ("If-None-Match", "*", 304),
                                        ("If-None-Match", "1", 400), ("If", "x", 400)):
                answer = self.request("GET", probe, {name: value})
                self.assertEqual(answer.status, status, (probe, name, value))

    def test_a_client_of_http_1_0_gets_no_continue(self):
        port = self.system.ports["command-gateway"]
        head = (f"POST {command_path(self.account, 'open')} HTTP/1.0\r\n{self.auth}"
                f"Expect: 100-continue\r\nContent-Length: {len(BODY)}\r\n\r\n")
        self.assertEqual(raw_request(port, head.encode() + BODY).status, 202)

    def test_close_wins_over_keep_alive(self):
        for lines in ("Connection: close, keep-alive\n",
                      "Connection: keep-alive\nConnection: close\n"):
            answer = self.raw(f"GET /livez HTTP/1.0\nHost: localhost\n{lines}")
            self.assertEqual(answer.headers["Connection"], "close")

    def test_framing_that_may_be_read_in_two_ways_is_refused_and_nothing_behind_it_is_read(self):
        smuggled = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
        chunked = b"0\r\n\r\n" + smuggled
        for version, lines in (("1.0", "Transfer-Encoding: chunked\n"),
                               ("1.1", "Transfer-Encoding: chunked\nContent-Length: 4\n"),
                               ("1.1", "Content-Length: 4\nTransfer-Encoding: chunked\n"),
                               ("1.1", "Transfer-Encoding: gzip\n"),
                               ("1.1", "Transfer-Encoding: xchunked\n"),
                               ("1.1", "Transfer-Encoding: chunked, chunked\n"),
                               ("1.1", "Transfer-Encoding:\n chunked\n"),
                               ("1.1", "Transfer-Encoding : chunked\n"),
                               ("1.1", "Transfer-Encoding: chunked\nTransfer-Encoding: chunked\n"),
                               ("1.1", "Content-Length: 5\nContent-Length: 5\n"),
                               ("1.1", "Content-Length: 5, 5\n"), ("1.1", "Content-Length: +5\n"),
                               ("1.1", "X: a\n folded\nContent-Length: 5\n")):
            head = f"POST {command_path(self.account, 'open')} HTTP/{version}\nHost: [::1]\n{lines}"
            data = (head + self.auth.strip() + "\n\n").replace("\n", "\r\n").encode() + chunked
            port = self.system.ports["command-gateway"]
            with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
                connection.sendall(data)
                reader = connection.makefile("rb")
                self.assertEqual(read_answer(reader).status, 400, lines)
                self.assertIsNone(read_answer(reader), lines)

    def test_an_empty_element_of_a_list_counts_for_nothing(self):
        self.assertEqual(self.post({"Content-Encoding": "identity,"}).status, 202)
        chunked = "Transfer-Encoding: , chunked\n"
        self.assertEqual(self.post_raw(chunked, b"d\r\n" + BODY + b"\r\n0\r\n\r\n").status, 202)
        self.assertEqual(self.request("GET", self.opened(), {"Accept": ","}).status, 200)

    def test_an_empty_line_before_a_request_is_passed_over_and_one_of_lf_ends_no_head(self):
        head = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n"
        port = self.system.ports["command-gateway"]
        self.assertEqual(raw_request(port, b"\r\n\r\n" + head + b"\r\n").status, 200)
        self.assert_problem(raw_request(port, head + b"\n"), 400)

    def test_a_target_is_a_path_or_a_url_of_http(self):
        for target in ("http://[::1]/livez", "HTTP://[::1]/livez", "hTTps://[::1]:1/livez",
                       "/%6Civez"):
            answer = self.raw(f"GET {target} HTTP/1.1\nHost: localhost\n")
            self.assertEqual(answer.status, 200, target)
        for target in ("livez", "?a", "*", "x:443", "ftp://x/livez", "http:///livez", "/%", "/%0",
                       "/%zz", "/a/../livez", "/./livez", "/%2e%2e/livez", "/a\\livez", "/livez#a",
                       "/l{ivez", "http://u@x/livez"):
            answer = self.raw(f"GET {target} HTTP/1.1\nHost: localhost\n")
            self.assert_problem(answer, 400)
            self.assertEqual(answer.headers["Connection"], "close")
        for host in ("", "Host: a\nHost: a\n", "Host: a b\n", "Host: a/b\n", "Host:\n"):
            self.assert_problem(self.raw(f"GET /livez HTTP/1.1\n{host}"), 400, "host")
        for host in ("%zz", "a%", "[:::::::::]", "[::g]", "[12345::]", "[1.2.3.4]", "[.]",
                     "a:65536", "a:99999"):
            for target, name in (("/livez", host), (f"http://{host}/livez", "localhost")):
                answer = self.raw(f"GET {target} HTTP/1.1\nHost: {name}\n")
                self.assert_problem(answer, 400, "host")
        self.assertEqual(self.raw("GET /livez HTTP/1.1\nHost: localhost:\n").status, 200)
        for role in ("command-gateway", "relay", "worker"):
            self.assertEqual(self.raw("GET /livez HTTP/1.1\nHost: x\n", role=role).status, 421)
        for size in (9_000, 15_000, 20_000):
            answer = self.raw(f"GET /{'a' * size} HTTP/1.1\nHost: [::1]\n")
            self.assert_problem(answer, 414)
        self.assert_problem(self.raw("GET / HTTP/2.0\nHost: localhost\n"), 505)

    def test_a_query_parameter_that_nobody_takes_is_named(self):
        path = self.opened()
        for target in (f"{path}?versions=1", f"{path}?VERSION=1&x", "/livez?verbose=1",
                       f"/commands/{uuid.uuid4()}?wait=5"):
            name = target.partition("?")[2].partition("=")[0]
            self.assert_problem(self.request("GET", target), 400, name)
        self.assert_problem(self.request("POST", command_path("a", "open") + "?dry=1"), 400, "dry")
        for query in ("?=2", "?=1&=", "?=dry-run"):
            self.assert_problem(self.request("GET", path + query), 400, "of this name")
        for query in ("lastEvent=1-0", "=1-0"):
            answer = self.request("GET", f"/events?{query}", role="sse-gateway")
            self.assert_problem(answer, 400, "of this name", query.partition("=")[0])

    def test_head_is_get_without_a_body(self):
        path = self.opened()
        rejected = self.post()
        self.outcome(rejected)  # what its status says does not change any more
        for target, role in ((path, "command-gateway"), ("/livez", "command-gateway"),
                             ("/commands/" + rejected.json()["id"], "command-gateway"),
                             ("/nowhere", "command-gateway"), ("/readyz", "sse-gateway")):
            lines = f" {target} HTTP/1.1\r\nHost: localhost\r\n{self.auth}\r\n"
            port = self.system.ports[role]
            with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
                connection.sendall(f"HEAD{lines}GET{lines}".encode())
                reader = connection.makefile("rb")
                head, got = read_answer(reader, "HEAD"), read_answer(reader)
            self.assertEqual(head.status, got.status, target)
            self.assertEqual(head.headers["Content-Length"], str(len(got.body)), target)
        head = self.request("HEAD", "/events", role="sse-gateway")
        self.assertEqual((head.status, head.body), (200, b""))
        self.assertTrue(head.headers["Content-Type"].startswith("text/event-stream"))

    def test_methods(self):
        path = command_path("a", "open")
        for method in ("GET", "PUT", "DELETE", "TRACE", "PATCH"):
            answer = self.raw(f"{method} {path} HTTP/1.1\nHost: localhost\n")
            self.assert_problem(answer, 405)
            self.assertEqual(answer.headers["Allow"], "OPTIONS, POST")
        for line in (f"FOO {path}", f"post {path}", "CONNECT x:443"):
            self.assert_problem(self.raw(f"{line} HTTP/1.1\nHost: localhost\n"), 501)
        for target, role, allow in ((path, "command-gateway", "OPTIONS, POST"),
                                    ("/events", "sse-gateway", "GET, HEAD, OPTIONS"),
                                    ("*", "command-gateway", "GET, HEAD, OPTIONS, POST")):
            answer = self.raw(f"OPTIONS {target} HTTP/1.1\nHost: localhost\n", role=role)
            self.assertEqual((answer.status, answer.headers["Allow"]), (204, allow))

    def test_media(self):
        for value in ("application/json", "application/json; charset=UTF-8", "APPLICATION/JSON"):
            self.assertEqual(self.post({"Content-Type": value}).status, 202, value)
        self.assertEqual(self.post({"Content-Encoding": "identity"}).status, 202)
        for value in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data",
                      "application/json; charset=latin1", "application/xml", "nonsense",
                      "application/json; a=b, text/plain", "application/json; x=\"open",
                      "application/json; garbage", "application/json; =y"):
            answer = self.post({"Content-Type": value})
            self.assert_problem(answer, 415)
            self.assertEqual(answer.headers["Accept"], "application/json")
        for value in ("gzip", "br", "deflate"):
            answer = self.post({"Content-Encoding": value})
            self.assert_problem(answer, 415)
            self.assertEqual(answer.headers["Accept-Encoding"], "identity")
        self.assert_problem(self.post({"Expect": "something"}), 417)
        path = self.opened()
        for value, status in (("text/html", 406), ("*/*", 200), ("application/*;q=0.5", 200)):
            self.assertEqual(self.request("GET", path, {"Accept": value}).status, status, value)
        answer = self.request("GET", "/events", {"Accept": "application/json"}, role="sse-gateway")
        self.assert_problem(answer, 406)

    def test_what_a_cache_may_do(self):
        path = self.opened()
        command = "/commands/" + self.post().json()["id"]
        for target in ("/livez", "/readyz", command, path, "/nowhere"):
            answer = self.request("GET", target)
            expected = "private, no-cache" if target == path else "no-store"
            self.assertEqual(answer.headers["Cache-Control"], expected, target)
            for name in ("Authorization", "Origin"):
                self.assertIn(name, answer.headers["Vary"])
        self.assertEqual(self.post().headers["Cache-Control"], "no-store")

    def test_ids(self):
        accepted = self.post().json()
        for spelled in (accepted["id"].upper(), accepted["id"].title()):
            answer = self.request("GET", f"/commands/{spelled}")
            self.assertEqual((answer.status, answer.json()["id"]), (200, accepted["id"]))
        for entity in (".", "..", "%2e", "%2E%2e", "%00", "a%0Ab", "a%09", "a%", "%FF"):
            answer = self.post_raw(path=f"/commands/account/{entity}/open")
            self.assert_problem(answer, 400)
        self.assertEqual(self.post_raw(path="/commands/account//open").status, 404)

    def test_a_key_may_stand_in_quotes(self):
        key = uuid.uuid4().hex
        first = self.post({"Idempotency-Key": f"{key}"})
        for value in (f'"{key}"', f'"{key}";x=1'):
            self.assertEqual(self.post({"Idempotency-Key": value}).json(), first.json())
        spaced = self.post({"Idempotency-Key": f'"{key} b \\" c"'})
        self.assertEqual(spaced.status, 202)
        self.assertNotEqual(spaced.json()["id"], first.json()["id"])
        for value in (f'"{key}', f'{key} b', '""', f'"{key}"x', f'"{key}";',
                      f'"{key}\\b"', f'"{key * 8}"'):
            self.assert_problem(self.post({"Idempotency-Key": value}), 400, "Idempotency-Key")

    def test_another_condition_is_another_request(self):
        key = {"Idempotency-Key": uuid.uuid4().hex}
        self.assertEqual(self.post({**key, "If-Match": '"0"'}).status, 202)
        self.assertEqual(self.post({**key, "If-Match": 'W/"0"'}).status, 202)
        self.assertEqual(self.post({**key, "If-Match": "*"}).status, 422)
        self.assertEqual(self.post({**key, "If-Match": '"0", "1"'}).status, 422)

    def test_a_large_body_is_refused_before_it_is_sent(self):
        """No byte of the body is sent and no 100 is read: the first thing that comes is the no."""
        path = command_path("a", "open")
        length = "Expect: 100-continue\nContent-Length: 60000\n"
        cases = [(f"POST {path}", length, 401), ("POST /nowhere", length, 404),
                 (f"PUT {path}", length, 405), (f"POST {path}", self.auth.strip() + "\n" + length +
                                                "Content-Type: text/plain\n", 415),
                 ("POST /commands/planet/a/open", self.auth.strip() + "\n" + length, 404),
                 (f"POST {path}", self.auth.strip() + "\nContent-Length: 99999999\n", 413)]
        chunked = "Expect: 100-continue\nTransfer-Encoding: chunked\n"
        cases += [(f"{method} {target}", body, 400) for method in ("GET", "HEAD")
                  for target in ("/livez", f"/commands/{uuid.uuid4()}", "/aggregates/planet/a")
                  for body in (length, chunked)]
        for line, lines, status in cases:
            answer = self.raw(f"{line} HTTP/1.1\nHost: localhost\n{lines}")
            self.assert_problem(answer, status)
            self.assertEqual(answer.headers["Connection"], "close")
        answer = self.raw(f"POST {path} HTTP/1.1\nHost: localhost\n{self.auth.strip()}\n{length}")
        self.assertEqual(answer.status, 100)

    def test_pages_that_are_allowed_read_every_answer(self):
        asked = "authorization,cache-control,last-event-id,x-requested-with,traceparent,x!y"
        preflight = {"Origin": ORIGIN, "Access-Control-Request-Headers": asked}
        for role, path, method in (("sse-gateway", "/events", "GET"),
                                   ("command-gateway", "/nowhere", "POST"),
                                   ("command-gateway", "/livez", "PATCH")):
            preflight["Access-Control-Request-Method"] = method
            answer = self.request("OPTIONS", path, preflight, role=role)
            self.assertEqual(answer.status, 204)
            self.assertEqual(answer.headers["Access-Control-Allow-Methods"], method)
            self.assertEqual(answer.headers["Access-Control-Allow-Origin"], ORIGIN)
            for name in asked.split(","):
                self.assertIn(name, answer.headers["Access-Control-Allow-Headers"])
        origin = f"Origin: {ORIGIN}\n"
        for line, lines, status in (("GET /nowhere", origin, 404), ("PUT /livez", origin, 405),
                                    ("GET /%zz", origin, 400),
                                    ("POST /x", "Content-Length: 9999999\n" + origin, 413),
                                    ("GET /livez", f"X: {'x' * 9000}\n{origin}", 431),
                                    ("GET /livez", f"{origin}X: {'x' * 9000}\n", 431)):
            answer = self.raw(f"{line} HTTP/1.1\nHost: localhost\n{lines}")
            self.assertEqual(answer.status, status)
            self.assertEqual(answer.headers["Access-Control-Allow-Origin"], ORIGIN, line)
            self.assertIn("Retry-After", answer.headers["Access-Control-Expose-Headers"])

    def test_a_stream_goes_on_from_the_query_in_any_spelling(self):
        accepted = self.post().json()
        for name in ("last-event-id", "lastEventId", "lastEventID", "Last-Event-ID",
                     "last_event_id", "LASTEVENTID"):
            answer = self.resumed(f"/events?{name}={accepted['cursor']}")
            self.assertIn(accepted["id"].encode(), answer, name)
        late = self.resumed("/events?lastEventId=1-0", {"Last-Event-ID": "garbage"}, b"reset")
        self.assertIn(b"event: reset", late)
        for query in ("lastEventId=1-0&lastEventId=1-0", "lastEventId=1-0&last-event-id=1-0"):
            answer = self.request("GET", f"/events?{query}", role="sse-gateway")
            self.assert_problem(answer, 400, "once")

    def resumed(self, target, headers=None, until=b'"last":true'):
        """What a stream sends, up to and with `until`."""
        lines = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
        head = f"GET {target} HTTP/1.1\r\nHost: localhost\r\n{self.auth}{lines}\r\n"
        port = self.system.ports["sse-gateway"]
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            connection.sendall(head.encode())
            text = b""
            while until not in text:
                more = connection.recv(65536)
                self.assertTrue(more, text)
                text += more
            return text


if __name__ == "__main__":
    suite.main()
