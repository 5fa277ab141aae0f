"""A machine of the lab's: an instance in the lab AWS, whose agent runs the bundle that an event's machine would have."""

from __future__ import annotations

import compileall
import os
import shutil
import sys
import time
from pathlib import Path

from lab.agent import register
from lab.aws import LabAws
from lab.aws_server import IMAGE_IDS
from lab.plans import plan_of
from pophub.core.contract import EVENT_TAG, HUB_ROLE, ROLE_TAG, WATCH_TOKEN, WATCH_TOKEN_FILE
from pophub.organizer.deploy import bundle
from pophub.organizer.event.event_file import load_event
from pophub.organizer.paths import EXAMPLE_EVENT

# what the stand-ins of the machine's own programs note
CALLS = "calls"
PROGRAM = '#!/bin/sh\n[ "$1" != is-active ] && echo "$(basename "$0") $*" >>"$CALLS"\n'


def pause(seconds: float) -> None:
    """Shorter than for a machine in AWS, and longer than asking takes, which needs the processor on which the machine works."""
    time.sleep(seconds / 20)


def launch(lab: LabAws, event: str, region: str, *, online: bool = True) -> tuple[str, Path]:
    """A running instance and its machine's folder, with two homes, the bundle, and an agent if it is online."""
    ec2 = lab.client("ec2", region)
    tags = [
        {"ResourceType": "instance", "Tags": [{"Key": EVENT_TAG, "Value": event}, {"Key": ROLE_TAG, "Value": HUB_ROLE}]}
    ]
    answer = ec2.run_instances(ImageId=IMAGE_IDS["x86_64"], MinCount=1, MaxCount=1, TagSpecifications=tags)
    instance_id = str(answer["Instances"][0]["InstanceId"])
    return instance_id, furnish(lab, instance_id, online=online)


def furnish(lab: LabAws, instance_id: str, *, online: bool = True) -> Path:
    """An instance's machine: two homes, the bundle, and an agent if it is online."""
    root = lab.machine(instance_id)
    for name in ("ada", "carol-2dx"):
        (root / "srv" / "home" / name).mkdir(parents=True)
        (root / "srv" / "home" / name / "notes").write_text(name)
    _copy_bundle(root.parents[1] / "bundle", root / "opt/pophub/bundle")
    (root / "run").mkdir()
    (root / WATCH_TOKEN_FILE).write_text(f"{WATCH_TOKEN}=token\n")
    (root / "bin").mkdir()
    for name in ("systemctl", "docker"):
        (root / "bin" / name).write_text(PROGRAM)
        (root / "bin" / name).chmod(0o755)
    if online:
        come_online(lab, root)
    return root


def come_online(lab: LabAws, root: Path, **more: str) -> None:
    """As when the agent has started."""
    places = {
        "RUN": root / "run",
        "HOMES": root / "srv/home",
        "SHARED": root / "srv/data",
        "MEMORY": root / "srv",
        "WATCH": root / WATCH_TOKEN_FILE,
        "CALLS": root / CALLS,
    }
    # nothing of this checkout but its libraries
    own = {"PYTHON": sys.executable, "HUB_URL": "http://127.0.0.1:9", "PYTHONPATH": ""}
    register(root, **{name: str(path) for name, path in places.items()}, **own, **lab.environment, **more)


def _copy_bundle(kept: Path, folder: Path) -> None:
    """The bundle of the example event, of which the lab keeps one with its modules compiled; files may be written to.

    A module that a test changes is compiled anew, and into a new file.
    """
    if not kept.exists():
        unpack(kept)
        compileall.compile_dir(kept, quiet=1)
    shutil.copytree(
        kept, folder, copy_function=lambda file, to: (os.link if file.endswith(".pyc") else shutil.copy2)(file, to)
    )


def unpack(folder: Path) -> None:
    """The bundle of the example event."""
    folder.mkdir(parents=True)
    bundle.unpack(bundle.build_bundle(plan_of(load_event(EXAMPLE_EVENT))).content, folder)


def calls(root: Path) -> list[str]:
    """What the machine's own programs were asked."""
    path = root / CALLS
    return path.read_text().splitlines() if path.exists() else []
