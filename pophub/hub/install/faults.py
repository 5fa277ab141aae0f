"""What failed, in one line for an organizer."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from pophub.hub.install.aws import METADATA
from pophub.hub.install.clock import clock_problem

LONGEST = 400
LONGEST_OF_CADDY = 250
# a disk with less is full
FULL_MIB = 200
WRITTEN = ("/", "/opt/pophub", "/opt/pophub/environments", "/var/lib/docker", "/var/lib/containerd", "/srv", "/tmp")  # noqa: S108


def explain(log: str, *, on_ec2: bool) -> str:
    """Why a step failed and what to do; `log` is its output."""
    if re.search("no space left on device|disk quota exceeded", log, re.IGNORECASE):
        return f"the disk is full ({', '.join(full_disks())}): delete what is not needed, or enlarge the disk"
    lines = [line for line in log.splitlines() if line.strip(" ")]
    return clock_problem(*([METADATA] if on_ec2 else [])) or "".join(lines[-1:])[:LONGEST]


def full_disks(places: Iterable[str] = WRITTEN) -> Iterator[str]:
    """The disks with little room, each once."""
    mounts = {next(it for it in (path, *path.parents) if it.is_mount()) for path in map(Path, places) if path.exists()}
    for mount in sorted(mounts):
        free = shutil.disk_usage(mount).free >> 20
        if free < FULL_MIB:
            yield f"{mount}: {free} MB left"


def authority_error(journal: Iterable[str]) -> str:
    """The last error of the certificate authority in Caddy's journal; empty if there is none."""
    error = ""
    for line in journal:
        try:
            entry = json.loads(line)
            if entry["level"] == "error" and entry.get("error") is not None:
                error = str(entry["error"])
        except (ValueError, KeyError, TypeError):
            continue
    return re.sub(".*urn:ietf:params:acme:error:", "it refuses: ", error)[:LONGEST_OF_CADDY]
