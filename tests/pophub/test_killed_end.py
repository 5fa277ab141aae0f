"""The end of an event, killed: a real SIGKILL at twenty requests to the lab AWS, and the same command again to its end.

Only the stack's own destroy is of paper here; tests/stacks/test_apply.py kills Terraform's.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest

from lab.agent import VARIABLES, register
from lab.aws import LabAws
from pophub.aws.client import Aws
from pophub.core.contract import FINAL_FILE, METER_FILE
from pophub.core.errors import PophubError
from pophub.organizer.destroy import destroy_event as module
from pophub.organizer.destroy.destroy_event import destroy
from pophub.organizer.destroy.end_result import Ended
from pophub.organizer.event_context import archive_of, event_context
from pophub.organizer.paths import EXAMPLE_EVENT
from tests.pophub.organizer.destroy.between import MACHINE, Between, Blow, Request
from tests.pophub.organizer.destroy.event import NOW, Event, assert_all_is_there
from tests.pophub.organizer.destroy.tree import odd_home
from tests.pophub.planted import REGION

pytestmark = pytest.mark.waits
KILLS = 20
SEED = 6
# in the order of an end
PHASES = ("asking", "archive", "verification", "bundle", "destroy", "leftovers")
# what an end asks of AWS: a child that is forked has these clients already, and no connection
SERVICES = ("budgets", "cloudwatch", "ec2", "iam", "logs", "resourcegroupstaggingapi", "route53", "s3", "scheduler")
OTHERS = ("sns", "ssm", "sts")


@dataclass(frozen=True, slots=True)
class Point:
    """Where an end is killed: at the n-th request, before AWS gets it or before its answer comes back."""

    number: int
    phase: str
    answered: bool
    # of what the machine asks: whether the archive dies there, or who waits for it here
    on_the_machine: bool


class Ends:
    """Ends of events, one after the other, as processes that can be killed."""

    def __init__(self, lab: LabAws, between: Between, folder: Path) -> None:
        self.lab, self.between, self._folder = lab, between, folder
        self.struck: list[Request] = []
        session = boto3.session.Session(aws_access_key_id="lab", aws_secret_access_key="lab")
        self._seen, self.unseen = Aws(session, endpoint_url=between.url), Aws(session, endpoint_url=lab.url)
        for service in SERVICES + OTHERS:
            for aws in (self._seen, self.unseen):
                aws.client(service, REGION)

    def deployed(self, name: str) -> Event:
        """An event with three homes, whose machine is seen when it asks AWS."""
        (self._folder / f"{name}.yaml").write_text(EXAMPLE_EVENT.read_text())
        event = Event(self.lab, name)
        odd_home(event.homes / "grace")
        # it comes in two parts
        (event.homes / "grace" / "data").write_bytes(random.Random(name).randbytes(9 * 2**20))
        program = event.root / "python"
        python = json.loads((event.root / VARIABLES).read_text())["PYTHON"]
        program.write_text(f'#!/bin/sh\necho $$ >"{event.root}/pid"\nexec "{python}" "$@"\n')
        program.chmod(0o755)
        variables = json.loads((event.root / VARIABLES).read_text())
        seen = {"PYTHON": str(program), "AWS_ENDPOINT_URL": self.between.url, "AWS_SDK_UA_APP_ID": MACHINE}
        register(event.root, **{**variables, **seen})
        return event

    def killed(self, event: Event, point: Point | None) -> int | None:
        """How the process ended: killed, or by itself."""
        process = multiprocessing.get_context("fork").Process(target=self._child, args=(event,))

        def strike(request: Request) -> None:
            self.struck.append(request)
            victim = process.pid
            if request.by_machine and point and point.on_the_machine:
                victim = int((event.root / "pid").read_text())
            assert victim is not None
            os.kill(victim, signal.SIGKILL)

        self.between.begin(point and Blow(point.number, point.answered, strike))
        process.start()
        process.join()
        return process.exitcode

    def _child(self, event: Event) -> None:
        with suppress(PophubError):
            self.end(event, self._seen)
            return
        os._exit(1)

    def end(self, event: Event, aws: Aws) -> Ended:
        """The same command, whoever gives it."""
        context = event_context(event.name, aws)
        return destroy(
            event.name, aws, event.organizer, lambda talk: event.remove_stack(context),
            archives=True, folder=self._folder, now=NOW, pause=lambda seconds: time.sleep(seconds / 20),
        )  # fmt: skip


def phases(requests: Sequence[Request]) -> list[str]:
    """What an end is at with each of these requests, from its first on."""
    found, now = [], "asking"
    for it in requests:
        if it.by_machine and "/homes/" in it.what:
            now = "verification" if it.what.startswith("GET") else "archive"
        elif it.what.startswith("GET") and it.what.endswith("/history.json"):
            now = "bundle"
        elif now == "destroy" and it.what.endswith(f"/{METER_FILE}"):
            now = "leftovers"
        found.append(now)
        if it.what.startswith("PUT") and it.what.endswith(f"/{FINAL_FILE}"):
            now = "destroy"
    return found


@pytest.fixture(scope="module")
def ends(lab_aws: LabAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ends]:
    folder = tmp_path_factory.mktemp("ends")
    with pytest.MonkeyPatch.context() as patch, Between(lab_aws.url) as between:
        patch.setenv("POPHUB_EVENTS", str(folder))
        patch.setattr(module, "DOT_POPHUB", folder)
        yield Ends(lab_aws, between, folder)


@pytest.fixture(scope="module")
def points(ends: Ends) -> list[Point]:
    """Three in each part of an end, and the others anywhere in all that an undisturbed one asks."""
    assert ends.killed(ends.deployed("undisturbed"), None) == 0
    found, chance = phases(ends.between.ledger.requests), random.Random(SEED)
    numbers = [
        number
        for phase in PHASES
        for number in chance.sample([place + 1 for place, it in enumerate(found) if it == phase], 3)
    ]
    numbers += chance.sample(sorted(set(range(1, len(found) + 1)) - set(numbers)), KILLS - len(numbers))
    return [
        Point(number, found[number - 1], answered=chance.random() < 0.5, on_the_machine=chance.random() < 0.5)
        for number in sorted(numbers)
    ]


@pytest.mark.parametrize("number", range(KILLS))
def test_killed_anywhere_it_goes_on_and_loses_nothing(
    ends: Ends, points: list[Point], number: int, tmp_path: Path
) -> None:
    event, point = ends.deployed(f"killed-{number}"), points[number]
    code = ends.killed(event, point)
    request = ends.struck[-1]
    print(f"{point} of seed {SEED}: {request.what}")  # noqa: T201 - for whoever sees it fail
    assert phases(ends.between.ledger.requests[: point.number])[-1] == point.phase
    assert code == (1 if request.by_machine and point.on_the_machine else -signal.SIGKILL)

    ended = ends.end(event, ends.unseen)

    assert ended.findings.is_clean, ended.text
    assert_all_is_there(event, archive_of(event_context(event.name, ends.unseen)), tmp_path)
    with zipfile.ZipFile(ends._folder / f"{event.name}-end.zip") as bundle:
        assert bundle.testzip() is None
