"""Without an agent the account bucket carries the commands: the machine itself looks for them there and answers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from lab.agent import VARIABLES
from lab.aws import LabAws
from pophub.aws.bucket import BucketPrefix
from pophub.aws.client import Aws
from pophub.core.contract import ANSWER_FILE, BUNDLES, POINTER_FILE, REPORTS, REQUEST_FILE
from pophub.core.errors import PophubError
from pophub.organizer.destroy.bucket_request import BucketRequest
from pophub.organizer.destroy.remote_hub import RemoteHub, reach, who_works
from pophub.organizer.destroy.run_command import POLLS_FOR_AN_ANSWER, POLLS_FOR_THE_AGENT, Machine
from pophub.organizer.event_context import is_archived
from tests.pophub.organizer.destroy.hub_stand_in import calls, come_online, launch
from tests.pophub.organizer.destroy.test_run_command import Scripted
from tests.pophub.planted import BUCKET, REGION, event_context

# the machine's metadata; and S3, at the lab's address, by the real curl
CURL = """#!/usr/bin/env bash
case "$*" in
*api/token*) echo token ;;
*security-credentials/role*) cat >/dev/null; echo '{"AccessKeyId": "lab", "SecretAccessKey": "lab", "Token": "t"}' ;;
*security-credentials*) cat >/dev/null; echo role ;;
*) exec "$REAL_CURL" "${@/#https:\\/\\/s3.us-west-2.amazonaws.com/$AWS_ENDPOINT_URL}" ;;
esac
"""
LOOK = """
import sys
from pathlib import Path
from pophub.hub.install.bucket_requests import Requests
Requests(*map(Path, sys.argv[1:])).run_once()
"""


@dataclass
class Hub:
    """A machine without an agent; each pause of the organizer's computer is a minute, in which it looks once."""

    lab: LabAws
    event: str
    looks_at_all: bool = True
    said: list[str] = field(default_factory=list)
    pauses: int = 0

    def __post_init__(self) -> None:
        self.instance, self.root = launch(self.lab, self.event, REGION, online=False)
        come_online(self.lab, self.root)
        self.variables = json.loads((self.root / VARIABLES).read_text())
        (self.root / VARIABLES).unlink()
        pointer = {"bucket": BUCKET, "region": REGION, "key": f"{BUNDLES}/{self.event}/0.tar.gz"}
        self.bundle = self.root / "opt/pophub/bundle"
        (self.bundle / POINTER_FILE).write_text(json.dumps(pointer))
        (self.root / "bin/curl").write_text(CURL)
        (self.root / "bin/curl").chmod(0o755)

    def run_once(self) -> None:
        environment = {**os.environ, **self.variables}
        environment["REAL_CURL"] = subprocess.check_output(["which", "curl"], text=True).strip()
        environment["PATH"] = f"{self.root / 'bin'}:{environment['PATH']}"
        places = (self.bundle, self.root / "requests", self.root / "run")
        subprocess.run([sys.executable, "-B", "-c", LOOK, *places], env=environment, check=True, cwd=self.bundle)

    def pause(self, seconds: float) -> None:
        self.pauses += 1
        if self.looks_at_all and self.pauses > POLLS_FOR_THE_AGENT:
            self.run_once()

    def outside(self, aws: Aws) -> RemoteHub:
        found = reach(event_context(aws, self.event), self.said.append, self.pause)
        assert found is not None
        return found


@pytest.fixture
def hub(lab_aws: LabAws, request: pytest.FixtureRequest) -> Hub:
    return Hub(lab_aws, "b" + str(abs(hash(request.node.name)))[:12])


@pytest.fixture
def reports(aws: Aws, hub: Hub) -> BucketPrefix:
    return BucketPrefix(aws, BUCKET, REGION, f"{REPORTS}/{hub.event}")


def test_an_event_ends_also_where_the_agent_never_answers(hub: Hub, aws: Aws) -> None:
    outside = hub.outside(aws)
    assert outside.at_work() == []
    outside.close()
    outside.archive(final=True)
    outside.require_closed()

    assert is_archived(event_context(aws, hub.event))
    assert "docker ps --quiet" in calls(hub.root)
    assert hub.said[0] == f"waiting for {hub.instance} to answer to Systems Manager, for at most 5 min"
    assert hub.said[1] == (
        f"the agent of {hub.instance} was silent for 5 min; the account bucket carries the commands now: "
        "it looks there once a minute, for at most 10 min"
    )
    assert hub.said[-1] == "2 of 2 homes, carol-x: archived, read back"
    # the agent is waited for once, and not before each command
    assert hub.pauses < POLLS_FOR_THE_AGENT + 20


def test_a_home_that_fails_is_told_in_the_same_words(hub: Hub, aws: Aws) -> None:
    program = hub.bundle / "pophub/hub/archive/walk.py"
    program.write_text(program.read_text().replace("os.listdir(root)", "os.listdir('/nowhere')"))
    with pytest.raises(PophubError, match="2 of 2 homes are not archived"):
        hub.outside(aws).archive()


