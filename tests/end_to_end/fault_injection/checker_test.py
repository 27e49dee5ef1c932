"""The checker bites: each way to break a promise is found, and a sound run is not blamed."""

import sys
import unittest
from pathlib import Path
from types import SimpleNamespace

FOLDER = Path(__file__).resolve().parent
sys.path[:0] = [str(FOLDER.parent), str(FOLDER.parents[1])]

from fault_injection.checker import (
    DISORDERED, DOUBLED, MISSING, WRONG, Checker, StoredCommand, StoredEvent)
from fault_injection.event_source import Followed, Shown
from fault_injection.history import History

SENT = (("open", '{"owner":"ada"}'), ("deposit", '{"cents":5}'), ("withdraw", '{"cents":3}'),
        ("withdraw", '{"cents":9}'), ("deposit", '{"cents":0}'))
REJECTION = '{"category":"account","code":"insufficient-funds"}'
MADE = (("opened", "account", '{"owner":"ada","opened_by":"ada"}'),
        ("deposited", "account", '{"cents":5}'),
        ("withdrawn", "account", '{"cents":3}'), ("rejected", "$command", REJECTION),
        ("unchanged", "$command", "{}"))


class CheckerTest(unittest.TestCase):
    def setUp(self):
        self.history = History()
        self.commands, self.events = [], []
        for number, ((name, data), (kind, category, made)) in enumerate(zip(SENT, MADE), 1):
            sent = self.history.new(number, "ada", "a", name, data, None)
            self.history.take_202(sent, number, f"id-{number}", "1-0")
            self.commands.append(
                StoredCommand(number, f"id-{number}", "a", name, data, "ada", None))
            ours = category == "account"
            self.events.append(StoredEvent(
                number, f"id-{number}", number, kind, category, "a" if ours else f"id-{number}",
                number if ours else 1, True, made, "ada"))
        shown = [Shown(*Checker._as_shown(event)) for event in self.events]
        self.stream = SimpleNamespace(user="ada", beginning=0, shown=shown, wrong=[])
        followed = [Followed(event.version, f"{event.command}-0", event.type, "a", event.data)
                    for event in self.events if event.category == "account"]
        self.follower = SimpleNamespace(entity="a", beginning=1, shown=followed[1:], wrong=[])

    def found(self):
        checker = Checker(self.history, self.commands, self.events)
        checker.check([self.stream], [self.follower])
        return {kind for kind, count in checker.counts.items() if count}

    def change(self, rows, at, **values):
        rows[at] = rows[at]._replace(**values)

    def test_a_sound_run_is_not_blamed(self):
        self.assertEqual(self.found(), set())

    def test_a_stream_from_the_middle_is_not_blamed(self):
        self.stream.beginning = 2
        del self.stream.shown[:2]
        self.assertEqual(self.found(), set())

    def test_what_a_follower_misses_or_should_not_have(self):
        shown = list(self.follower.shown)
        for spoilt, kind in (([shown[1]], MISSING), ([*shown, shown[1]], DOUBLED),
                             (shown[::-1], DISORDERED),
                             ([shown[0]._replace(data="{}"), shown[1]], WRONG)):
            self.follower.shown = spoilt
            self.assertEqual(self.found(), {kind})
        self.follower.shown, self.follower.wrong = shown, [(1, "snapshot")]
        self.assertEqual(self.found(), {WRONG})
        self.follower.shown, self.follower.wrong, self.follower.beginning = [], [], None
        self.assertEqual(self.found(), {MISSING})
        self.follower.entity = "none"
        self.assertEqual(self.found(), set())

    def test_an_accepted_command_that_is_not_stored(self):
        del self.commands[-1]
        self.assertIn(MISSING, self.found())

    def test_a_command_that_was_never_accepted(self):
        self.history.new(9, "ada", "a", "open", "{}", None)
        self.assertIn(MISSING, self.found())

    def test_a_command_that_nobody_sent(self):
        self.commands.append(StoredCommand(6, "id-6", "b", "open", "{}", "ada", None))
        self.assertIn(WRONG, self.found())

    def test_a_command_that_is_stored_otherwise(self):
        for values in ({"entity": "b"}, {"user": "bob"}, {"data": "{}"}, {"expected": 1}):
            with self.subTest(values):
                self.setUp()
                self.change(self.commands, 4, **values)
                self.assertIn(WRONG, self.found())

    def test_a_command_that_is_stored_twice(self):
        self.commands.append(self.commands[-1]._replace(position=6))
        self.assertIn(DOUBLED, self.found())

    def test_a_key_with_two_ids(self):
        self.history.take_202(self.history.commands[0], 9, "id-9", "1-0")
        self.assertIn(DOUBLED, self.found())

    def test_two_keys_with_one_id(self):
        self.history.commands[0].ids = {"id-2"}
        self.assertIn(WRONG, self.found())

    def test_a_command_without_an_answer(self):
        self.events.pop()
        self.assertIn(MISSING, self.found())

    def test_a_command_with_two_answers(self):
        self.events.append(self.events[-1]._replace(position=6))
        self.assertIn(DOUBLED, self.found())

    def test_a_command_with_two_effects(self):
        again = self.events[2]._replace(position=6, version=4)
        self.change(self.events, 2, last=False)
        self.events.append(again)
        self.stream.shown = [Shown(*Checker._as_shown(event)) for event in self.events]
        self.follower.shown.append(Followed(4, "id-3-0", again.type, "a", again.data))
        self.assertEqual(self.found(), {DOUBLED})

    def test_a_hole_in_the_positions(self):
        self.change(self.events, 4, position=7)
        self.assertIn(MISSING, self.found())

    def test_a_hole_in_the_versions(self):
        self.change(self.events, 2, version=4)
        self.assertIn(MISSING, self.found())

    def test_another_outcome_than_the_models(self):
        for values in ({"data": '{"cents":4}'}, {"type": "deposited"}, {"user": "bob"},
                       {"command": "id-1"}):
            with self.subTest(values):
                self.setUp()
                self.change(self.events, 2, **values)
                self.assertIn(WRONG, self.found())

    def test_an_event_that_was_never_shown(self):
        del self.stream.shown[2]
        self.assertEqual(self.found(), {MISSING})

    def test_a_last_event_that_was_never_shown(self):
        self.stream.shown.pop()
        self.assertEqual(self.found(), {MISSING})

    def test_an_event_that_was_shown_twice(self):
        self.stream.shown.insert(3, self.stream.shown[2])
        self.assertIn(DOUBLED, self.found())

    def test_events_that_were_shown_in_another_order(self):
        shown = self.stream.shown
        shown[1], shown[2] = shown[2], shown[1]
        self.assertEqual(self.found(), {DISORDERED})

    def test_an_event_of_another_user(self):
        self.change(self.events, 4, user="bob")
        self.assertIn(WRONG, self.found())

    def test_an_event_that_was_shown_otherwise(self):
        self.change(self.stream.shown, 1, data='{"cents":6}')
        self.assertEqual(self.found(), {WRONG})

    def test_a_stream_that_was_reset(self):
        self.stream.wrong.append((1.0, "reset"))
        self.assertEqual(self.found(), {WRONG})

    def test_a_state_that_is_not_the_stores(self):
        checker = Checker(self.history, self.commands, self.events)
        checker.check_states([("id-1", 200, b'{"status":"applied"}'),
                              ("id-4", 200, b'{"status":"applied"}'), ("id-5", 404, b"")])
        self.assertEqual(checker.counts[WRONG], 2)


if __name__ == "__main__":
    unittest.main()
