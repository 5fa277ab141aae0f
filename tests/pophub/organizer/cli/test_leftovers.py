"""`pophub leftovers` as a shell sees it, in the lab AWS."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lab.aws import LabAws
from pophub.aws.client import Aws
from pophub.core.contract import FINAL_FILE
from pophub.core.errors import ExitCode
from pophub.hub.archive.archive import archive
from pophub.organizer.cli.cli import app
from pophub.organizer.destroy import organizer_answers
from pophub.organizer.destroy.final_archive import note_final
from pophub.organizer.event_context import archive_of, event_context
from tests.pophub.organizer.destroy.event import Event
from tests.pophub.organizer.destroy.hub_stand_in import launch
from tests.pophub.planted import BUCKET, REGION, Garden, aws, lab_aws

__all__ = ["aws", "lab_aws"]


@pytest.fixture(autouse=True)
def _a_terminal(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(organizer_answers, "require_answer", lambda remedy: None)


def _run(*arguments: str, answer: str = ""):
    return CliRunner().invoke(app, ["leftovers", *arguments, "--region", REGION], input=answer)


def _planted(lab_aws: LabAws, event: str) -> Garden:
    garden = Garden(lab_aws, event, event)
    garden.disks()
    garden.one("topic", 1)
    garden.one("parameter", 1)
    return garden


def test_nothing_left_is_said_and_is_done() -> None:
    ran = _run("never-was")

    assert (ran.exit_code, ran.stdout) == (ExitCode.DONE, f"never-was in {REGION}: 0 left, $0.00 a month\n")


def test_what_is_left_is_listed_with_its_price(lab_aws: LabAws) -> None:
    garden = _planted(lab_aws, "listed")
    ran = _run("listed")

    assert ran.exit_code == ExitCode.FIX
    assert all(id_ in ran.stdout for _, id_ in garden.planted)
    assert ran.stdout.splitlines()[-1] == f"listed in {REGION}: 4 left, $13.00 a month"


def test_json_is_one_object(lab_aws: LabAws) -> None:
    _planted(lab_aws, "as-json")
    told = json.loads(_run("as-json", "--json").stdout)

    assert (len(told["left"]), told["usd_a_month"], told["clean"]) == (4, "13.00", False)


@pytest.mark.parametrize("answer", ["y\n", "yes\n", "another\n", ""])
def test_nothing_is_removed_until_the_name_is_typed(lab_aws: LabAws, answer: str) -> None:
    event = f"typed-{len(answer)}"
    _planted(lab_aws, event)
    ran = _run(event, "--delete", answer=answer)

    assert ran.exit_code == 1
    assert f"{event} in {REGION}: 4 left" in _run(event).stdout


def test_people_s_work_stays_until_it_is_archived(lab_aws: LabAws, aws: Aws, tmp_path: Path) -> None:
    garden = _planted(lab_aws, "worked")
    [volume] = [id_ for kind, id_ in garden.planted if kind == "volume"]
    ran = _run("worked", "--delete", answer="worked\n")

    assert ran.exit_code == ExitCode.FIX
    assert f"  volume {volume}" in ran.stderr.split(organizer_answers.WORK_STAYS)[1]
    assert ran.stdout.splitlines()[-1] == f"worked in {REGION}: 2 left, $13.00 a month"

    # people may have worked since, so that this is not enough
    (tmp_path / "ada").mkdir()
    bucket = archive_of(event_context("worked", aws, region=REGION), volume)
    began = datetime.now(UTC)
    archive(bucket, tmp_path, now=began)
    assert f"  volume {volume}" in _run("worked", "--delete", answer="worked\n").stderr

    # nor is the final archive for a snapshot that is older
    note_final(bucket, began, machine="i-1", by="ada")
    ran = _run("worked", "--delete", answer="worked\n")
    assert ran.stdout.splitlines()[-1] == f"worked in {REGION}: 1 left, $5.00 a month"
    note_final(bucket, began - timedelta(hours=1), machine="i-1", by="ada")
    ran = _run("worked", "--delete", answer="worked\n")

    assert (ran.exit_code, ran.stdout.splitlines()[-1]) == (ExitCode.DONE, f"worked in {REGION}: 0 left, $0.00 a month")
    assert f"s3://{BUCKET}/archive/worked/" in ran.stdout
    assert "; stays" in ran.stdout


def test_work_between_the_question_and_its_answer_is_not_lost(
    lab_aws: LabAws, aws: Aws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    garden = _planted(lab_aws, "reopened")
    [volume] = [id_ for kind, id_ in garden.planted if kind == "volume"]
    bucket = archive_of(event_context("reopened", aws, region=REGION), volume)
    archive(bucket, tmp_path, now=datetime.now(UTC))
    note_final(bucket, datetime.now(UTC), machine="i-1", by="ada")
    # as a hub does before it opens
    monkeypatch.setattr(organizer_answers, "require_answer", lambda remedy: bucket.put_json(FINAL_FILE, {}))
    ran = _run("reopened", "--delete", answer="reopened\n")

    assert (ran.exit_code, "the hub was open again meanwhile" in ran.stderr) == (ExitCode.FIX, True)
    assert "4 left" in _run("reopened").stdout


@pytest.mark.parametrize("answer", ["n", "y"])
def test_people_at_work_are_asked_about(lab_aws: LabAws, answer: str) -> None:
    instance, root = launch(lab_aws, f"busy-{answer}", REGION)
    (root / "bin" / "docker").write_text("#!/bin/sh\necho abc\n")
    ran = _run(f"busy-{answer}", "--delete", "--without-archive", answer=f"busy-{answer}\n{answer}\n")

    assert "somebody is at work, and the hub does not say who" in ran.stderr
    assert (ran.exit_code, instance in _run(f"busy-{answer}").stdout) == ((1, True) if answer == "n" else (0, False))


def test_a_machine_whose_accounts_may_have_homes_nowhere_else_stays_until_they_are_archived(
    lab_aws: LabAws, aws: Aws, tmp_path: Path
) -> None:
    """Without the event's file nobody knows whether its people are accounts of the machine."""
    instance, _ = launch(lab_aws, "accounts", REGION)
    Garden(lab_aws, "accounts", "accounts").one("parameter", 1)
    ran = _run("accounts", "--delete", answer="accounts\n")

    assert (ran.exit_code, "2 left" in _run("accounts").stdout) == (ExitCode.FIX, True), "nor what the machine needs"
    assert f"homes of accounts may be on the system disk of {instance}" in ran.stderr
    assert "pophub destroy accounts archives them first" in ran.stderr

    (tmp_path / "ada").mkdir()
    bucket = archive_of(event_context("accounts", aws, region=REGION), instance)
    archive(bucket, tmp_path, now=datetime.now(UTC))
    assert _run("accounts", "--delete", answer="accounts\n").exit_code == ExitCode.FIX, "people may have worked since"
    note_final(bucket, datetime.now(UTC), machine=instance, by="ada")
    assert _run("accounts", "--delete", answer="accounts\n").exit_code == ExitCode.DONE


