"""Runs a shell line when this process has ended, however it ended: kill -9 and time-outs too."""

import subprocess


class Guard:
    def __init__(self, line, *arguments):
        self._shell = subprocess.Popen(
            ["sh", "-c", f"read -r _; {line}", *(str(argument) for argument in arguments)],
            stdin=subprocess.PIPE,  # ends with us
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def run_now(self):
        self._shell.stdin.close()
        self._shell.wait(120)
