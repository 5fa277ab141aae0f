"""What this computer lacks to boot machines of the lab."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping

# the program, and the Debian package it comes in
PROGRAMS = {
    "mmdebstrap": "mmdebstrap",
    "systemd-nspawn": "systemd-container",
    "slirp4netns": "slirp4netns",
    "dnsmasq": "dnsmasq-base",
    "nft": "nftables",
    "pebble": "pebble",
}


def what_is_missing(programs: Mapping[str, str] = PROGRAMS) -> tuple[str, str] | None:
    """What is missing, and what would help; None if a machine can boot."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "only root on Linux can boot a machine", "run it as root"
    packages = sorted(package for program, package in programs.items() if not shutil.which(program))
    if not packages:
        return None
    return f"not installed: {', '.join(packages)}", f"apt-get install {' '.join(packages)}"
