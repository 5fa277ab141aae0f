"""The Docker engine of this computer, used through its command line. Nothing here requires that it is installed."""

from __future__ import annotations

import json
import subprocess
import sys

from pophub.core.errors import PophubError

ANSWER_SECONDS = 10
# enough for an image of some gigabytes over the network of a conference
PULL_SECONDS = 1800


def runs(image: str) -> bool:
    """Whether Docker runs here, this computer can reach its containers, and the image is present or can be pulled."""
    # on other systems Docker runs in a virtual machine, and this computer cannot reach a container's address
    if sys.platform != "linux" or _docker("version", seconds=ANSWER_SECONDS) is None:
        return False
    present = _docker("image", "inspect", image, seconds=ANSWER_SECONDS) is not None
    return present or _docker("pull", "--quiet", image, seconds=PULL_SECONDS) is not None


def make_network(name: str) -> str:
    """Create a network whose containers cannot talk to each other; returns this computer's address on it."""
    _docker("network", "create", "--opt", "com.docker.network.bridge.enable_icc=false", name, seconds=ANSWER_SECONDS)
    described = _docker("network", "inspect", name, seconds=ANSWER_SECONDS)
    if described is None:
        raise PophubError("Docker cannot create a network", hint="`docker network ls`; or use local processes")
    return str(json.loads(described)[0]["IPAM"]["Config"][0]["Gateway"])


def remove_network(name: str) -> None:
    """Remove the network and the containers on it, running or not."""
    listed = _docker("ps", "--all", "--quiet", "--filter", f"network={name}", seconds=ANSWER_SECONDS) or ""
    for container in listed.split():
        _docker("rm", "--force", container, seconds=ANSWER_SECONDS)
    _docker("network", "rm", name, seconds=ANSWER_SECONDS)


def _docker(*arguments: str, seconds: int) -> str | None:
    """The output of the command; None if it failed or did not end in time."""
    try:
        done = subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=seconds, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