def test_the_machine_stays_that_alone_can_archive_a_disk_that_stays(
    lab_aws: LabAws, aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = Event(lab_aws, "only-one")
    known = replace(event_context("only-one", aws, region=REGION), accounts=False)
    monkeypatch.setattr("pophub.organizer.event_context.event_context", lambda *_, **__: known)
    ran = _run("only-one", "--delete", answer="only-one\n")

    assert (ran.exit_code, "pophub destroy only-one archives them first" in ran.stderr) == (ExitCode.FIX, True)
    assert f"only {event.instance} can archive the homes on its volume" in ran.stderr
    assert event.instance in _run("only-one").stdout


def test_where_nothing_may_go_nobody_is_asked(lab_aws: LabAws) -> None:
    Garden(lab_aws, "staying", "staying").disks()
    ran = _run("staying", "--delete", answer="")

    assert ran.exit_code == ExitCode.FIX
    assert "Its name" not in ran.stderr
    assert "2 left" in ran.stdout


def test_without_an_archive_it_must_be_typed_out(lab_aws: LabAws) -> None:
    _planted(lab_aws, "unkept")

    assert _run("unkept", "--delete", "--without-archive", answer="unkept\n").exit_code == ExitCode.DONE


def test_without_credentials_the_way_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_") and name != "AWS_ENDPOINT_URL"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nowhere")
    ran = _run("geo")

    assert (ran.exit_code, "there are no AWS credentials" in ran.stderr) == (ExitCode.REFUSED, True)
