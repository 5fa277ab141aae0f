"""Fetch this hub's bundle from the account bucket, check it, unpack it: pophub-fetch-bundle [--news] LINK.

Exits with 3 if LINK stays as it is, and with 1 if there is no bundle.
With --news it only looks for a new bundle that was not refused here before: 1 if there is none, 255 if that is not known.
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
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from pophub.hub.install.aws import METADATA, metadata, parameter_store, s3
from pophub.hub.install.clock import clock_problem

SETTINGS, RUN, STATE = Path("/etc/pophub"), Path("/run/pophub"), Path("/var/lib/pophub")
POINTER = ".pointer.json"
# the cause may be gone after some seconds
TRY_AGAIN_SECONDS = 600
# Docker starts only with the settings of the bundle
APT = """export DEBIAN_FRONTEND=noninteractive; . /usr/local/lib/pophub/apt.sh
apt_get update && { command -v dockerd >/dev/null || systemctl -q mask docker.service docker.socket; } &&
    apt_get install --no-install-recommends ca-certificates curl caddy python3-venv docker.io docker-cli iptables ||
    { echo "$apt_is_held"; exit 1; }"""
PAGE = """<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>The hub is being prepared</title>
<main style="font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; max-width: 42rem; margin: 0 auto; padding: 1rem">
<h1>The hub is being prepared</h1>
<p role="status">{}</p>
<p>This page updates itself.</p>
</main>
<script>setTimeout("location.reload()", 10000)</script>
</html>
"""


class FetchError(Exception):
    """Why there is no new bundle, in one line."""


def main(*arguments: str) -> int:
    """The exit code."""
    os.umask(0o022)
    RUN.mkdir(parents=True, exist_ok=True)
    only_news, link = "--news" in arguments, Path(arguments[-1])
    try:
        with explained("it stopped unexpectedly: journalctl -u pophub-install"):
            return look_for_news(link) if only_news else renew(link)
    except FetchError as problem:
        if only_news:
            say(f"whether there is a new bundle is not known: {problem}", "<3>")
            return 255
        say(problem)
        if link.exists():
            say(f"what is in {link} stays")
            return 3
        write_status(str(problem))
        return 1


def look_for_news(link: Path) -> int:
    """1 if there is no other bundle, if it was refused, or if it was tried a moment ago."""
    pointer, tried = deployed_pointer(), STATE / "tried.json"
    recent = has(tried, pointer) and time.time() - tried.stat().st_mtime < TRY_AGAIN_SECONDS
    return int(is_in_use(pointer, link) or recent or has(STATE / "refused.json", pointer))


def renew(link: Path) -> int:
    if not has_programs():
        write_status()
        # all at once: one run of apt-get is faster than two
        done = subprocess.run(["bash", "-c", APT], stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            unreached = "the first programs cannot be downloaded from Debian: can this machine reach the internet?"
            raise failure(done.stdout.strip() or unreached)
    if not (SETTINGS / "caddy.env").exists():
        if not (RUN / "early.html").exists():
            write_status()
        # in a prepared image, Caddy may have started before our settings were there
        subprocess.run(["systemctl", "restart", "--no-block", "caddy.service"], check=True)
    pointer = deployed_pointer()
    if is_in_use(pointer, link):
        say(f"{link} is the newest bundle already")
        return 0
    STATE.mkdir(parents=True, exist_ok=True)
    (STATE / "tried.json").write_text(pointer)
    try:
        take_over(pointer, link)
    except FetchError as problem:
        if link.exists():
            (STATE / "refusal").write_text(f"{problem}\n")
        raise
    forget("tried.json", "refused.json", "refusal")
    return 0


def has_programs() -> bool:
    return bool(shutil.which("curl") and shutil.which("caddy"))


def deployed_pointer() -> str:
    """Where the event's bundle lies, as JSON."""
    with explained("the machine's metadata cannot be read: is http://169.254.169.254 switched on, with its tags?"):
        region, event = metadata("placement/region"), metadata("tags/instance/pophub:event")
    name = f"/pophub/{event}/bundle"
    with explained(f"the parameter {name} cannot be read: is the event deployed, and may this machine's role read it?"):
        answer = parameter_store(region, "GetParameter", {"Name": name})
    with explained(f"the parameter {name} does not say where a bundle lies: deploy again"):
        pointer = answer["Parameter"]["Value"] + "\n"
        "".join(json.loads(pointer)[key] for key in ("bucket", "region", "key", "sha256"))
    return str(pointer)


