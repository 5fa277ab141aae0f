"""A command on a machine, with an AWS that answers as told: what is waited for, and what is not taken for an end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from lab.aws import LabAws
from pophub.aws.client import Aws, AwsRefusal
from pophub.core.errors import PophubError
from pophub.organizer.destroy import run_command
from pophub.organizer.destroy.bucket_request import BucketRequest
from pophub.organizer.destroy.run_command import LONGEST_SECONDS, Agent, CommandResult, Machine, machine_of
from tests.pophub.organizer.destroy.hub_stand_in import launch
from tests.pophub.planted import REGION, event_context

DONE = {"Status": "Success", "StandardOutputContent": "", "StandardErrorContent": "", "StatusDetails": "Success"}


class Scripted(Aws):
    """Answers what it is given, one after the other; the machine is what `state` says."""

    state = "running"

    def __init__(self, answers: Iterable[dict[str, Any] | str]) -> None:
        self._answers: Iterator[dict[str, Any] | str] = iter(answers)

    def call(self, service: str, region: str, operation: str, **arguments: Any) -> dict[str, Any]:
        if operation == "describe_instances":
            return {"Reservations": [{"Instances": [{"State": {"Name": self.state}}]}]}
        answer = next(self._answers)
        if isinstance(answer, str):
            raise AwsRefusal(operation, answer, "x")
        return answer

    def pages(self, service: str, region: str, operation: str, entries: str, **arguments: Any) -> Iterator[Any]:
        return iter(())


def _run(aws: Aws, *answers: dict[str, Any] | str) -> tuple[CommandResult, int]:
    looks: list[None] = []
    scripted = Scripted([{"Command": {"CommandId": "c"}}, *answers])
    machine = Machine(replace(event_context(aws, "geo"), aws=scripted), "i-1", "running", "vol-1")
    said = machine.run(
        "make geo", by="ada", talk=print, on_check=lambda: looks.append(None), pause=lambda seconds: None
    )
    return said, len(looks)


def test_a_command_that_systems_manager_does_not_know_yet_is_waited_for(aws: Aws) -> None:
    said, looks = _run(aws, "InvocationDoesNotExist", {"Status": "Pending"}, {"Status": "Delayed"}, DONE)

    assert (said.done, looks) == (True, 4)


@pytest.mark.parametrize("status", ["Failed", "TimedOut", "Cancelled", "Cancelling", "Terminated"])
def test_every_other_end_is_no_success(aws: Aws, status: str) -> None:
    said, _ = _run(aws, {**DONE, "Status": status, "StatusDetails": status})

    assert (said.done, said.text) == (False, status)


@pytest.mark.parametrize(
    ("output", "fields"),
    [('first\n{"a": 1}\n', {"a": 1}), ('{"a": 1', {}), ("", {}), ("[]", {}), ("7", {}), ('{"cut": "off', {})],
)
def test_the_last_line_is_understood_or_left(aws: Aws, output: str, fields: dict[str, int]) -> None:
    assert _run(aws, {**DONE, "StandardOutputContent": output})[0].fields == fields


def test_another_refusal_is_told_at_once(aws: Aws) -> None:
    with pytest.raises(AwsRefusal, match="AccessDenied"):
        _run(aws, "AccessDenied")


class Hung(BucketRequest):
    """A request that a machine has begun and never ends."""

    def __init__(self, *arguments: object) -> None:
        self.withdrawn = False

    def answer(self) -> dict[str, Any]:
        return {"Status": "InProgress"}

    def withdraw(self) -> None:
        self.withdrawn = True


def test_a_machine_that_hangs_is_not_waited_for_without_end(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    request, pauses = Hung(), count(1)
    monkeypatch.setattr(run_command, "BucketRequest", lambda *arguments: request)
    machine = Machine(
        replace(event_context(aws, "geo"), aws=Scripted([])), "i-1", "running", "vol-1", Agent(is_silent=True)
    )

    def pause(seconds: float) -> None:
        assert next(pauses) * seconds < LONGEST_SECONDS

    with pytest.raises(PophubError, match="i-1 does not answer to requests in the account bucket, for 2880 min"):
        machine.run("make geo", by="ada", talk=print, on_check=lambda: None, pause=pause)
    assert request.withdrawn


def test_a_machine_is_found_by_its_tag_until_it_is_ended(lab_aws: LabAws, aws: Aws) -> None:
    instance, _ = launch(lab_aws, "found-once", REGION)
    context = event_context(aws, "found-once")
    assert machine_of(context) == Machine(context, instance, "running", instance)

    lab_aws.client("ec2", REGION).terminate_instances(InstanceIds=[instance])
    assert machine_of(context) is None


@pytest.mark.parametrize(("state", "started"), [("running", False), ("stopped", True)])
def test_a_stopped_machine_is_started(lab_aws: LabAws, aws: Aws, state: str, started: bool) -> None:
    instance, _ = launch(lab_aws, f"found-{state}", REGION)
    if state == "stopped":
        lab_aws.client("ec2", REGION).stop_instances(InstanceIds=[instance])
    machine = machine_of(event_context(aws, f"found-{state}"))

    assert machine is not None
    assert machine.ensure_running() is started
    found = machine_of(machine.context)
    assert found is not None
    assert found.state == "running"
