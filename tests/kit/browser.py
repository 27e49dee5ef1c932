"""Headless Chromium, driven through chromedriver by the WebDriver protocol."""

import base64
import json
import shutil
import tempfile
import urllib.error
import urllib.request

from kit import wait
from kit.guard import Guard
from kit.process import Process
from kit.system import free_port

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the protocol's key of an element's reference
FLAGS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic",
    "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--window-size=1200,900",
)


def missing():
    return [tool for tool in ("chromium", "chromedriver") if not shutil.which(tool)]


class Browser:
    def __init__(self, logs):
        self._profile = tempfile.mkdtemp(prefix="antiphon-chromium-")
        self._driver = Process("chromedriver", ["chromedriver", f"--port={(port := free_port())}"],
                               logs / "chromedriver.log")
        self._guard = Guard('kill -9 -- "-$0"; rm -rf "$1"', self._driver.pid, self._profile)
        self._url = f"http://127.0.0.1:{port}"
        wait.until(self._is_up, "chromedriver")
        options = {"binary": shutil.which("chromium"),
                   "args": [*FLAGS, f"--user-data-dir={self._profile}"]}
        capabilities = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        session = self._call("POST", "/session", {"capabilities": {"alwaysMatch": capabilities}})
        self._url += f"/session/{session['sessionId']}"

    def _is_up(self):
        try:
            return self._call("GET", "/status")["ready"]
        except OSError:
            return False

    def _call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._url + path, data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return json.load(response)["value"]
        except urllib.error.HTTPError as error:
            problem = json.load(error)["value"]
            raise RuntimeError(f"{problem['error']}: {problem['message']}") from None

    def open(self, url):
        self._call("POST", "/url", {"url": url})

    def new_window(self):
        """Opens a window, makes it the current one and gives its handle."""
        handle = self._call("POST", "/window/new", {"type": "window"})["handle"]
        self.switch_to(handle)
        return handle

    def window(self):
        return self._call("GET", "/window")

    def switch_to(self, handle):
        self._call("POST", "/window", {"handle": handle})

    def _find(self, selector):
        body = {"using": "css selector", "value": selector}
        return self._call("POST", "/element", body)[ELEMENT]

    def click(self, selector):
        self._call("POST", f"/element/{self._find(selector)}/click", {})

    def type(self, selector, text):
        element = self._find(selector)
        self._call("POST", f"/element/{element}/clear", {})
        self._call("POST", f"/element/{element}/value", {"text": text})

    def press(self, selector, keys):
        """Keys as the protocol names them: "\\ue012" is the arrow to the left."""
        self._call("POST", f"/element/{self._find(selector)}/value", {"text": keys})

    def run(self, script, *arguments):
        """The value that the body of a (perhaps async) function returns."""
        body = {"script": f"return (async (...arguments) => {{ {script} }})(...arguments)",
                "args": list(arguments)}
        return self._call("POST", "/execute/sync", body)

    def text(self, selector):
        return self.run("return document.querySelector(arguments[0])?.textContent ?? ''", selector)

    def wait(self, script, what, *arguments, seconds=30):
        """Waits until the expression is true in the page, and gives its value."""
        return wait.until(lambda: self.run(f"return {script}", *arguments), what, seconds)

    def complaints(self):
        """Errors of scripts and breaches of the CSP since the last time."""
        entries = self._call("POST", "/se/log", {"type": "browser"})
        return [entry["message"] for entry in entries
                if entry["level"] == "SEVERE" and entry["source"] != "network"]

    def screenshot(self, file):
        file.write_bytes(base64.b64decode(self._call("GET", "/screenshot")))

    def close(self):
        self._call("DELETE", "")
        self._driver.stop()
        self._guard.run_now()
