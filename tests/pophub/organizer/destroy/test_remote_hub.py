"""The organizer's computer has a machine archived: the bundle's own script runs, as SSM Run Command would run it."""

from __future__ import annotations

import fcntl
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lab.aws import LabAws
from lab.wait import wait_until
from pophub.aws.client import Aws
from pophub.core.contract import KEEP_FILE, REPORTS
from pophub.core.errors import PophubError
from pophub.hub.archive.homes import Home
from pophub.organizer.destroy.remote_hub import RemoteHub, reach
from pophub.organizer.destroy.restore import restore
from pophub.organizer.destroy.run_command import MachineCommand
from pophub.organizer.event_context import archive_of, is_archived
from tests.pophub.organizer.destroy.hub_stand_in import calls, come_online, launch, pause
from tests.pophub.planted import BUCKET, REGION, event_context

NOW = datetime(2027, 3, 12, 18, tzinfo=UTC)


@pytest.fixture
def event(request: pytest.FixtureRequest) -> str:
    return "e" + str(abs(hash(request.node.name)))[:12]


@pytest.fixture
def root(lab_aws: LabAws, event: str) -> Path:
    return launch(lab_aws, event, REGION)[1]


@pytest.fixture
def outside(aws: Aws, root: Path, event: str) -> RemoteHub:
    found = reach(event_context(aws, event), lambda line: None, pause)
    assert found is not None
    return found


def test_every_home_is_archived_by_the_machine_itself(outside: RemoteHub, aws: Aws, event: str, tmp_path: Path) -> None:
    outside.archive()

    context = event_context(aws, event)
    assert is_archived(context)
    restore(archive_of(context), Home("carol-2dx"), tmp_path / "back")
    assert (tmp_path / "back" / "notes").read_text() == "carol-2dx"
    assert archive_of(context).get_json("progress.json")["done"] == 2


def test_what_helpers_shared_is_archived_too(
    outside: RemoteHub, root: Path, aws: Aws, event: str, tmp_path: Path
) -> None:
    (root / "srv" / "data").mkdir()
    (root / "srv" / "data" / "slides").write_text("shown")
    outside.archive()

    restore(archive_of(event_context(aws, event)), Home("shared_data"), tmp_path / "back")
    assert (tmp_path / "back" / "slides").read_text() == "shown"


def test_it_is_told_how_far_it_is(outside: RemoteHub) -> None:
    said: list[str] = []
    RemoteHub(outside.context, outside.machine, said.append, pause).archive()

    assert said[-1] == "2 of 2 homes, carol-x: archived, read back"


def test_who_asked_for_it_is_said_to_aws(outside: RemoteHub, lab_aws: LabAws) -> None:
    outside.archive()
    [command] = lab_aws.client("ssm", REGION).list_commands(InstanceId=outside.machine.id)["Commands"]

    assert command["Comment"].startswith("pophub: make, asked for by ")
    assert command["Comment"].endswith(outside.by)


def test_a_home_that_cannot_be_archived_is_told_and_is_no_success(
    outside: RemoteHub, root: Path, event: str, aws: Aws
) -> None:
    program = root / "opt/pophub/bundle/pophub/hub/archive/walk.py"
    program.write_text(program.read_text().replace("os.listdir(root)", "os.listdir('/nowhere')"))
    with pytest.raises(PophubError, match="2 of 2 homes are not archived") as refused:
        outside.archive()

    assert "\n  ada: not archived: no such file or directory\n  carol-x: not archived:" in refused.value.problem
    assert refused.value.hint == "the same command tries only these again"
    assert not is_archived(event_context(aws, event))


def test_the_last_archive_names_the_homes_it_lacks_and_both_ways_on(
    outside: RemoteHub, root: Path, event: str, aws: Aws
) -> None:
    program = root / "opt/pophub/bundle/pophub/hub/archive/pack.py"
    text = program.read_text()
    breaks = "if self._top == 'ada': raise ValueError('odd')\n        "
    program.write_text(text.replace("for found in walk(home):", f"{breaks}for found in walk(home):"))
    with pytest.raises(PophubError) as refused:
        outside.archive(final=True)

    assert refused.value.problem == (
        "the archive is not complete: 1 of 2 homes are not archived, 1 are; nothing was destroyed\n"
        "  ada: not archived: an error of pophub's own: ValueError: odd"
    )
    assert "the same command tries only these again" in refused.value.hint
    assert f"pophub destroy {event} --without-archive {event}" in refused.value.hint

    program.write_text(text)
    said: list[str] = []
    RemoteHub(outside.context, outside.machine, said.append, pause).archive(final=True)
    assert is_archived(event_context(aws, event))
    assert said[-1] == "2 of 2 homes, carol-x: as before"


def test_a_script_that_fails_is_told_with_its_last_words(outside: RemoteHub, root: Path) -> None:
    (root / "opt/pophub/bundle/cloud-init/archive.sh").write_text("#!/bin/sh\necho no such thing >&2\nexit 1\n")
    with pytest.raises(PophubError, match="the archive is not complete: no such thing"):
        outside.archive()


def test_a_stopped_machine_is_started_and_waited_for(lab_aws: LabAws, aws: Aws, event: str) -> None:
    instance, root = launch(lab_aws, event, REGION, online=False)
    lab_aws.client("ec2", REGION).stop_instances(InstanceIds=[instance])
    waited: list[float] = []

    def wait(seconds: float) -> None:
        pause(seconds)
        waited.append(seconds)
        if len(waited) == 3:
            come_online(lab_aws, root)

    said: list[str] = []
    found = reach(event_context(aws, event), said.append, wait)
    assert found is not None
    found.start(NOW)
    found.archive()

    assert said[0] == f"{instance} was stopped, and is started for the archive"
    assert len(waited) >= 3
    assert is_archived(event_context(aws, event))