def test_a_machine_that_answers_neither_way_is_told_with_a_remedy(hub: Hub, aws: Aws, reports: BucketPrefix) -> None:
    hub.looks_at_all = False
    with pytest.raises(PophubError, match="does not answer to requests in the account bucket, for 10 min") as refused:
        hub.outside(aws).archive()

    assert "Get system log" in refused.value.hint
    assert f"pophub deploy {hub.event}" in refused.value.hint
    assert hub.pauses == POLLS_FOR_THE_AGENT + POLLS_FOR_AN_ANSWER - 1
    # nobody waits for it any more
    assert reports.look_up(REQUEST_FILE) is None


def test_where_an_answer_can_be_done_without_nobody_waits_that_long(hub: Hub, aws: Aws) -> None:
    assert who_works(event_context(aws, hub.event), hub.said.append, hub.pause) is None
    assert hub.pauses == 20


def test_another_request_in_its_place_is_told(hub: Hub, aws: Aws, reports: BucketPrefix) -> None:
    machine = hub.outside(aws)
    machine.machine.agent.is_silent = True

    def colleague(seconds: float) -> None:
        BucketRequest(reports, ["at-work"], "user/grace")

    with pytest.raises(PophubError, match="user/grace is running a command there"):
        replace(machine, pause=colleague).archive()


def ask(reports: BucketPrefix, hub: Hub, *arguments: str) -> dict[str, Any] | None:
    request = BucketRequest(reports, arguments, "ada")
    hub.run_once()
    return request.answer()


def test_each_request_is_done_once(hub: Hub, reports: BucketPrefix) -> None:
    assert ask(reports, hub, "close", "vol-1") is not None
    (hub.root / "run/closed").unlink()
    hub.run_once()

    assert not (hub.root / "run/closed").exists()


def test_what_is_asked_for_long_ago_is_not_done(hub: Hub, reports: BucketPrefix) -> None:
    program = hub.bundle / "pophub/hub/install/bucket_requests.py"
    program.write_text(program.read_text().replace("OLDEST_SECONDS = 900", "OLDEST_SECONDS = -1"))

    assert ask(reports, hub, "close", "vol-1") is None
    assert not (hub.root / "run/closed").exists()


@pytest.mark.parametrize("arguments", [["open"], ["sh", "-c", "touch /nowhere"], [], ["make; reboot"]])
def test_nothing_but_the_end_of_an_event_can_be_asked_for(
    hub: Hub, reports: BucketPrefix, arguments: list[str]
) -> None:
    answer = ask(reports, hub, *arguments)

    assert answer is not None
    assert answer["Status"] == "Failed"
    assert answer["StandardErrorContent"] == f"nobody may ask for '{''.join(arguments[:1])}' in the account bucket"


def test_no_request_and_no_sensible_one_are_nothing_to_do(hub: Hub, reports: BucketPrefix) -> None:
    hub.run_once()
    for content in (b"", b"[]", b'{"id": "../x", "arguments": ["close", "x"]}', b'{"id": 7}'):
        reports.put(REQUEST_FILE, content)
        hub.run_once()

    assert reports.look_up(ANSWER_FILE) is None
    assert calls(hub.root) == []


def test_a_machine_that_was_cut_off_says_so_at_its_next_look(hub: Hub, reports: BucketPrefix) -> None:
    (hub.bundle / "cloud-init/archive.sh").write_text("#!/bin/sh\nkill -9 $PPID\n")
    request = BucketRequest(reports, ["make"], "ada")
    with pytest.raises(subprocess.CalledProcessError):
        hub.run_once()
    assert (request.answer() or {})["Status"] == "InProgress"
    hub.run_once()

    answer = request.answer()
    assert answer is not None
    assert (answer["Status"], answer["StandardErrorContent"]) == (
        "Failed",
        "the machine or its network stopped while it did this",
    )


class Pending(Scripted):
    """A Systems Manager that takes commands for an agent that never fetches them, and whatever else it is asked."""

    def call(self, service: str, region: str, operation: str, **arguments: Any) -> dict[str, Any]:
        if service == "s3":
            return Aws().call(service, region, operation, **arguments)
        return super().call(service, region, operation, **arguments)


@pytest.mark.parametrize(
    "answers",
    [
        [{"Status": "Pending"}] * POLLS_FOR_THE_AGENT + [{}],
        [{"Status": "Failed", "StatusDetails": "Undeliverable"}],
    ],
)
def test_a_command_that_no_agent_fetches_goes_through_the_bucket(
    aws: Aws, hub: Hub, monkeypatch: pytest.MonkeyPatch, answers: list[dict[str, Any]]
) -> None:
    scripted = Pending([{"Command": {"CommandId": "c"}}, *answers])
    monkeypatch.setattr(scripted, "client", aws.client, raising=False)
    machine = Machine(replace(event_context(aws, hub.event), aws=scripted), hub.instance, "running", "vol-1")
    looking: Callable[[float], None] = lambda _: hub.run_once() if machine.agent.is_silent else None  # noqa: E731
    said = machine.run("at-work", by="ada", talk=hub.said.append, on_check=lambda: None, pause=looking)

    assert (said.done, said.fields) == (True, {"at_work": []})
    assert machine.agent.is_silent
