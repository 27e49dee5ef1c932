"""nginx or HAProxy with the file of deploy/, on a port of its own in front of a System."""

import shutil
import signal

from kit import wait
from kit.client import request
from kit.guard import Guard
from kit.process import Process, processes_below
from kit.suite import ROOT
from kit.system import free_port

KINDS = ("nginx", "haproxy")
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


class Proxy:
    """`replace`: texts of the file that a test wants otherwise."""

    def __init__(self, kind, folder, logs, command_port, sse_port, replace=None):
        self.kind = kind
        self.port = free_port()
        self._folder = folder / f"{kind}-{self.port}"
        self._folder.mkdir()
        address = f"127.0.0.1:{self.port}"
        texts = {"127.0.0.1:8080": f"127.0.0.1:{command_port}",
                 "127.0.0.1:8081": f"127.0.0.1:{sse_port}", **(replace or {})}
        program = shutil.which(kind, path=PATH)
        if program is None:
            raise RuntimeError(f"{kind} is missing; dev/test installs it")
        if kind == "nginx":
            temporary = "".join(f"    {name}_temp_path {self._folder}/{name};\n" for name in (
                "client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
            texts |= {"listen 80;": f"listen {address};", "/run/nginx.pid": f"{self._folder}/pid",
                      "/var/log/nginx/error.log": logs / "nginx-errors.log",
                      "http {\n": f"http {{\n{temporary}"}
            file = self._write("nginx.conf", texts)
            command = [program, "-c", file, "-g", "daemon off;"]
        else:
            texts |= {"bind :80": f"bind {address}", "maxconn 20000": "maxconn 500"}
            command = [program, "-W", "-f", self._write("haproxy.cfg", texts)]
        self._process = Process(kind, command, logs / f"{kind}.log")
        self._guard = Guard('kill -9 -- "-$0"', self._process.pid)
        wait.until(self._is_up, kind)

    def _write(self, name, texts):
        text = (ROOT / "deploy" / name).read_text()
        for old, new in texts.items():
            if old not in text:
                raise RuntimeError(f"deploy/{name} has no '{old}'")
            text = text.replace(old, str(new))
        file = self._folder / name
        file.write_text(text)
        return file

    def _is_up(self):
        if not self._process.running:
            raise RuntimeError(f"{self.kind} ended:\n{self._process.output}")
        try:
            return self.request("GET", "/readyz").status == 200
        except OSError:
            return False

    def request(self, *arguments, **options):
        return request(self.port, *arguments, **options)

    def reload(self):
        """Until new workers have begun; the old ones stay with their connections."""
        old = set(processes_below(self._process.pid))
        self._process.signal(signal.SIGHUP if self.kind == "nginx" else signal.SIGUSR2)
        wait.until(lambda: set(processes_below(self._process.pid)) - old, "new workers")

    def end(self):
        self._process.stop()
        self._guard.run_now()
