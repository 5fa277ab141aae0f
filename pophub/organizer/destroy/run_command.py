"""Commands on an event's machine, sent and followed to their end through SSM Run Command or the account bucket.

https://docs.aws.amazon.com/systems-manager/latest/userguide/run-command.html. Systems Manager does not list Debian 13
among the systems that it supports (https://github.com/aws/amazon-ssm-agent/issues/648), so commands must also work if
its agent does not answer.
"""

from __future__ import annotations

import json
import shlex
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pophub.aws.client import AwsRefusal
from pophub.aws.instances import hub_instance
from pophub.core.contract import BUNDLE_FOLDER
from pophub.core.errors import ExitCode, PophubError
from pophub.organizer.destroy.bucket_request import BucketRequest
from pophub.organizer.event_context import EventContext
from pophub.organizer.leftovers.machines import home_disk

DOCUMENT = "AWS-RunShellScript"
PROGRAM = "cloud-init/archive.sh"
ACTIVE = ("Pending", "InProgress", "Delayed")
# the maximum run time that the document accepts
LONGEST_SECONDS = 172_800
POLL_SECONDS = 3
# five minutes: by then the agent of a machine that was just started answers
POLLS_FOR_THE_AGENT = 100
# ten minutes: the machine looks for requests once a minute, and may still be booting
POLLS_FOR_AN_ANSWER = 200
# no agent has the command: https://docs.aws.amazon.com/systems-manager/latest/userguide/monitor-commands.html
WAITS_FOR_THE_AGENT = ("Pending", "Delayed")
NOT_DELIVERED = ("Undeliverable", "Delivery Timed Out", "DeliveryTimedOut")
AGAIN = "the same command goes on where it stopped"
COMMENT, COMMENT_CHARACTERS = "pophub: ", 100

Pause = Callable[[float], None]
Talk = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class CommandResult:
    """How a command ended: the last line of its output if that is JSON, and the text of its errors."""

    done: bool
    fields: dict[str, Any]
    text: str


@dataclass(slots=True)
class Agent:
    """Remembers that the machine's agent did not answer, so that no later command waits for it."""

    is_silent: bool = False


@dataclass(frozen=True, slots=True)
class MachineCommand:
    """A command: the arguments of archive.sh and who is informed; `on_check` is called at each check."""

    arguments: str
    by: str
    talk: Talk
    on_check: Callable[[], None]
    pause: Pause

    @property
    def verb(self) -> str:
        return self.arguments.split(maxsplit=1)[0]


