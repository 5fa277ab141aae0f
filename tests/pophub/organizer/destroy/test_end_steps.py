"""The end of an event in the lab AWS, with its machine's own script: in order, whoever interrupts it, and to the proof."""

from __future__ import annotations

import os
import random
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any

import pytest

from lab.aws import LabAws
from pophub.aws.bucket import BucketPrefix
from pophub.aws.client import UNREACHABLE, Aws, AwsRefusal
from pophub.core.contract import HOME_DEVICE
from pophub.core.errors import ExitCode, PophubError
from pophub.hub.archive.archive import archive
from pophub.hub.archive.homes import Home
from pophub.organizer.destroy.end_steps import Organizer, Steps, _require_consent_to_losses, end
from pophub.organizer.destroy.final_archive import final_of
from pophub.organizer.destroy.remote_hub import RemoteHub, reach
from pophub.organizer.destroy.restore import restore
from pophub.organizer.event_context import EventContext, archive_of, is_archived
from pophub.organizer.leftovers.leftovers import find
from tests.pophub.organizer.destroy.event import NOW, Event, assert_all_is_there, quiet
from tests.pophub.organizer.destroy.hub_stand_in import calls, pause
from tests.pophub.organizer.test_event_context import note_servers
from tests.pophub.planted import REGION, event_context

# of a whole end, to AWS
CALLS = 200


class Killed(BaseException):
    """Not even the best error handling sees it coming."""


class Counted(Aws):
    """From its call of this number on it gets such an answer to every call."""

    def __init__(self, at: int = sys.maxsize, answer: BaseException | None = None) -> None:
        super().__init__()
        self.calls, self._at, self._answer = 0, at, answer

    def call(self, service: str, region: str, operation: str, **arguments: Any) -> dict[str, Any]:
        # how often is looked depends on this computer
        looks = operation in ("get_command_invocation", "describe_instances")
        if not looks and not arguments.get("Key", "").endswith("progress.json"):
            self._count()
        return super().call(service, region, operation, **arguments)

    def pages(self, service: str, region: str, operation: str, entries: str, **arguments: Any) -> Iterator[Any]:
        self._count()
        return super().pages(service, region, operation, entries, **arguments)

    def _count(self) -> None:
        self.calls += 1
        if self._answer is not None and self.calls >= self._at:
            raise self._answer


@pytest.fixture
def event(lab_aws: LabAws, aws: Aws, request: pytest.FixtureRequest) -> Event:
    return Event(lab_aws, "x" + str(abs(hash(request.node.name)))[:12])


def test_an_event_ends_in_order_and_nothing_is_left(event: Event, aws: Aws) -> None:
    ended = event.end(aws)

    assert event.steps == ["look back", "destroy"]
    assert "systemctl stop pophub-refresh.timer pophub-hub.service pophub-proxy.service" in calls(event.root)
    assert (ended.archived, ended.code, ended.failed) == (True, ExitCode.DONE, ())
    assert ended.findings.is_clean
    assert ended.text.splitlines()[0] == f"{event.name} is destroyed; every home is archived, each byte read back"
    assert f"{event.name} in {REGION}: 0 left, $0.00 a month" in ended.text
    assert f"pophub links {event.name}" in ended.text
    assert len(event.offered) == 1


def test_each_wait_says_for_what_and_how_long(event: Event, aws: Aws) -> None:
    event.end(aws)

    assert list(event.waits) == [
        f"who works on {event.name}",
        f"archiving {event.name}",
        f"looking what is in the network of {event.name}",
        f"destroying {event.name}",
        f"looking for what is left of {event.name}",
        "removing the snapshot",
    ]
    assert event.waits[f"who works on {event.name}"].endswith("at most 15 min until it answers")
    assert all(re.search(r"second|minute|\d min", how_long) for how_long in event.waits.values()), event.waits


def test_the_snapshot_stays_until_the_organizer_agrees(event: Event, aws: Aws) -> None:
    event.removes = False
    ended = event.end(aws)

    [left] = ended.findings.left
    assert (left.type, str(left.remove_by), ended.code) == ("snapshot", "2027-06-10", ExitCode.DONE)
    assert f"pophub destroy {event.name} --remove-snapshot" in ended.text

    event.removes = True
    assert event.end(aws).findings.is_clean


