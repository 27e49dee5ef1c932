"""Waiting for a thing, with a deadline: no test sleeps and hopes."""

import time


def until(condition, what, seconds=30.0):
    """The first true value of condition(); TimeoutError names `what` when there is none in time."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise TimeoutError(f"after {seconds:g} s: still no {what}")
        time.sleep(0.01)