def is_in_use(pointer: str, link: Path) -> bool:
    """If so, earlier refusals are forgotten, so that any later bundle is tried."""
    if not has(link / POINTER, pointer):
        return False
    forget("tried.json", "refused.json", "refusal", "failed-trial.json")
    return True


def take_over(pointer: str, link: Path) -> None:
    """Let the link lead to the new bundle."""
    # each version has its own folder, because a running server may still read the previous one
    version = Path(f"{link}s", hashlib.sha256(pointer.encode()).hexdigest()[:12])
    with explained(f"the bundle cannot be put into {version}: is the disk full?"):
        if not version.exists():
            unpack(pointer, version)
        old, new = Path(f"{link}.old"), Path(f"{link}.new")
        # a hub that people already use must not get a bundle that cannot work
        if (STATE / "open").exists():
            check(version)
            if not old.is_symlink():
                old.symlink_to(link.readlink())
        new.unlink(missing_ok=True)
        new.symlink_to(version.relative_to(link.parent))
        new.replace(link)


def unpack(pointer: str, version: Path) -> None:
    place = json.loads(pointer)
    address = f"{place['bucket']}/{place['key']}"
    new = Path(f"{version}.new")
    with TemporaryDirectory(dir=RUN) as work:
        file = Path(work, "bundle.tar.gz")
        with explained(
            f"the bundle s3://{address} cannot be fetched: is it there, and may this machine's role read it?"
        ):
            s3(place["region"], address, "-o", str(file))
        if hashlib.sha256(file.read_bytes()).hexdigest() != place["sha256"]:
            other = f"is not the one that was deployed: its sha256 differs from {place['sha256']}; deploy again"
            raise failure(f"the bundle s3://{address} {other}")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        with tarfile.open(file) as tar:
            # absent in Debian 12
            tar.extraction_filter = getattr(tarfile, "data_filter", None)
            tar.extractall(new)  # noqa: S202
    (new / POINTER).write_text(pointer)
    new.replace(version)


def check(version: Path) -> None:
    program = [str(version / "cloud-init/install-hub.sh"), "check"]
    done = subprocess.run(program, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    sys.stderr.write(done.stdout)
    if done.returncode:
        raise failure(f"the new bundle is bad: {''.join(done.stdout.splitlines()[-1:])}")


def write_status(failed: str = "") -> None:
    """The page and status.json until install-hub.sh writes better ones."""
    doing = "fetches its bundle" if has_programs() else "installs its first programs"
    status: dict[str, object] = {"state": "failed" if failed else "preparing", "doing": doing, "failed": failed}
    status |= {"step": 0, "of": 9, "refused": "", "bundle": "", "title": "", "contact": []}
    status |= {"log": "journalctl -u pophub-install", "at": time.strftime("%FT%TZ", time.gmtime())}
    new = RUN / "status.new"
    new.write_text(json.dumps(status))
    new.replace(RUN / "status.json")
    words = f"It {doing}." + (failed and f" That failed, and is tried again by itself. For the organizers: {failed}")
    (RUN / "early.html").write_text(PAGE.format(html.escape(words)))


@contextmanager
def explained(problem: str) -> Iterator[None]:
    """Whatever fails is the reason for `problem`."""
    try:
        yield
    except FetchError:
        raise
    except Exception as error:
        say(f"{type(error).__name__}: {error}")
        raise failure(problem) from error


def failure(problem: str) -> FetchError:
    return FetchError(clock_problem(METADATA) or problem)


def has(file: Path, content: str) -> bool:
    return file.exists() and file.read_text() == content


def forget(*names: str) -> None:
    for name in names:
        (STATE / name).unlink(missing_ok=True)


def say(text: object, level: str = "") -> None:
    sys.stderr.write(f"{level}pophub-fetch-bundle: {text}\n")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
