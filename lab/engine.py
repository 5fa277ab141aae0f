"""The Docker engine of this computer, asked through its command line; nothing here needs it to be there."""

from __future__ import annotations

import json
import subprocess
import sys

from pophub.core.errors import PophubError

ANSWER_SECONDS = 10
# an image of some gigabytes over a conference's network
PULL_SECONDS = 1800


def runs(image: str) -> bool:
    """Whether an engine answers whose containers this computer can reach, and the image is there or can be had."""
    # elsewhere Docker lives in a virtual machine, and container addresses lead nowhere
    if sys.platform != "linux" or _docker("version", seconds=ANSWER_SECONDS) is None:
        return False
    present = _docker("image", "inspect", image, seconds=ANSWER_SECONDS) is not None
    return present or _docker("pull", "--quiet", image, seconds=PULL_SECONDS) is not None


def make_network(name: str) -> str:
    """A network whose containers cannot talk to each other; this computer's own address on it."""
    _docker("network", "create", "--opt", "com.docker.network.bridge.enable_icc=false", name, seconds=ANSWER_SECONDS)
    described = _docker("network", "inspect", name, seconds=ANSWER_SECONDS)
    if described is None:
        raise PophubError("Docker makes no network", hint="`docker network ls`; or use local processes")
    return str(json.loads(described)[0]["IPAM"]["Config"][0]["Gateway"])


def remove_network(name: str) -> None:
    """The network and the containers on it, running or not."""
    listed = _docker("ps", "--all", "--quiet", "--filter", f"network={name}", seconds=ANSWER_SECONDS) or ""
    for container in listed.split():
        _docker("rm", "--force", container, seconds=ANSWER_SECONDS)
    _docker("network", "rm", name, seconds=ANSWER_SECONDS)


def _docker(*arguments: str, seconds: int) -> str | None:
    """What it printed; None where it refused or did not answer in time."""
    try:
        done = subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=seconds, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
