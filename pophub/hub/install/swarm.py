"""The Python part of an installation with workers: the machine's role, the swarm's token, the image's facts."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pophub.core.contract import EVENT_TAG, HUB_PRIVATE_ADDRESS, HUB_ROLE, ROLE_TAG, SWARM_PORT, worker_parameter
from pophub.core.errors import PophubError
from pophub.hub.install.aws import metadata, parameter_store, signed

# curl's code for an answer of 400 or above: https://curl.se/docs/manpage.html#EXIT
HTTP_ERROR = 22


def role() -> str:
    """Which of the event's machines this is; a machine without the tag is a hub."""
    try:
        return metadata(f"tags/instance/{ROLE_TAG}")
    except subprocess.CalledProcessError as error:
        if error.returncode != HTTP_ERROR:
            raise
        return HUB_ROLE


def engine_settings(file: Path, *, live_restore: bool) -> str:
    """Docker's settings with another `live-restore`."""
    return json.dumps(json.loads(file.read_text()) | {"live-restore": live_restore}, indent=2)


def put_token(token: str) -> None:
    """Write the token with which workers join the swarm to Parameter Store."""
    value = json.dumps({"token": token.strip(), "manager": f"{HUB_PRIVATE_ADDRESS}:{SWARM_PORT}"})
    name = worker_parameter(metadata(f"tags/instance/{EVENT_TAG}"))
    request = {"Name": name, "Type": "SecureString", "Overwrite": True, "Value": value}
    try:
        parameter_store(metadata("placement/region"), "PutParameter", request)
    except subprocess.CalledProcessError as error:
        raise PophubError(
            "the workers' token cannot be written to Parameter Store: may this machine's role write it?"
        ) from error


def image_facts(image: str, file: Path) -> str:
    """The facts that workers read before they fetch the packed image: its id and its file."""
    return json.dumps({"id": image, "file": file.name})


def fact(file: Path, name: str) -> str:
    """One of the image's facts; empty if the file is missing or damaged."""
    try:
        facts: Mapping[str, Any] = json.loads(file.read_text())
        return str(facts[name])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def end_worker() -> None:
    """Ask the Auto Scaling group to end this worker and to reduce its desired size by one."""
    query = "Action=TerminateInstanceInAutoScalingGroup&Version=2011-01-01&ShouldDecrementDesiredCapacity=true"
    region = metadata("placement/region")
    address = f"https://autoscaling.{region}.amazonaws.com/"
    signed(
        "autoscaling", region, "--max-time", "30", "--data", f"{query}&InstanceId={metadata('instance-id')}", address
    )
