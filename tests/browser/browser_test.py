"""The demo page, our client and a native EventSource in a real browser."""

import json
import subprocess
import sys
import unittest
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import form_checks
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


LEFT, RIGHT, HOME = "\ue012", "\ue014", "\ue011"

ENTER = """
    const input = document.querySelector(`#fields [name="${arguments[0]}"]`);
    input.value = arguments[1];
    for (const type of ['input', 'change'])
        input.dispatchEvent(new Event(type, { bubbles: true }));
"""

CHOOSE_FILE = """
    const chosen = new DataTransfer();
    chosen.items.add(new File([arguments[0]], 'what-if.ndjson'));
    const input = document.querySelector('#what-if-file');
    input.files = chosen.files;
    input.dispatchEvent(new Event('change', { bubbles: true }));
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

    def follow(self, roles=""):
        self.browser.open(self.origin)
        self.browser.type("#user", self.user)
        self.browser.type("#roles", roles)
        self.browser.click("#who button")
        self.wait_live()

    def wait_live(self):
        live = "document.querySelector('#connection').dataset.state === 'live'"
        self.browser.wait(live, "live stream")

    def choose(self, category, entity):
        self.browser.click(f"#category [value={category}]")
        self.browser.type("#entity", entity)

    def enter(self, **fields):
        for name, text in fields.items():
            self.browser.run(ENTER, name, text)

    def send(self, command, **fields):
        self.browser.click(f"#commands-of [value={command}] + span")
        self.enter(**fields)
        self.browser.click("#send")

    def wait_command(self, status, words):
        script = """[...document.querySelectorAll('#commands > li')].some((row) =>
            row.dataset.status === arguments[0] && row.textContent.includes(arguments[1]))"""
        self.browser.wait(script, f"command '{words}' that is {status}", status, words)

    def wait_state(self, name, value):
        script = """[...document.querySelectorAll('#state dd')].some((each) =>
            each.dataset.name === arguments[0] && each.textContent === arguments[1])"""
        self.browser.wait(script, f"{name} to be {value}", name, value)

    def wait_said(self, words):
        script = "document.querySelector('#refusal').textContent.includes(arguments[0])"
        self.browser.wait(script, f"'{words}' to be said", words)

    def wait_errors(self, **messages):
        script = """return Object.fromEntries(
            [...document.querySelectorAll('#fields [aria-invalid=true]')].map((input) =>
                [input.name, input.parentElement.querySelector('.error').textContent]))"""
        wait.until(lambda: self.browser.run(script) == messages, f"the errors {messages}")

    def test_commands_are_followed_from_sent_to_their_answer(self):
        self.follow()
        self.choose("account", self.account)
        self.send("open", owner="Ada <b>")
        self.wait_command("applied", "open")
        self.wait_state("owner", "Ada <b>")
        self.send("deposit", cents="9007199254740993")  # which a Number cannot hold
        self.wait_command("applied", '{"cents":9007199254740993}')
        times = self.browser.run("""
            const times = document.querySelectorAll('#commands > li:first-child output');
            return [...times].map((time) => time.textContent)""")
        self.assertRegex(times[1], r"^\d+\.\d ms$")
        self.assertRegex(times[2], r"^\d+\.\d ms$")
        self.wait_state("balance_cents", "9007199254740993")
        self.system.send(self.system.token("eve"), self.account, "deposit", {"cents": 1})
        self.wait_state("balance_cents", "9007199254740994")
        self.assertIn('{"cents":9007199254740993}', self.browser.text("#events"))
        self.send("withdraw", cents="9007199254740995")
        self.wait_command("rejected", "insufficient-funds")
        self.wait_said("The account does not hold that much.")
        self.send("close")
        self.wait_command("rejected", "close")
        self.assertEqual(self.browser.text("#events-count"), "5")
        self.assertEqual(self.browser.complaints(), [])

    def wait_past(self, count, event):
        script = """document.querySelector('#past-count').textContent === arguments[0] &&
            document.querySelector('#past-event').textContent === arguments[1]"""
        self.browser.wait(script, f"{count}, {event}", count, event)

    def test_the_past_by_the_keys_of_a_slider_while_it_goes_on(self):
        self.follow()
        self.choose("account", self.account)
        self.send("open", owner="Ada")
        self.send("deposit", cents="100")
        self.wait_state("balance_cents", "100")
        self.send("withdraw", cents="30")
        self.wait_state("balance_cents", "70")
        self.wait_past("3, now", "")
        self.browser.press("#past-version", LEFT)
        self.wait_past("version 2 of 3", "account.deposited")
        self.wait_state("balance_cents", "0 100")
        self.assertEqual(self.browser.text("#past-data"), '{"cents":100}')
        changed = "return [...document.querySelectorAll('#state ins')].map((e) => e.textContent)"
        self.assertEqual(self.browser.run(changed), ["100"])
        self.system.send(self.system.token("eve"), self.account, "deposit", {"cents": 5})
        self.wait_past("version 2 of 4", "account.deposited")
        self.assertEqual(self.browser.run(changed), ["100"], "what is now does not take its place")
        self.browser.press("#past-version", HOME)
        self.wait_past("version 1 of 4", "account.opened")
        self.wait_state("owner", " Ada")
        self.browser.press("#past-version", RIGHT * 2)
        self.wait_past("version 3 of 4", "account.withdrawn")
        self.wait_state("balance_cents", "100 70")
        self.browser.click("#past-now")
        self.wait_past("4, now", "")
        self.wait_state("balance_cents", "75")
        self.assertEqual(self.browser.run(changed), [])
        self.assertEqual(self.browser.complaints(), [])

    def what_if(self, *patch):
        """What `antiphon what-if --json` writes of another past."""
        file = self.system.folder / "patch.ndjson"
        file.write_text("".join(json.dumps(line) + "\n" for line in patch))
        command = self.system.command("what-if", "--json", "--rate", "0", "--patch", file)
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 2, done.stderr)
        return done.stdout

    def wait_told(self, words):
        script = "document.querySelector('#what-if-told').textContent === arguments[0]"
        self.browser.wait(script, f"'{words}' to be told", words)

    def test_an_aggregate_as_it_is_and_as_another_build_would_have_made_it(self):
        self.follow()
        self.choose("account", self.account)
        self.send("open", owner="Ada <b>")
        self.send("deposit", cents="9007199254740993")
        self.wait_state("balance_cents", "9007199254740993")
        deposit = self.system.sql("select id from commands where name = 'deposit' and entity = "
                                  f"'{self.account}'")[0][0]
        written = self.what_if({"remove": deposit})
        self.browser.run(CHOOSE_FILE, written)
        self.wait_told("Other answers: 1. Other states: 1.")
        found = "return document.querySelector('#what-if-found').textContent"
        changed = """return ['del', 'ins'].map((name) => document.querySelector(
            `#what-if-found [data-name=balance_cents] ${name}`).textContent)"""
        self.assertIn(f"account {self.account}", self.browser.run(found))
        self.assertIn("Ada <b>", self.browser.run(found))
        self.assertEqual(self.browser.run(changed), ["9007199254740993", "0"])
        wanted = "Choose what “antiphon what-if --json” has written to its end."
        self.browser.run(CHOOSE_FILE, written[:written.rindex("{")])
        self.wait_told("Other answers: 1. Other states: 1."
                       f" That is not all: the last line is missing. {wanted}")
        self.browser.run(CHOOSE_FILE, "{}\nan answer\n")
        self.wait_told(f"Line 2 of what-if.ndjson is no JSON object. {wanted}")
        self.assertEqual(self.browser.run(found), "")
        self.assertEqual(self.browser.complaints(), [])

    def test_an_invoice_with_its_faults_at_their_fields(self):
        self.follow("clerk other")
        self.choose("invoice", self.account)
        self.assertIn("Nothing that you may see", self.browser.text("#state"))
        self.send("draft", customer="bob", currency="EUR")
        self.wait_command("applied", "draft")
        self.wait_state("status", "draft")
        self.send("add-line", description="", quantity="some", unit_price="19.95")
        self.wait_errors(description="This must have at least 1 character.",
                         quantity="This must be a whole number.")
        self.assertEqual(self.browser.run("return document.activeElement.name"), "description")
        self.enter(description="Lamp", quantity="3")
        self.wait_errors()
        self.browser.click("#send")
        self.wait_state("total", "59.85")
        self.send("send", due="2020-01-31")
        self.wait_command("rejected", "due-in-the-past")
        self.wait_errors(due="This is before today.")
        self.enter(due="2999-01-31")
        self.browser.click("#send")
        self.wait_state("status", "sent")
        self.assertEqual(self.browser.complaints(), [])

    def test_who_may_not_is_told_so(self):
        self.follow("clerks")
        self.choose("invoice", self.account)
        self.send("draft", customer="bob", currency="EUR")
        self.wait_said(f"{self.user}, with the roles clerks, may not send “draft”. "
                       "It is allowed by: role clerk.")
        self.wait_command("refused", "forbidden")
        self.send("pay", amount="1")  # which nobody knows before the invoice is seen
        self.wait_said("You may not do this.")

    def test_a_form_is_drawn_for_whatever_a_contract_can_contain(self):
        self.browser.open(self.origin)
        found = self.browser.run(form_checks.FILL, form_checks.ORDER)
        instant = found.pop("instant")
        found["json"] = found["json"].replace(instant, "INSTANT")
        self.assertEqual(found, form_checks.EXPECTED)
        self.assertEqual(self.browser.complaints(), [])

    def test_the_client_sends_names_and_numbers_as_they_are(self):
        self.browser.open(self.origin)
        self.assertEqual(self.browser.run(CLIENT),
                         ["/commands/a%2Fb/%3F%23%20%C3%A4/n", '{"big":9007199254740993,"n":[1]}',
                          "9007199254740993"])

    def test_two_windows_of_one_user_both_follow(self):
        self.follow()
        self.choose("account", self.account)
        first = self.browser.window()
        second = self.browser.new_window()
        self.browser.open(f"{self.origin}/?user={self.user}")
        self.wait_live()
        self.browser.switch_to(first)
        self.send("open", owner="Ada")
        self.wait_command("applied", "open")
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
        self.choose("account", self.account)
        self.browser.run(EVENT_SOURCE, self.user)
        send(3)
        wait_heard()
        self.system.kill_9("dev")
        self.browser.wait("source.readyState === EventSource.CONNECTING", "cut connection")
        send(5)
        self.send("open", owner="Ada")  # which the page tries until the gateway is back
        by_page = 1
        pending = ("select count(*) from commands c where not exists "
                   "(select from events e where e.command_position = c.position)")
        wait.until(lambda: self.system.sql(pending) == [("0",)], "the others to carry on", 60)
        self.system.restart("dev")
        self.wait_command("applied", "open")
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
