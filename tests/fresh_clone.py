"""The demo from a fresh clone: ``python -m tests.fresh_clone`` says how many seconds it takes.

Clones the last commit into a temporary directory, runs ``make demo`` there twice, signs in as the
coordination each time and stops the server.
"""

import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 600  # seconds


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def first_page(address, started):
    """Wait for the sign-in page; the seconds it took."""
    while time.monotonic() - started < LONGEST:
        try:
            with urllib.request.urlopen(address, timeout=5) as response:
                assert response.status == 200
                return time.monotonic() - started
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    raise TimeoutError(address)


def sign_in(address):
    """The start page of the coordination, as a browser gets there."""
    jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    browser = urllib.request.build_opener(jar)
    with browser.open(address) as response:
        page, login = response.read().decode(), response.url
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    form = {
        "csrfmiddlewaretoken": token,
        "login": "koordination@example.org",
        "password": os.environ.get("DEMO_PASSWORD", "quartier-demo"),
    }
    request = urllib.request.Request(
        login, urllib.parse.urlencode(form).encode(), {"Referer": login}
    )
    with browser.open(request) as response:
        assert response.status == 200
        assert "anmelden" not in response.url, "the sign-in of the demo was refused"


def run_demo(folder):
    port = free_port()
    address = f"http://127.0.0.1:{port}/"
    started = time.monotonic()
    make = subprocess.Popen(
        ["make", "demo", f"PORT={port}"],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        seconds = first_page(address, started)
        sign_in(address)
        return seconds
    finally:
        os.killpg(make.pid, signal.SIGTERM)
        make.wait(30)


def main():
    with tempfile.TemporaryDirectory(prefix="portal-clone-") as folder:
        subprocess.run(["git", "clone", "--quiet", ROOT, f"{folder}/portal"], check=True)
        for what in ("fresh clone", "second start"):
            print(f"make demo, {what}: {run_demo(f'{folder}/portal'):.1f} s to the first page")


if __name__ == "__main__":
    sys.exit(main())