def test_nothing_is_destroyed_when_a_home_could_not_be_archived(event: Event, aws: Aws) -> None:
    walk = event.root / "opt/pophub/bundle/pophub/hub/archive/walk.py"
    good = walk.read_text()
    walk.write_text(good.replace("os.listdir(root)", "os.listdir('/nowhere')"))
    with pytest.raises(PophubError, match="the archive is not complete"):
        event.end(aws)
    assert event.steps == []

    walk.write_text(good)
    assert event.end(aws).findings.is_clean


def test_people_at_work_are_asked_about_and_kept(event: Event, aws: Aws) -> None:
    (event.root / "bin" / "docker").write_text("#!/bin/sh\necho abc\n")
    event.closes = False
    with pytest.raises(PophubError, match="people are at work"):
        event.end(aws)

    assert (event.asked, event.steps) == ([None], [])
    assert not is_archived(event_context(aws, event.name))


def test_without_people_nobody_is_asked(event: Event, aws: Aws) -> None:
    event.end(aws)

    assert event.asked == []


def test_without_an_archive_only_the_snapshot_keeps_the_work(event: Event, aws: Aws) -> None:
    ended = event.end(aws, archives=False)

    assert event.steps == ["look back", "destroy"]
    assert ([resource.type for resource in ended.findings.left], event.offered) == (["snapshot"], [])
    assert f"pophub leftovers {event.name} --delete --without-archive" in ended.text


def test_an_archive_made_while_people_worked_does_not_let_the_disk_go(event: Event, aws: Aws) -> None:
    """Whoever ends the machine by hand has taken away what could archive the rest."""
    outside = reach(event_context(aws, event.name), lambda line: None, pause)
    assert outside is not None
    outside.archive()
    (event.homes / "ada" / "later").write_text("not archived")
    event.client.terminate_instances(InstanceIds=[event.instance])
    with pytest.raises(PophubError, match=f"{event.volume} holds people's work that is not archived") as refused:
        event.end(aws)

    assert f"--without-archive {event.name}" in refused.value.hint
    assert event.steps == []
    assert [resource.type for resource in event.end(aws, archives=False).findings.left] == ["snapshot"]


def test_work_after_an_interrupted_end_is_archived_too(event: Event, aws: Aws) -> None:
    with pytest.raises(Killed):
        _killed_in_the_destroy(event, aws)
    assert final_of(event_context(aws, event.name), event.volume)
    (event.homes / "ada" / "later").write_text("later")
    event.end(aws)

    assert_all_is_there(event, archive_of(event_context(aws, event.name)), event.root / "back")


def _killed_in_the_destroy(event: Event, aws: Aws) -> None:
    def die(context: EventContext) -> None:
        raise Killed

    event.remove_stack = die  # type: ignore[method-assign]
    try:
        event.end(aws)
    finally:
        del event.remove_stack


def test_what_could_not_be_read_is_named_before_the_snapshot_may_go(event: Event, aws: Aws) -> None:
    too_deep(event.homes / "ada")
    os.mkfifo(event.homes / "ada" / "pipe")
    event.end(aws)

    assert event.losses == ["ada: 1 times its path is longer than 4096 bytes"]


def test_the_snapshot_of_what_could_not_be_archived_goes_only_at_a_terminal(event: Event, aws: Aws) -> None:
    too_deep(event.homes / "ada")
    event.removes = False

    assert f"pophub destroy {event.name}, which asks for it at a terminal" in event.end(aws).text


@pytest.mark.parametrize("accounts", [True, False])
def test_what_no_snapshot_keeps_either_is_asked_about_before_it_goes(
    bucket: BucketPrefix, tmp_path: Path, accounts: bool
) -> None:
    (tmp_path / "ada").mkdir()
    too_deep(tmp_path / "ada")
    archive(bucket, tmp_path, now=NOW, accounts=accounts)
    machine = RemoteHub(None, None, print)  # type: ignore[arg-type]
    asked: list[str] = []
    organizer = Organizer(lambda _: True, lambda *_: True, lambda what: bool(asked.append(what)), quiet)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RemoteHub, "bucket", bucket)
        with pytest.raises(PophubError, match="not all of the homes could be archived") if accounts else nullcontext():
            _require_consent_to_losses(machine, organizer)

    told = "not archived as it was, and maybe in no snapshot:\n  ada: 1 times its path is longer than 4096 bytes"
    assert asked == ([told] if accounts else [])


