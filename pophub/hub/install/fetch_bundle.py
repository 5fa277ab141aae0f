"""Fetch this hub's bundle from the account bucket with the instance's own role, check it, unpack it.

Usage: pophub-fetch-bundle LINK           exits with 3 if LINK stays as it is, because the new bundle is bad or
                                          cannot be fetched, and with 1 if there is no bundle at all
       pophub-fetch-bundle --news LINK    only check for a new bundle that was not refused here before:
                                          exits with 1 if there is none, and with 255 if that is not known
The user data contains this file, so it imports only its neighbours there.
"""

from __future__ import annotations

import hashlib
import html
import json
import os
import shutil
import subprocess
import sys
import tarfile
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from pophub.hub.install.aws import METADATA, metadata, parameter_store, s3
from pophub.hub.install.clock import clock_problem

LIBRARY = "/usr/local/lib/pophub"
SETTINGS = Path("/etc/pophub")
RUN = Path("/run/pophub")
STATE = Path("/var/lib/pophub")
TRIED, REFUSED, REFUSAL = STATE / "tried.json", STATE / "refused.json", STATE / "refusal"
# seconds after which a bundle that could not be taken over is tried again: the cause may be gone
TRY_AGAIN_SECONDS = 600
UNEXPECTED = "it stopped unexpectedly: journalctl -u pophub-install"
NO_NEWS, STAYS, NOT_KNOWN = 1, 3, 255
PROGRAMS = "ca-certificates curl caddy python3-venv"
APT = f"""export DEBIAN_FRONTEND=noninteractive; . {LIBRARY}/apt.sh
apt_get update && apt_get install --no-install-recommends {PROGRAMS} || {{ echo "$apt_is_held"; exit 1; }}"""
PAGE = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="10">
<title>The hub is being prepared</title>
<body style="font: 1.1rem/1.5 system-ui, sans-serif; margin: 12vh auto; max-width: 36rem; padding: 0 1rem">
<h1>The hub is being prepared</h1>
<p role="status">{}</p>
<p>This page updates itself.</p>
</html>
"""


class FetchError(Exception):
    """Why there is no new bundle, in one line."""


@dataclass(slots=True)
class Fetch:
    """One run; `doing` and `trying` say how far it has come."""

    link: Path
    work: Path
    only_news: bool
    doing: str = "installs its first programs"
    trying: bool = False

    def run(self) -> int:
        """The exit code."""
        try:
            self._install_programs()
            self.doing = "fetches its bundle"
            if not self.only_news and not (SETTINGS / "caddy.env").exists():
                if not (RUN / "early.html").exists():
                    tell(self.doing)
                # in a prepared image, Caddy may have started before our settings were there
                subprocess.run(["systemctl", "restart", "--no-block", "caddy.service"], check=True)
            return self._compare(deployed_pointer())
        except FetchError as error:
            return self._failed(str(error))
        except Exception:  # noqa: BLE001 - whatever it is, the page must show that the machine waits
            traceback.print_exc()
            return self._failed(UNEXPECTED)

    def _install_programs(self) -> None:
        if shutil.which("curl") and shutil.which("caddy"):
            return
        tell(self.doing)
        # Caddy and Python's venv are installed here too, because one run of apt-get is faster than two
        done = subprocess.run(["bash", "-c", APT], stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            unreached = "the first programs cannot be downloaded from Debian: can this machine reach the internet?"
            raise FetchError(done.stdout.strip() or unreached)

    def _compare(self, pointer: str) -> int:
        if _is(self.link / ".pointer.json", pointer):
            # the deployed bundle is in use: forget earlier refusals, so that any later bundle is tried
            for file in (TRIED, REFUSED, REFUSAL, STATE / "failed-trial.json"):
                file.unlink(missing_ok=True)
            if not self.only_news:
                _say(f"{self.link} is the newest bundle already")
            return NO_NEWS if self.only_news else 0
        if self.only_news:
            waits = _is(TRIED, pointer) and time.time() - TRIED.stat().st_mtime < TRY_AGAIN_SECONDS
            return NO_NEWS if waits or _is(REFUSED, pointer) else 0
        STATE.mkdir(parents=True, exist_ok=True)
        TRIED.write_text(pointer)
        self.trying = True
        self._take(pointer)
        for file in (TRIED, REFUSED, REFUSAL):
            file.unlink(missing_ok=True)
        return 0

    def _take(self, pointer: str) -> None:
        # each version has its own folder, because a running server may still read the previous one
        name = hashlib.sha256(pointer.encode()).hexdigest()[:12]
        version = self.link.with_name(f"{self.link.name}s") / name
        with explained(f"the bundle cannot be put into {version}: is the disk full?"):
            if not version.exists():
                unpack(fetch(pointer, self.work / "bundle.tar.gz"), pointer, version)
        # a hub that people already use must not get a bundle that cannot work
        if (STATE / "open").exists():
            check(version)
            old = self.link.with_name(f"{self.link.name}.old")
            if not os.path.lexists(old):
                old.symlink_to(self.link.readlink())
        new = self.link.with_name(f"{self.link.name}.new")
        new.unlink(missing_ok=True)
        new.symlink_to(version.relative_to(self.link.parent))
        new.replace(self.link)

    def _failed(self, problem: str) -> int:
        """Show in the journal and on the page what went wrong."""
        problem = clock_problem(METADATA) or problem
        if self.only_news:
            _say(f"whether there is a new bundle is not known: {problem}", level="<3>")
            return NOT_KNOWN
        _say(problem)
        if self.link.exists():
            if self.trying:
                REFUSAL.write_text(f"{problem}\n")
            _say(f"what is in {self.link} stays")
            return STAYS
        tell(self.doing, problem)
        return 1


def deployed_pointer() -> str:
    """Where the event's bundle lies, as JSON."""
    with explained("the machine's metadata cannot be read: is http://169.254.169.254 switched on, with its tags?"):
        region, event = metadata("placement/region"), metadata("tags/instance/pophub:event")
    name = f"/pophub/{event}/bundle"
    with explained(
        f"the parameter {name} cannot be read: is the event deployed, and may this machine's role read it?"
    ):
        answer = parameter_store(region, "GetParameter", {"Name": name})
    with explained(f"the parameter {name} does not say where a bundle lies: deploy again"):
        text = answer["Parameter"]["Value"] + "\n"
        pointer = json.loads(text)
        if not all(isinstance(pointer[key], str) for key in ("bucket", "region", "key", "sha256")):
            raise ValueError(text)
        return str(text)


