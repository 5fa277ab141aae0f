"""A PostgreSQL server on this computer, with a password. It leaves nothing behind when it is stopped."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from lab.child_process import ChildProcess
from lab.hub import free_port
from lab.running import Running
from lab.wait import wait_until
from pophub.core.errors import PophubError

START_SECONDS = 60
# Debian keeps these programs out of the PATH
DEBIAN = Path("/usr/lib/postgresql")


class LabPostgresql(Running):
    """A context manager; `url` contains the password, like the secret `database_url`."""

    def __init__(self) -> None:
        programs = programs_folder()
        if programs is None:
            raise PophubError("PostgreSQL is not installed", hint="apt-get install postgresql")
        self.folder = Path(tempfile.mkdtemp(prefix="pophub-lab-postgresql-"))
        self.password = secrets.token_hex(12)
        self.port = free_port()
        self.url = f"postgresql://hub:{self.password}@127.0.0.1:{self.port}/postgres"
        try:
            user = self._given_away()
            self._initialise(programs, user)
            settings = {
                "listen_addresses": "127.0.0.1",
                "port": self.port,
                "unix_socket_directories": "",
                "fsync": "off",
            }
            options = [f"--{name}={value}" for name, value in settings.items()]
            command = [*user, str(programs / "postgres"), "-D", str(self.folder / "data"), *options]
            log = self.folder / "postgresql.log"
            self._server = ChildProcess(command, log=log, folder=self.folder, environment=os.environ)
            # it accepts connections before it is ready
            ready = f"PostgreSQL is ready; its log is {log}"
            wait_until(lambda: "ready to accept connections" in log.read_text(), START_SECONDS, ready)
        except BaseException:
            self.stop()
            raise

    def _given_away(self) -> Sequence[str]:
        """The command that runs another one as the folder's owner, because PostgreSQL refuses to run as root."""
        if os.geteuid() != 0:
            return ()
        nobody = pwd.getpwnam("nobody")
        os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
        return ("setpriv", f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups")

    def _initialise(self, programs: Path, user: Sequence[str]) -> None:
        given = self.folder / "password"
        given.write_text(self.password)
        options = ["--username=hub", "--auth=scram-sha-256", f"--pwfile={given}", "--encoding=UTF8", "--locale=C"]
        command = [*user, str(programs / "initdb"), "-D", str(self.folder / "data"), *options]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=self.folder)
        given.unlink()
        if done.returncode:
            raise PophubError(f"initdb failed: {done.stderr.strip()}")

    def stop(self) -> None:
        """End it and remove its files; a second call does nothing."""
        if hasattr(self, "_server"):
            self._server.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def programs_folder() -> Path | None:
    """The folder of `initdb` and `postgres`, of the newest version; None if they are not installed."""
    found = shutil.which("initdb")
    folders = [*sorted(DEBIAN.glob("*/bin"), reverse=True), *([Path(found).parent] if found else [])]
    return next((folder for folder in folders if (folder / "postgres").exists()), None)
