"""An event's destroy from its file to the proof, in the lab AWS; only the stack's own destroy is of paper."""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lab.aws import LabAws
from pophub.aws.client import Aws
from pophub.aws.reports import GONE, reports
from pophub.core.contract import METER_FILE, REPORTS, WATCH_REPORT_FILE
from pophub.core.errors import PophubError
from pophub.hub.archive.archive import archive
from pophub.organizer.destroy.destroy_event import destroy, write_retrospective
from pophub.organizer.destroy.end_steps import Organizer
from pophub.organizer.destroy.run_command import machine_of
from pophub.organizer.event_context import archive_of, event_context
from pophub.organizer.paths import EXAMPLE_EVENT, event_file
from tests.pophub.core.cost.finished import METER
from tests.pophub.organizer.destroy.hub_stand_in import launch
from tests.pophub.planted import BUCKET, REGION

NOW = datetime(2027, 3, 12, 18, tzinfo=UTC)


@pytest.fixture
def name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("POPHUB_EVENTS", str(tmp_path))
    (tmp_path / "geo-over.yaml").write_text(EXAMPLE_EVENT.read_text())
    return "geo-over"


@contextmanager
def quiet(what: str, how_long: str) -> Iterator[Callable[[str], None]]:
    yield lambda line: None


def test_an_event_is_archived_looked_back_on_and_destroyed(
    lab_aws: LabAws, aws: Aws, name: str, tmp_path: Path
) -> None:
    instance, root = launch(lab_aws, name, REGION)
    event = b'{"__timestamp__": "2027-03-02T16:30:00+00:00Z", "action": "start", "username": "ada"}\n'
    (root / "srv" / "events.jsonl").write_bytes(event)
    there = reports(aws, BUCKET, REGION, name)
    there.put(METER_FILE, METER.read_bytes())
    taken: list[str] = []

    def remove_stack(talk: object) -> None:
        taken.append((tmp_path / f"{name}-retrospective.md").read_text())
        lab_aws.client("ec2", REGION).terminate_instances(InstanceIds=[instance])

    ended = destroy(
        name, aws, Organizer(lambda people: False, lambda *resources: True, lambda what: False, quiet), remove_stack,
        archives=True, folder=tmp_path, now=NOW,
    )  # fmt: skip

    assert ended.findings.is_clean
    assert ended.archived
    assert "- **homes**: 2 with 2 files" in taken[0]
    assert "- **servers**: 1 starts by 1 people" in taken[0], "what the machine has summed up"
    assert GONE in there.list(), "the report counts no disk any more"
    there.call("delete_object", METER_FILE)


def test_nothing_is_taken_away_without_an_archive(lab_aws: LabAws, aws: Aws, name: str, tmp_path: Path) -> None:
    _, root = launch(lab_aws, name, REGION)
    (root / "opt/pophub/bundle/cloud-init/archive.sh").write_text("#!/bin/sh\nexit 1\n")
    nobody = Organizer(lambda people: True, lambda *resources: True, lambda what: False, quiet)
    with pytest.raises(PophubError):
        destroy(name, aws, nobody, lambda talk: pytest.fail("taken away"), archives=True, folder=tmp_path, now=NOW)

    machine = machine_of(event_context(name, aws))
    assert machine is not None
    lab_aws.client("ec2", REGION).terminate_instances(InstanceIds=[machine.id])


def test_two_ends_at_once_are_one(aws: Aws, name: str, tmp_path: Path) -> None:
    def end(remove_stack: Callable[[object], object]) -> None:
        nobody = Organizer(lambda people: True, lambda *resources: True, lambda what: False, quiet)
        destroy(name, aws, nobody, remove_stack, archives=True, folder=tmp_path, now=NOW)

    def second(talk: object) -> None:
        with pytest.raises(PophubError, match=f"the end of {name} is already running: .*, process "):
            end(lambda talk: pytest.fail("taken away twice"))

    end(second)


def test_the_page_has_the_meter_and_the_watchs_last_word_from_the_bucket(
    lab_aws: LabAws, aws: Aws, name: str, tmp_path: Path
) -> None:
    s3 = lab_aws.client("s3", REGION)
    s3.put_object(Bucket=BUCKET, Key=f"{REPORTS}/{name}/{METER_FILE}", Body=METER.read_bytes())
    s3.put_object(
        Bucket=BUCKET,
        Key=f"{REPORTS}/{name}/{WATCH_REPORT_FILE}",
        Body=b'{"action": "keep", "reason": "why", "at": "t"}',
    )
    write_retrospective(name, event_context(name, aws), tmp_path, now=NOW)
    text = (tmp_path / f"{name}-retrospective.md").read_text()

    assert "53 came, 60 were planned for" in text
    assert "keep, why (t)" in text
    stored = s3.get_object(Bucket=BUCKET, Key=f"{REPORTS}/{name}/retrospective.md")["Body"].read()
    assert stored.decode() == text


@pytest.mark.usefixtures("aws")
def test_looking_back_reads_each_receipt_once(name: str, tmp_path: Path) -> None:
    read: Counter[str] = Counter()

    class Noting(Aws):
        def call(self, service: str, region: str, operation: str, **arguments: Any) -> dict[str, Any]:
            read[arguments.get("Key", "") if operation == "get_object" else ""] += 1
            return super().call(service, region, operation, **arguments)

    # no other test's event
    (tmp_path / "geo-once.yaml").write_text(event_file(name).read_text())
    context = event_context("geo-once", Noting())
    for user in ("ada", "grace"):
        (tmp_path / "homes" / user).mkdir(parents=True)
    archive(archive_of(context), tmp_path / "homes", now=NOW)
    read.clear()
    write_retrospective("geo-once", context, tmp_path, now=NOW)

    assert [count for key, count in read.items() if "/homes/" in key] == [1, 1]


def test_the_organizer_gets_one_bundle_and_the_bucket_the_same(
    lab_aws: LabAws, aws: Aws, name: str, tmp_path: Path
) -> None:
    there = reports(aws, BUCKET, REGION, name)
    there.put(METER_FILE, METER.read_bytes())
    file = write_retrospective(name, event_context(name, aws), tmp_path, now=NOW)
    with zipfile.ZipFile(file) as bundle:
        told = {member: bundle.read(member).decode() for member in bundle.namelist()}

    assert (file.name, file.stat().st_mode & 0o777) == (f"{name}-end.zip", 0o600)
    assert b"".join(there.read("end.zip")) == file.read_bytes()
    folder = f"{name}-end"
    assert told[f"{folder}/{name}.yaml"] == EXAMPLE_EVENT.read_text()
    assert told[f"{folder}/retrospective.md"] == (tmp_path / f"{name}-retrospective.md").read_text()
    assert "<h1>" in told[f"{folder}/costs.html"]
    assert json.loads(told[f"{folder}/archive.json"])["event"] == name
    there.call("delete_object", METER_FILE)


@pytest.mark.usefixtures("lab_aws")
def test_a_page_that_cannot_be_written_here_is_told_with_the_way(aws: Aws, name: str, tmp_path: Path) -> None:
    (tmp_path / f"{name}-retrospective.md").mkdir()
    with pytest.raises(PophubError, match="cannot be written: Is a directory") as told:
        write_retrospective(name, event_context(name, aws), tmp_path, now=NOW)

    assert "in a folder of your own" in told.value.hint
