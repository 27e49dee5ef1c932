"""Cuts the connections of a running process from outside, by duplicates of its sockets.

Two ways to be cut: closed (the other side hears of it), and silent, where the kernel drops whatever
comes in, acknowledgements too, so that both sides hang as they do when a cable is pulled.
"""

import ctypes
import os
import re
import socket
import struct
import threading

PIDFD_GETFD = 438
SO_ATTACH_FILTER, SO_DETACH_FILTER = 26, 27
LOOK_EVERY_S = 0.01
_libc = ctypes.CDLL(None, use_errno=True)

# A filter of one instruction: of every packet, keep 0 bytes.
_instruction = ctypes.create_string_buffer(struct.pack("=HBBI", 0x06, 0, 0, 0), 8)
_DROP_ALL = struct.pack("HP", 1, ctypes.addressof(_instruction))


def _inodes(pid):
    """Descriptor by inode, of each socket that the process has."""
    found = {}
    folder = f"/proc/{pid}/fd"
    for descriptor in os.listdir(folder):
        try:
            target = os.readlink(f"{folder}/{descriptor}")
        except OSError:
            continue  # closed meanwhile
        if socket_of := re.fullmatch(r"socket:\[(\d+)\]", target):
            found[socket_of[1]] = int(descriptor)
    return found


def _duplicate(pidfd, descriptor):
    copy = _libc.syscall(PIDFD_GETFD, pidfd, descriptor, 0)
    return None if copy < 0 else socket.socket(fileno=copy)


def allowed():
    """Whether the machine lets us have duplicates of another's descriptors."""
    pidfd = os.pidfd_open(os.getpid())
    with socket.socket() as mine:
        copy = _duplicate(pidfd, mine.fileno())
    os.close(pidfd)
    if copy is None:
        return False
    copy.close()
    return True


class Cut:
    """From __enter__ to __exit__, what `chosen(local, remote)` picks of a process's TCP sockets.

    New ones are found by looking often, so a new connection lives for an instant.
    """

    def __init__(self, pid, chosen, silent):
        self._pid = pid
        self._chosen = chosen
        self._silent = silent
        self._known = {}  # inode -> our duplicate, or None where it is not of the chosen
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.count = 0

    def __enter__(self):
        self._pidfd = os.pidfd_open(self._pid)
        self._look()
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._ended.set()
        self._thread.join()
        for copy in filter(None, self._known.values()):
            if self._silent:
                try:
                    copy.setsockopt(socket.SOL_SOCKET, SO_DETACH_FILTER, 0)
                except OSError:
                    pass  # it was closed, and the filter went with it
            copy.close()
        os.close(self._pidfd)

    def _watch(self):
        while True:
            try:
                self._look()
            except OSError:
                pass  # the process has ended
            if self._ended.wait(LOOK_EVERY_S):
                return

    def _look(self):
        for inode, descriptor in _inodes(self._pid).items():
            if inode in self._known:
                continue
            copy = _duplicate(self._pidfd, descriptor)
            if copy is None:
                continue
            if self._matches(copy):
                self._cut(copy)
                # A duplicate keeps a socket open, which only a silent one wants: no last word.
                self._known[inode] = copy if self._silent else copy.close()
            elif copy.family == socket.AF_INET and self._unconnected(copy):
                copy.close()  # looked at again when it is
            else:
                copy.close()
                self._known[inode] = None

    @staticmethod
    def _unconnected(copy):
        try:
            copy.getpeername()
            return False
        except OSError:
            return True

    def _matches(self, copy):
        if copy.family != socket.AF_INET:
            return False
        local = copy.getsockname()
        try:
            remote = copy.getpeername()
        except OSError:
            remote = None  # it listens, or is not connected yet
        return self._chosen(local, remote)

    def _cut(self, copy):
        self.count += 1
        try:
            if self._silent:
                copy.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, _DROP_ALL)
            elif not copy.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                copy.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # ended by itself