@dataclass(frozen=True, slots=True)
class Machine:
    """The event's instance, as AWS describes it."""

    context: EventContext
    id: str
    state: str
    # the home volume; the instance's id if it has none, and the homes are on the machine's own disk
    disk: str
    agent: Agent = field(default_factory=Agent, compare=False, repr=False)

    def ensure_running(self) -> bool:
        """Start the machine if it is stopped; returns whether it was."""
        if self.state == "stopping":
            self.context.aws.wait("ec2", self.context.region, "instance_stopped", InstanceIds=[self.id])
        if self.state in ("stopping", "stopped"):
            self.context.call("ec2", "start_instances", InstanceIds=[self.id])
        return self.state in ("stopping", "stopped")

    def run(
        self,
        arguments: str,
        *,
        by: str,
        talk: Talk,
        on_check: Callable[[], None],
        pause: Pause = time.sleep,
        polls: int = POLLS_FOR_THE_AGENT,
    ) -> CommandResult:
        """Run the bundle's archive.sh on the machine; `on_check` is called at each check, also the last one.

        If the agent does not answer in `polls` checks, the account bucket carries the command; but if `polls` is
        below the default, the command fails instead.

        Raises:
            PophubError: the machine accepts commands in neither way, or is stopped meanwhile.
        """
        command = MachineCommand(arguments, by, talk, on_check, pause)
        if not self.agent.is_silent:
            result = self._through_agent(command, polls)
            if result is not None:
                return result
            if polls < POLLS_FOR_THE_AGENT:
                raise self._silent("to Systems Manager", polls)
            self.agent.is_silent = True
            talk(
                f"the agent of {self.id} was silent for {minutes(polls)}; the account bucket carries the commands now: "
                f"it looks there once a minute, for at most {minutes(POLLS_FOR_AN_ANSWER)}"
            )
        return self._through_bucket(command)

    def _through_agent(self, command: MachineCommand, polls: int) -> CommandResult | None:
        """None if no agent accepted the command."""
        for other in self._under_way():
            # the machine runs one command after the other, and does not repeat what is already done
            command.talk(f"under way already: {other}")
        command_id = self._send(command, polls)
        if command_id is None:
            return None
        while (answer := self._answer(command_id))["Status"] in ACTIVE:
            self._require_running(command)
            if answer["Status"] in WAITS_FOR_THE_AGENT:
                polls -= 1
                if polls <= 0:
                    self.context.call("ssm", "cancel_command", CommandId=command_id)
                    return None
            command.on_check()
            command.pause(POLL_SECONDS)
        if answer["StatusDetails"] in NOT_DELIVERED:
            return None
        command.on_check()
        return _result_of(answer)

    def _through_bucket(self, command: MachineCommand) -> CommandResult:
        request = BucketRequest(self.context.reports, shlex.split(command.arguments), command.by)
        polls = dict.fromkeys((POLLS_FOR_AN_ANSWER, LONGEST_SECONDS // POLL_SECONDS), 0)
        while (answer := request.answer()) is None or answer["Status"] in ACTIVE:
            self._require_running(command)
            longest = POLLS_FOR_AN_ANSWER if answer is None else LONGEST_SECONDS // POLL_SECONDS
            polls[longest] += 1
            if answer is not None:
                command.on_check()
            elif other := request.taken_over_by():
                raise PophubError(f"{other} is running a command there", hint=AGAIN, code=ExitCode.REFUSED)
            if polls[longest] >= longest:
                request.withdraw()
                raise self._silent("to requests in the account bucket", longest)
            command.pause(POLL_SECONDS)
        command.on_check()
        return _result_of(answer)

    def _silent(self, to_what: str, polls: int) -> PophubError:
        return PophubError(
            f"{self.id} does not answer {to_what}, for {minutes(polls)}",
            hint="is it up? EC2 → Instances → Actions → Monitor and troubleshoot → Get system log shows its last lines; stop "
            "and start it there, then this again. A hub that was deployed with an older version polls at no requests in the "
            f"account bucket: pophub deploy {self.context.event} brings the new one",
            code=ExitCode.REFUSED,
        )

    def _require_running(self, command: MachineCommand) -> None:
        """Raise if the machine was stopped: Systems Manager itself would wait for two days."""
        answer = self.context.call("ec2", "describe_instances", InstanceIds=[self.id])
        state = answer["Reservations"][0]["Instances"][0]["State"]["Name"]
        if state not in ("pending", "running"):
            raise PophubError(
                f"{self.id} is {state}, which cut off: {command.verb}",
                hint="the same command starts it again and goes on; the end of a session's schedule, a budget that is used "
                "up, or a colleague's destroy may have stopped it",
                code=ExitCode.REFUSED,
            )

    def _send(self, command: MachineCommand, polls: int) -> str | None:
        """The command's id; None if the agent has not registered after `polls` checks."""
        parameters = {
            "commands": [f"{PROGRAM} {command.arguments}"],
            "workingDirectory": [BUNDLE_FOLDER],
            "executionTimeout": [str(LONGEST_SECONDS)],
        }
        comment = f"{COMMENT}{command.verb}, asked for by {command.by}"[:COMMENT_CHARACTERS]
        for number in range(polls):
            try:
                answer = self.context.call(
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
            if number == 0:
                command.talk(f"waiting for {self.id} to answer to Systems Manager, for at most {minutes(polls)}")
            command.pause(POLL_SECONDS)
        return None

    def _under_way(self) -> list[str]:
        """Commands that the machine already runs, from this computer or a colleague's, and who asked for them."""
        commands = self.context.all("ssm", "list_commands", "Commands[]", InstanceId=self.id)
        return [it["Comment"] for it in commands if it["Status"] in ACTIVE and it["Comment"].startswith(COMMENT)]

    def _answer(self, command_id: str) -> dict[str, Any]:
        try:
            return self.context.call("ssm", "get_command_invocation", CommandId=command_id, InstanceId=self.id)
        except AwsRefusal as refusal:
            # Systems Manager accepts a command some seconds before it can be queried
            if refusal.aws_code == "InvocationDoesNotExist":
                return {"Status": "Pending"}
            raise


def machine_of(context: EventContext) -> Machine | None:
    """The hub's machine; None if it no longer exists."""
    found = hub_instance(context.aws, context.region, context.event)
    if found is None:
        return None
    return Machine(context, found["InstanceId"], found["State"]["Name"], home_disk(found))


def minutes(polls: int) -> str:
    """The duration of so many checks, in words."""
    return f"{polls * POLL_SECONDS // 60} min"


def _result_of(answer: dict[str, Any]) -> CommandResult:
    lines = answer["StandardOutputContent"].strip().splitlines()
    try:
        fields = dict(json.loads(lines[-1]))
    except (IndexError, ValueError, TypeError):
        fields = {}
    words = " / ".join([*answer["StandardErrorContent"].strip().splitlines()[-3:]])
    return CommandResult(answer["Status"] == "Success", fields, words or answer["StatusDetails"])
