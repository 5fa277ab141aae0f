"""SSM Run Command: moto only records a command as done; here the instance's agent runs it."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any
from uuid import uuid4

from moto.core.exceptions import JsonRESTError
from moto.ec2.models import ec2_backends
from moto.ssm.models import Command, SimpleSystemManagerBackend
from moto.ssm.responses import SimpleSystemManagerResponse

from lab.agent import Agent

# this variable names the folder with the machines' folders, each named after its instance's id
MACHINES = "POPHUB_LAB_MACHINES"
# the default of the document AWS-RunShellScript
LONGEST_SECONDS = 3600

_moto_send_command = SimpleSystemManagerBackend.send_command


def send_command(self: SimpleSystemManagerBackend, *arguments: Any, **named: Any) -> Command:
    """Send as moto does; as with AWS, a machine that does not run or has no registered agent is refused."""
    agents = {instance: Agent(Path(os.environ[MACHINES]) / instance) for instance in named["instance_ids"]}
    for instance, agent in agents.items():
        if not (_runs(self, instance) and agent.is_online):
            raise JsonRESTError("InvalidInstanceId", f"Instances [[{instance}]] not in a valid state for account")
    command = _moto_send_command(self, *arguments, **named)
    _set(command, "InProgress", -1)
    for instance, agent in agents.items():
        threading.Thread(target=_run, args=(command, instance, agent), daemon=True).start()
    return command


def _runs(backend: SimpleSystemManagerBackend, instance_id: str) -> bool:
    reservations = ec2_backends[backend.account_id][backend.region_name].all_reservations()
    instances = [instance for reservation in reservations for instance in reservation.instances]
    return any(instance.id == instance_id and instance.state == "running" for instance in instances)


def _run(command: Command, instance: str, agent: Agent) -> None:
    parameters = command.parameters
    [folder], [seconds] = parameters.get("workingDirectory", ["/"]), parameters.get("executionTimeout", ["3600"])
    done = agent.run(parameters["commands"], folder, int(seconds or LONGEST_SECONDS))
    invocation = command.get_invocation(instance, None)
    invocation |= {"StandardOutputContent": done.output, "StandardErrorContent": done.errors}
    _set(command, done.status, done.code)


def _set(command: Command, status: str, code: int) -> None:
    for invocation in command.invocations:
        invocation |= {"Status": status, "StatusDetails": status, "ResponseCode": code}
    command.status = command.status_details = status


def start_automation_execution(self: SimpleSystemManagerResponse) -> str:
    """Start an execution; lab_budgets.py makes the calls of its steps."""
    return json.dumps({"AutomationExecutionId": str(uuid4())})


def close_gaps() -> None:
    """Add the methods to moto's classes."""
    setattr(SimpleSystemManagerBackend, send_command.__name__, send_command)
    setattr(SimpleSystemManagerResponse, start_automation_execution.__name__, start_automation_execution)
