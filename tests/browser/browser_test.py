"""The demo page, our client and a native EventSource in a real browser."""

import json
import sys
import unittest
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from kit import browser, suite, wait
from kit.system import System

ROLES = ("relay", "worker", "command-gateway", "dev")  # "dev" has the page; the others carry on

PARSER_CHECK = """
    const { SseParser } = await import('/sse_parser.js');
    const lines = ['\\ufeffretry: 1234', ': comment',
                   'data: {"a":', 'data:  "ä€𝄞"}', 'event: odd', 'id: 1-1', '',
                   'data: second', 'id: 1-2', '', 'id', 'data', '', 'unknown: x', 'data: cut'];
    const expected = JSON.stringify([
        { type: 'odd', data: '{"a":\\n "ä€𝄞"}', id: '1-1' },
        { type: 'message', data: 'second', id: '1-2' },
        { type: 'message', data: '', id: '' }]);
    const wrong = [];
    for (const end of ['\\n', '\\r', '\\r\\n']) {
        const bytes = new TextEncoder().encode(lines.join(end));
        for (let cut = 0; cut <= bytes.length; ++cut) {
            const parser = new SseParser();
            const decoder = new TextDecoder();
            const pieces = [bytes.slice(0, cut), bytes.slice(cut)];
            const texts = pieces.map((piece) => decoder.decode(piece, { stream: true }));
            const found = texts.flatMap((text) => parser.push(text));
            const right = JSON.stringify(found) === expected && parser.retryMs === 1234;
            if (!right) wrong.push([end, cut, found]);
        }
    }
    return wrong;
"""

EVENT_SOURCE = """
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ subject: arguments[0] });
    await fetch('/dev/token', { method: 'POST', headers, body });
    window.opened = 0;
    window.heard = [];
    window.source = new EventSource('/events');
    source.onopen = () => opened += 1;
    source.onmessage = (event) => heard.push([event.lastEventId, JSON.parse(event.data).commandid]);
    await new Promise((resolve) => source.addEventListener('ready', resolve, { once: true }));
"""

CLIENT = """
    const { Antiphon } = await import('/antiphon.js');
    const sent = [];
    window.fetch = async (path, { body }) => {
        sent.push(path, body);
        return new Response('{"id":"1","big":9007199254740993}', { status: 202 });
    };
    const data = { big: 9007199254740993n, n: [1], left: undefined };
    const answer = await new Antiphon({}).send('a/b', '?# ä', 'n', data);
    return [...sent, String(answer.big)];
"""


class BrowserTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.system = System(settings={"kafka.session_timeout_ms": 6000, "relay.lease_ttl_ms": 2000,
                                      "sse.retry_ms": 500, "sse.retry_jitter_ms": 500})
        cls.addClassCleanup(cls.system.stop)
        cls.system.start(ROLES)
        cls.origin = f"http://127.0.0.1:{cls.system.ports['dev']}"
        cls.browser = browser.Browser(cls.system.logs)
        cls.addClassCleanup(cls.browser.close)

    def setUp(self):
        self.user = f"user-{uuid.uuid4().hex[:6]}"
        self.account = f"account-{uuid.uuid4().hex[:6]}"

    def run(self, result=None):
        before = len(result.failures) + len(result.errors)
        super().run(result)
        if len(result.failures) + len(result.errors) > before:
            self.browser.screenshot(self.system.logs / f"{self._testMethodName}.png")

    def follow(self):
        self.browser.open(self.origin)
        self.browser.type("#user", self.user)
        self.browser.click("#who button")
        self.wait_live()

    def wait_live(self):
        live = "document.querySelector('#connection').dataset.state === 'live'"
        self.browser.wait(live, "live stream")

    def send(self, verb, field=None, text=None):
        self.browser.type("#entity", self.account)
        self.browser.click(f"#call [value={verb}] + span")
        if field:
            self.browser.type(field, text)
        self.browser.click("#send")

    def wait_command(self, status, words):
        script = """[...document.querySelectorAll('#commands > li')].some((row) =>
            row.dataset.status === arguments[0] && row.textContent.includes(arguments[1]))"""
        self.browser.wait(script, f"command '{words}' that is {status}", status, words)

    def test_commands_are_followed_from_sent_to_their_answer(self):
        self.follow()
        self.send("open", "#owner", "Ada")
        self.wait_command("applied", "open Ada")
        self.send("deposit", "#amount", "25.00")
        self.wait_command("applied", "deposit 25.00")
        times = self.browser.run("""
            const times = document.querySelectorAll('#commands > li:first-child output');
            return [...times].map((time) => time.textContent)""")
        self.assertRegex(times[1], r"^\d+\.\d ms$")
        self.assertRegex(times[2], r"^\d+\.\d ms$")
        balance = "document.querySelector('#balance').textContent === '25.00'"
        self.browser.wait(balance, "balance 25.00")
        self.send("withdraw", "#amount", "1000")
        self.wait_command("rejected", "insufficient-funds")
        self.send("close")
        self.wait_command("rejected", "close")
        self.assertEqual(self.browser.text("#events-count"), "4")
        self.assertEqual(self.browser.complaints(), [])

    def test_the_client_sends_names_and_numbers_as_they_are(self):
        self.browser.open(self.origin)
        self.assertEqual(self.browser.run(CLIENT),
                         ["/commands/a%2Fb/%3F%23%20%C3%A4/n", '{"big":9007199254740993,"n":[1]}',
                          "9007199254740993"])

    def test_two_windows_of_one_user_both_follow(self):
        self.follow()
        first = self.browser.window()
        second = self.browser.new_window()
        self.browser.open(f"{self.origin}/?user={self.user}")
        self.wait_live()
        self.browser.switch_to(first)
        self.send("open", "#owner", "Ada")
        self.wait_command("applied", "open Ada")
        self.browser.switch_to(second)
        self.wait_command("applied", "another window")
        self.assertEqual(self.browser.text("#events-count"), "1")
        self.assertEqual(self.browser.complaints(), [])

    def test_the_parser_takes_a_stream_that_is_cut_anywhere(self):
        self.browser.open(self.origin)
        self.assertEqual(self.browser.run(PARSER_CHECK), [])

    def test_a_native_event_source_and_the_page_survive_a_restart(self):
        token = self.system.token(self.user)
        accepted = []
        by_page = 0

        def send(count):
            for _ in range(count):
                entity = f"{self.account}-{len(accepted)}"
                answer = self.system.send(token, entity, "open", {"owner": "A"})
                self.assertEqual(answer.status, 202)
                accepted.append(answer.json()["id"])

        def wait_heard():
            count = len(accepted) + by_page
            self.browser.wait(f"heard.length >= {count}", f"{count} events in the EventSource")
            self.browser.wait(f"document.querySelector('#events-count').textContent >= {count}",
                              f"{count} events on the page")

        self.follow()
        self.browser.run(EVENT_SOURCE, self.user)
        send(3)
        wait_heard()
        self.system.kill_9("dev")
        self.browser.wait("source.readyState === EventSource.CONNECTING", "cut connection")
        send(5)
        self.send("open", "#owner", "Ada")  # which the page tries until the gateway is back
        by_page = 1
        pending = ("select count(*) from commands c where not exists "
                   "(select from events e where e.command_position = c.position)")
        wait.until(lambda: self.system.sql(pending) == [("0",)], "the others to carry on", 60)
        self.system.restart("dev")
        self.wait_command("applied", "open Ada")
        wait_heard()
        send(2)
        wait_heard()
        stored = self.system.sql("select '1-' || position, command_id from events "
                                 f"where subject = '{self.user}' order by position")
        self.assertEqual([tuple(event) for event in self.browser.run("return heard")], stored)
        self.assertEqual(len(stored), len(accepted) + by_page)
        self.assertEqual(self.browser.run("return opened"), 2)
        self.assertEqual(self.browser.text("#events-count"), str(len(stored)))


if __name__ == "__main__":
    if missing := browser.missing():
        suite.skip(f"needs {' and '.join(missing)}")
    suite.main()