def test_the_hub_is_asked_to_stay_on_meanwhile(outside: RemoteHub, lab_aws: LabAws, event: str) -> None:
    outside.start(NOW)
    wish = lab_aws.client("s3", REGION).get_object(Bucket=BUCKET, Key=f"{REPORTS}/{event}/{KEEP_FILE}")["Body"].read()

    assert datetime.fromisoformat(json.loads(wish)["until"]) == NOW + timedelta(hours=3)


def test_closing_stops_the_hub_and_then_the_servers(outside: RemoteHub, root: Path) -> None:
    (root / "bin" / "docker").write_text(
        '#!/bin/sh\necho "docker $*" >>"$CALLS"\n'
        'case $1 in stop) touch "$RUN/stopped" ;; ps) [ -e "$RUN/stopped" ] || echo abc ;; esac\n'
    )
    outside.close()

    assert calls(root) == [
        "systemctl stop pophub-refresh.timer pophub-hub.service pophub-proxy.service",
        "docker ps --quiet",
        "docker stop abc",
        # until the list is empty, and once more to be sure
        "docker ps --quiet",
        "docker ps --quiet",
    ]
    outside.require_closed()


def test_closing_waits_for_an_installation_that_would_open_the_hub_again(outside: RemoteHub, root: Path) -> None:
    with (root / "run/install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with ThreadPoolExecutor(1) as pool:
            closing = pool.submit(outside.close)
            wait_until((root / "run/closed").exists, 30, "the installation can see that the hub is closed")
            assert calls(root) == []
            fcntl.flock(lock, fcntl.LOCK_UN)
            closing.result(30)


def test_a_machine_with_an_older_bundle_is_told(outside: RemoteHub, root: Path) -> None:
    (root / "opt/pophub/bundle/cloud-init/archive.sh").write_text("#!/bin/sh\n")
    with pytest.raises(PophubError, match="an older version") as refused:
        outside.close()

    assert "pophub deploy" in refused.value.hint


@pytest.mark.parametrize(
    ("happens", "told"),
    [
        ("boot", "the machine has booted since"),
        ("open", "the machine has booted since"),
        ("hub", "pophub-hub.service runs again"),
        ("server", "there are containers that run"),
    ],
)
def test_a_hub_that_did_not_stay_closed_is_told(outside: RemoteHub, root: Path, happens: str, told: str) -> None:
    outside.close()
    match happens:
        case "boot":
            (root / "run/closed").unlink()
        case "open":
            (root / "srv/closed").unlink()
        case "hub":
            (root / "bin" / "systemctl").write_text("#!/bin/sh\n")
        case _:
            (root / "bin" / "docker").write_text("#!/bin/sh\necho abc\n")
    with pytest.raises(PophubError, match=f"did not stay closed, so that not all work may be archived: {told}"):
        outside.require_closed()


def test_every_home_that_failed_is_told_however_many_there_are(outside: RemoteHub, root: Path) -> None:
    for number in range(300):
        (root / "srv/home" / f"somebody{number:092}").mkdir()
    program = root / "opt/pophub/bundle/pophub/hub/archive/walk.py"
    program.write_text(program.read_text().replace("os.listdir(root)", "os.listdir('/nowhere')"))
    with pytest.raises(PophubError, match="the archive is not complete") as refused:
        outside.archive()

    assert refused.value.problem.count(": not archived: no such file or directory") == 302


@pytest.mark.parametrize("state", ["stopped", "terminated"])
def test_a_machine_that_is_stopped_meanwhile_is_not_waited_for(
    outside: RemoteHub, lab_aws: LabAws, root: Path, state: str
) -> None:
    (root / "opt/pophub/bundle/cloud-init/archive.sh").write_text("#!/bin/sh\nsleep 20\n")
    ec2 = lab_aws.client("ec2", REGION)
    stop = ec2.stop_instances if state == "stopped" else ec2.terminate_instances
    cut = RemoteHub(outside.context, outside.machine, print, lambda seconds: stop(InstanceIds=[outside.machine.id]))
    with pytest.raises(PophubError, match=f"{outside.machine.id} is {state}, which cut off: make"):
        cut.archive()


def test_a_hub_that_does_not_close_is_told(outside: RemoteHub, root: Path) -> None:
    (root / "bin" / "systemctl").write_text("#!/bin/sh\necho it hangs >&2\nexit 1\n")
    with pytest.raises(PophubError, match="the hub could not be closed: it hangs"):
        outside.close()


def test_who_works_is_not_known_where_the_hub_is_silent_and_containers_run(outside: RemoteHub, root: Path) -> None:
    assert outside.at_work() == []

    (root / "bin" / "docker").write_text("#!/bin/sh\necho abc\n")
    assert outside.at_work() is None


def test_two_at_once_are_told_who_the_other_one_is(outside: RemoteHub, root: Path) -> None:
    go = root / "go"
    said: list[str] = []
    (root / "opt/pophub/bundle/cloud-init/archive.sh").write_text(
        f"#!/bin/sh\nuntil [ -e {go} ]; do sleep 0.05; done\n"
    )
    outside.machine._send(MachineCommand("make other", "user/ada", said.append, lambda: None, lambda seconds: None), 1)
    RemoteHub(outside.context, outside.machine, said.append, lambda seconds: go.touch()).at_work()

    assert said[0] == "under way already: pophub: make, asked for by user/ada"


def test_an_event_without_a_machine_has_none(aws: Aws) -> None:
    assert reach(event_context(aws, "never-was"), print) is None
