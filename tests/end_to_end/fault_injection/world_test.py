"""What is asked of a world while its faults overlap: they may not spoil one another's work."""

import os
import signal
import sys
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
sys.path[:0] = [str(FOLDER.parent), str(FOLDER.parents[1])]

from fault_injection.world import World
from kit import wait


class WorldTest(unittest.TestCase):
    def setUp(self):
        self.world = World("embedded")
        self.addCleanup(self.world._end)
        self.pool = ThreadPoolExecutor(2)
        self.addCleanup(self.pool.shutdown)

    def test_a_question_to_a_store_that_is_down_is_answered_once_it_is_back(self):
        self.world.start_postgres()
        self.world.postgres.stop()
        asked = self.pool.submit(self.world.sql, "select 1")
        with self.assertRaises(TimeoutError):
            asked.result(0.5)
        self.world.bring_postgres_back()
        self.assertEqual(asked.result(30), [("1",)])

    def test_a_question_whose_session_is_ended_is_asked_again(self):
        self.world.start_postgres()
        asked = self.pool.submit(self.world.sql, "select 1 from pg_sleep(5)")
        wait.until(lambda: self.world.sql(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where query ~ '^select 1 from'"), "session to end")
        self.assertEqual(asked.result(30), [("1",)])

    def test_a_broker_that_ends_as_a_fault_takes_it_down_stays_down(self):
        broker = self.world.broker
        for _ in range(20):
            broker.start()
            os.kill(broker.pid, signal.SIGKILL)
            watched = self.pool.submit(broker.start_if_ended_by_itself)
            broker.halt()
            watched.result(30)
            self.assertIsNone(broker.pid)


if __name__ == "__main__":
    unittest.main()
