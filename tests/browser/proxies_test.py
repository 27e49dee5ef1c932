"""Our client and a native EventSource in a real browser, behind nginx and HAProxy."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import browser_test
from kit import browser, suite
from kit.proxy import KINDS, Proxy
from kit.system import System

kind = sys.argv.pop(1) if sys.argv[1:2] and sys.argv[1] in KINDS else KINDS[0]
# In place of the cut connection: the answer that a proxy gives by itself.
PLAIN_ANSWER = {"nginx": {"return 444;": "return 502;"},
                "haproxy": {f"errorfile {status} /dev/null": "" for status in (502, 503, 504)}}

OUR_CLIENT = """
    const { Antiphon } = await import('/antiphon.js');
    window.ours = [];
    window.resets = 0;
    window.statuses = [];
    window.client = new Antiphon({ token: arguments[0] });
    client.addEventListener('event', ({ detail }) => ours.push(detail.commandid));
    client.addEventListener('reset', () => resets += 1);
    client.addEventListener('state', ({ detail }) => statuses.push(detail.status));
    client.listen();
"""


class ProxiesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.system = System(settings={"kafka.session_timeout_ms": 6000, "relay.lease_ttl_ms": 2000,
                                      "sse.retry_ms": 500, "sse.retry_jitter_ms": 500})
        cls.addClassCleanup(cls.system.stop)
        cls.system.start(browser_test.ROLES)
        cls.browser = browser.Browser(cls.system.logs)
        cls.addClassCleanup(cls.browser.close)

    def follow(self, user, replace=None):
        port = self.system.ports["dev"]
        proxy = Proxy(kind, self.system.folder, self.system.logs, port, port, replace)
        self.addCleanup(proxy.end)
        self.user, self.token, self.accepted = user, self.system.token(user), []
        self.browser.open(f"http://127.0.0.1:{proxy.port}")
        self.browser.run(browser_test.EVENT_SOURCE, user)
        self.browser.run(OUR_CLIENT, self.token)
        self.browser.wait("client.state === 'live'", "live stream")

    def send(self, count):
        for _ in range(count):
            entity = f"{self.user}-{len(self.accepted)}"
            answer = self.system.send(self.token, entity, "open", {"owner": "A"})
            self.assertEqual(answer.status, 202, answer.body)
            self.accepted.append(answer.json()["id"])

    def wait_heard(self, what, whose):
        self.browser.wait(f"{what}.length >= {len(self.accepted)}", f"all events of {whose}")
        self.assertCountEqual(self.browser.run(f"return {what}"), self.accepted)

    def test_a_restart_is_survived_by_both(self):
        self.follow("native")
        self.send(3)
        self.system.kill_9("dev")
        self.browser.wait("source.readyState === EventSource.CONNECTING", "cut connection")
        self.send(3)
        self.system.restart("dev")
        self.wait_heard("heard.map(([id, command]) => command)", "the EventSource")
        self.wait_heard("ours", "our client")
        self.assertEqual(self.browser.run("return [opened, resets]"), [2, 0])

    def test_an_answer_of_the_proxy_ends_the_native_one_and_not_ours(self):
        self.follow("ours", PLAIN_ANSWER[kind])
        self.send(3)
        self.system.kill_9("dev")
        self.browser.wait("source.readyState === EventSource.CLOSED", "end of the EventSource")
        self.browser.wait("statuses.some((status) => status >= 502)", "refusal of our client")
        self.send(3)
        self.system.restart("dev")
        self.wait_heard("ours", "our client")
        self.assertEqual(self.browser.run("return resets"), 0)


if __name__ == "__main__":
    if missing := browser.missing():
        suite.skip(f"needs {' and '.join(missing)}")
    suite.main()