def too_deep(folder: Path) -> None:
    """A path that no ordinary program can open, made step by step."""
    above = os.open(folder, os.O_RDONLY)
    for _ in range(17):
        os.mkdir("d" * 250, dir_fd=above)
        inside = os.open("d" * 250, os.O_RDONLY, dir_fd=above)
        os.close(above)
        above = inside
    os.close(above)


def test_homes_that_were_archived_and_are_missing_stop_it(event: Event, aws: Aws) -> None:
    outside = reach(event_context(aws, event.name), lambda line: None, pause)
    assert outside is not None
    outside.archive()
    shutil.rmtree(event.homes / "ada")
    with pytest.raises(PophubError, match="homes seem to be missing"):
        event.end(aws)

    assert (event.missing, event.steps) == (["1 homes are on the disk, and none of ada any more"], [])


def test_no_home_at_all_is_asked_about(event: Event, aws: Aws) -> None:
    shutil.rmtree(event.homes)
    event.homes.mkdir()
    with pytest.raises(PophubError, match="homes seem to be missing"):
        event.end(aws)

    assert (event.missing, event.steps) == (["0 homes are on the disk"], [])


def test_work_between_a_question_and_its_answer_is_not_lost(
    event: Event, aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(event.homes)
    event.homes.mkdir()

    def answers_after_a_boot(what: str) -> bool:
        (event.root / "run/closed").unlink()
        (event.homes / "ada").mkdir()
        return True

    monkeypatch.setattr(event, "_has_none", answers_after_a_boot)
    with pytest.raises(PophubError, match="has booted since, and people could work"):
        event.end(aws)

    assert "destroy" not in event.steps
    assert final_of(event_context(aws, event.name), event.volume) is None


def test_work_while_the_asking_computer_slept_is_not_lost(
    event: Event, aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event, "write_retrospective", (event.root / "run/closed").unlink)
    with pytest.raises(PophubError, match="has booted since, and people could work"):
        event.end(aws)

    assert "destroy" not in event.steps
    assert final_of(event_context(aws, event.name), event.volume) is None


def test_no_home_at_all_stops_it_where_people_had_servers_whatever_the_organizer_says(
    event: Event, aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(event.homes)
    event.homes.mkdir()
    monkeypatch.setattr(event, "_has_none", lambda what: True)
    note_servers(event_context(aws, event.name), "ada", "grace", "ada")
    with pytest.raises(
        PophubError, match=f"no home is on the disk of {event.instance}, .* 2 people had servers"
    ) as told:
        event.end(aws)

    assert f"--without-archive {event.name}" in told.value.hint
    assert event.steps == []
    assert event.end(aws, archives=False).code == ExitCode.DONE


def test_a_snapshot_of_an_earlier_disk_is_not_taken_for_archived(lab_aws: LabAws, aws: Aws) -> None:
    """A bare `cdktf destroy` has left it; the event was deployed again under the same name."""
    first = Event(lab_aws, "again")
    first.remove_stack(event_context(aws, "again"))
    [left] = find(event_context(aws, "again")).left
    second = Event(lab_aws, "again")
    ended = second.end(aws)

    assert [resource.id for resource in ended.findings.left] == [left.id]
    assert left.id not in second.offered
    assert not ended.archived


def test_the_archive_of_an_earlier_event_of_the_name_stays_and_says_nothing_of_this_one(
    lab_aws: LabAws, aws: Aws, tmp_path: Path
) -> None:
    first = Event(lab_aws, "anew")
    (first.homes / "ada" / "notes").write_text("of the first year")
    first.end(aws)
    second = Event(lab_aws, "anew")
    second.client.terminate_instances(InstanceIds=[second.instance])
    with pytest.raises(PophubError, match=f"{second.volume} holds people's work"):
        second.end(aws)

    third = Event(lab_aws, "anew-2")
    third.end(aws)
    restore(archive_of(event_context(aws, "anew"), first.volume), Home("ada"), tmp_path / "back")
    assert (tmp_path / "back" / "notes").read_text() == "of the first year"


def test_an_end_that_was_cut_off_without_its_disk_goes_on(event: Event, aws: Aws) -> None:
    """Terraform takes the disk from the machine first: there is nothing more to archive then."""
    with pytest.raises(Killed):
        _killed_in_the_destroy(event, aws)
    event.client.detach_volume(VolumeId=event.volume, InstanceId=event.instance, Device=HOME_DEVICE)

    assert event.end(aws).findings.is_clean


def test_a_page_that_the_bucket_does_not_take_keeps_nothing_standing(
    event: Event, aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise AwsRefusal("s3 put_object", "NoSuchBucket", "there is none")

    monkeypatch.setattr(event, "write_retrospective", refuse)

    assert event.end(aws, archives=False).code == ExitCode.DONE
    assert event.steps == ["destroy"]


@pytest.mark.parametrize("closes", [False, True])
def test_people_at_work_are_asked_about_without_an_archive_too(event: Event, aws: Aws, closes: bool) -> None:
    (event.root / "bin" / "docker").write_text("#!/bin/sh\necho abc\n")
    event.closes = closes
    with nullcontext() if closes else pytest.raises(PophubError, match="people are at work"):
        event.end(aws, archives=False)

    assert (event.asked, event.steps) == ([None], ["look back", "destroy"] if closes else [])


def test_an_interrupt_is_told_with_what_it_means(event: Event, aws: Aws) -> None:
    with pytest.raises(PophubError, match="interrupted; nothing was destroyed") as refused:
        event.end(Counted(4, KeyboardInterrupt()))

    assert refused.value.hint == "the same command goes on where it stopped"
    assert event.steps == []


def test_an_event_that_never_was_ends_at_once(lab_aws: LabAws, aws: Aws) -> None:
    steps = Steps(lambda talk: None, lambda talk: None, lambda seconds: None)
    organizer = Organizer(lambda people: False, lambda *resources: False, lambda what: False, quiet)

    assert end(event_context(aws, "never-was"), organizer, steps, archives=True, now=NOW).findings.is_clean


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "answer",
    [PophubError("the AWS credentials have expired"), AwsRefusal("x", UNREACHABLE, "no route to host")],
    ids=["credentials expired", "network gone"],
)
def test_whatever_aws_does_not_answer_any_more_it_goes_on_and_loses_nothing(
    lab_aws: LabAws, aws: Aws, tmp_path: Path, seed: int, answer: PophubError
) -> None:
    event = Event(lab_aws, f"cut-{seed}-{len(answer.problem)}")
    at = random.Random(f"{seed} {answer.problem}").randrange(1, CALLS)
    # what is not seen for want of an answer is no proof
    with suppress(PophubError):
        assert event.end(Counted(at, answer)).code == ExitCode.REFUSED
    ended = event.end(aws)

    assert ended.findings.is_clean, ended.text
    assert_all_is_there(event, archive_of(event_context(aws, event.name)), tmp_path)


def test_a_snapshot_that_somebody_made_by_hand_is_told_and_makes_no_archive_doubtful(lab_aws: LabAws, aws: Aws) -> None:
    event = Event(lab_aws, "copied")
    made = event.client.create_snapshot(VolumeId=event.volume)["SnapshotId"]
    ended = event.end(aws)

    assert [resource.id for resource in ended.findings.left] == [made]
    assert (ended.archived, ended.code) == (True, ExitCode.DONE)
    assert "every home is archived, each byte read back" in ended.text
    assert "the snapshot goes with" not in ended.text
    assert "what is left goes with" not in ended.text
    event.client.delete_snapshot(SnapshotId=made)


def test_the_cuts_reach_from_the_first_step_to_the_last(lab_aws: LabAws, aws: Aws) -> None:
    counting = Counted()
    Event(lab_aws, "counted").end(counting)

    assert CALLS <= counting.calls < CALLS * 1.3
