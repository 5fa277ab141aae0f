"""Systems Manager's agent of a lab machine: commands that its instance gets in the lab AWS run inside the machine."""

from __future__ import annotations

import shlex

from lab.agent import register
from lab.aws import LabAws
from lab.machine.container import ContainerMachine
from pophub.core.contract import BUNDLE_FOLDER
from pophub.organizer.destroy.run_command import PROGRAM

# boto3 brings a list of authorities of its own, and the lab's AWS has a certificate of the lab's
TRUST = "AWS_CA_BUNDLE=/etc/ssl/certs/ca-certificates.crt"


def bring_up(machine: ContainerMachine, aws: LabAws, instance_id: str) -> None:
    """Let the agent register."""
    root = aws.machine(instance_id)
    program = root / BUNDLE_FOLDER.lstrip("/") / PROGRAM
    program.parent.mkdir(parents=True)
    inside = shlex.join(machine.entering("env", TRUST, f"{BUNDLE_FOLDER}/{PROGRAM}"))
    program.write_text(f'#!/bin/sh\nexec {inside} "$@"\n')
    program.chmod(0o755)
    register(root)
