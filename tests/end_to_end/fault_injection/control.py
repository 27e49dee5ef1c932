"""The control file of preload.c: what the wall clock and fsync of a process are like."""

import struct

OFFSET_AT, DELAY_AT = 0, 8
SECOND_NS = 1_000_000_000


class Control:
    def __init__(self, library, file):
        self._file = file
        file.write_bytes(bytes(16))
        file.chmod(0o644)  # PostgreSQL is another user
        self.environment = {"LD_PRELOAD": str(library), "FAULT_CONTROL": str(file)}

    def _write(self, at, seconds):
        with self._file.open("r+b", buffering=0) as file:
            file.seek(at)
            file.write(struct.pack("=q", int(seconds * SECOND_NS)))

    def set_clock(self, seconds):
        self._write(OFFSET_AT, seconds)

    def set_fsync_delay(self, seconds):
        self._write(DELAY_AT, seconds)
