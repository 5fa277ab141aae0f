"""Commands on an event's machine through SSM Run Command: sent, and followed to the end.

https://docs.aws.amazon.com/systems-manager/latest/userguide/run-command.html
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pophub.errors import ExitCode, PophubError
from pophub.outside.aws import AwsRefusal
from pophub.teardown.machines import home_disk, tagged
from pophub.teardown.thing import Scope

DOCUMENT = "AWS-RunShellScript"
BUNDLE = "/opt/pophub/bundle"
PROGRAM = "cloud-init/archive.sh"
ACTIVE = ("Pending", "InProgress", "Delayed")
# the longest that the document lets a script run
LONGEST_SECONDS = 172_800
LOOK_SECONDS = 3
# a machine that was just started has its agent up within minutes
LOOKS_FOR_THE_AGENT = 200
COMMENT, COMMENT_CHARACTERS = "pophub: ", 100

Pause = Callable[[float], None]
Talk = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended: the last line of what it said as JSON, where it is such, and all else."""

    done: bool
    fields: dict[str, Any]
    text: str


@dataclass(frozen=True, slots=True)
class Machine:
    """The event's instance, as somebody outside sees it."""

    scope: Scope
    id: str
    state: str
    # the volume with the homes; its own name where there is none, and they lie on the machine's own disk
    disk: str

    def ensure_running(self) -> bool:
        """Start it where it is stopped; whether it was."""
        if self.state == "stopping":
            self.scope.aws.wait("ec2", self.scope.region, "instance_stopped", InstanceIds=[self.id])
        if self.state in ("stopping", "stopped"):
            self.scope.call("ec2", "start_instances", InstanceIds=[self.id])
        return self.state in ("stopping", "stopped")

    def run(
        self,
        arguments: str,
        *,
        by: str,
        talk: Talk,
        tick: Callable[[], None],
        pause: Pause = time.sleep,
        looks: int = LOOKS_FOR_THE_AGENT,
    ) -> Said:
        """Have the bundle's archive.sh do something; `tick` is called at each look, the last one too.

        Raises:
            PophubError: the machine takes no commands in so many `looks`, or is stopped meanwhile.
        """
        for other in self._under_way():
            # the machine does one after the other, and what was done is not done again
            talk(f"under way already: {other}")
        command = self._send(arguments, by, pause, looks)
        while (answer := self._answer(command))["Status"] in ACTIVE:
            self._require_running(arguments)
            tick()
            pause(LOOK_SECONDS)
        tick()
        return _said(answer)

    def _require_running(self, arguments: str) -> None:
        """Systems Manager waits for two days for a machine that somebody has stopped, or a schedule or the budget."""
        answer = self.scope.call("ec2", "describe_instances", InstanceIds=[self.id])
        state = answer["Reservations"][0]["Instances"][0]["State"]["Name"]
        if state not in ("pending", "running"):
            raise PophubError(
                f"{self.id} is {state}, which cut off: {arguments.split(maxsplit=1)[0]}",
                hint="the same command starts it again and goes on; the end of a session's schedule, a budget that is used "
                "up, or a colleague's destroy may have stopped it",
                code=ExitCode.REFUSED,
            )

    def _send(self, arguments: str, by: str, pause: Pause, looks: int) -> str:
        parameters = {
            "commands": [f"{PROGRAM} {arguments}"],
            "workingDirectory": [BUNDLE],
            "executionTimeout": [str(LONGEST_SECONDS)],
        }
        comment = f"{COMMENT}{arguments.split(maxsplit=1)[0]}, asked for by {by}"[:COMMENT_CHARACTERS]
        for _ in range(looks):
            try:
                answer = self.scope.call(
                    "ssm",
                    "send_command",
                    InstanceIds=[self.id],
                    DocumentName=DOCUMENT,
                    Parameters=parameters,
                    Comment=comment,
                )
                return str(answer["Command"]["CommandId"])
            except AwsRefusal as refusal:
                if refusal.aws_code != "InvalidInstanceId":
                    raise
            pause(LOOK_SECONDS)
        raise PophubError(
            f"{self.id} takes no commands from Systems Manager",
            hint="is its agent up? EC2 → Connect → Session Manager says so; stop and start the machine, then this again",
            code=ExitCode.REFUSED,
        )

    def _under_way(self) -> list[str]:
        """What this computer, before it was cut off, or a colleague's has it do already, and who asked for that."""
        commands = self.scope.all("ssm", "list_commands", "Commands[]", InstanceId=self.id)
        return [it["Comment"] for it in commands if it["Status"] in ACTIVE and it["Comment"].startswith(COMMENT)]

    def _answer(self, command: str) -> dict[str, Any]:
        try:
            return self.scope.call("ssm", "get_command_invocation", CommandId=command, InstanceId=self.id)
        except AwsRefusal as refusal:
            # Systems Manager knows a command some seconds after it has taken it
            if refusal.aws_code == "InvocationDoesNotExist":
                return {"Status": "Pending"}
            raise


def machine_of(scope: Scope) -> Machine | None:
    """The event's machine; None where there is none any more."""
    for entry in tagged(scope, "describe_instances", "Reservations[].Instances[]"):
        state = entry["State"]["Name"]
        if state not in ("terminated", "shutting-down"):
            return Machine(scope, entry["InstanceId"], state, home_disk(entry))
    return None


def _said(answer: dict[str, Any]) -> Said:
    lines = answer["StandardOutputContent"].strip().splitlines()
    try:
        fields = dict(json.loads(lines[-1]))
    except (IndexError, ValueError, TypeError):
        fields = {}
    words = " / ".join([*answer["StandardErrorContent"].strip().splitlines()[-3:]])
    return Said(answer["Status"] == "Success", fields, words or answer["StatusDetails"])