def fetch(pointer: str, file: Path) -> Path:
    """The bundle's archive, which is the one that was deployed."""
    place = json.loads(pointer)
    address = f"s3://{place['bucket']}/{place['key']}"
    with explained(f"the bundle {address} cannot be fetched: is it there, and may this machine's role read it?"):
        s3(place["region"], f"{place['bucket']}/{place['key']}", "-o", str(file))
    if hashlib.sha256(file.read_bytes()).hexdigest() != place["sha256"]:
        other = f"the bundle {address} is not the one that was deployed: its sha256 differs from {place['sha256']}"
        raise FetchError(f"{other}; deploy again")
    return file


def unpack(archive: Path, pointer: str, version: Path) -> None:
    new = version.with_name(f"{version.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    with tarfile.open(archive) as tar:
        tar.extractall(new, filter="data")
    (new / ".pointer.json").write_text(pointer)
    new.replace(version)


def check(version: Path) -> None:
    """Raise FetchError if the new bundle itself says that it cannot work."""
    program = [str(version / "cloud-init" / "install-hub.sh"), "check"]
    done = subprocess.run(program, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    sys.stderr.write(done.stdout)
    if done.returncode:
        raise FetchError(f"the new bundle is bad: {''.join(done.stdout.splitlines()[-1:])}")


def tell(doing: str, failed: str = "") -> None:
    """The page and status.json until install-hub.sh writes better ones (status.py)."""
    content = {
        "state": "failed" if failed else "preparing",
        **{"step": 0, "of": 9, "doing": doing, "failed": failed, "refused": "", "bundle": "", "title": "", "contact": []},
        **{"log": "journalctl -u pophub-install", "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())},
    }
    new = RUN / "status.new"
    new.write_text(json.dumps(content))
    new.replace(RUN / "status.json")
    words = f"It {doing}." + (f" That failed, and is tried again by itself. For the organizers: {failed}" if failed else "")
    (RUN / "early.html").write_text(PAGE.format(html.escape(words, quote=False)))


@contextmanager
def explained(problem: str) -> Iterator[None]:
    """Turn the failure of a program, a file or a value into `problem`."""
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError, EOFError, subprocess.CalledProcessError, tarfile.TarError) as error:
        _say(f"{type(error).__name__}: {error}")
        raise FetchError(problem) from error


def _is(file: Path, content: str) -> bool:
    return file.exists() and file.read_text() == content


def _say(text: str, level: str = "") -> None:
    sys.stderr.write(f"{level}pophub-fetch-bundle: {text}\n")


def main(*arguments: str) -> int:
    os.umask(0o022)
    RUN.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=RUN) as work:
        return Fetch(Path(arguments[-1]), Path(work), only_news="--news" in arguments).run()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
