"""checkov over what is synthesized and what Terraform plans; what is accepted stands in .checkov.yaml with its reason."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from lab.aws import LabAws
from lab.venvs import ensure_venv
from pophub.organizer.deploy import toolchain
from pophub.organizer.event.event_file import load_event
from pophub.organizer.paths import ROOT
from tests.stacks.synthesis import Synthesis

pytestmark = pytest.mark.checkov
CONFIG = ROOT / ".checkov.yaml"
# the event with workers has all that one without them has
STACKS = ("account", "course")
# one more, whose machine answers requests without a token
WEAKER = "weaker"
ACCEPTED = re.findall(r"^  - (CKV\w+)", CONFIG.read_text(), re.MULTILINE)
Found = dict[str, list[dict[str, Any]]]
FRAMEWORKS = ("terraform_json", "terraform_plan")


@pytest.fixture(scope="module")
def scanned(synth: Synthesis, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder a framework, with what it scans."""
    folder = tmp_path_factory.mktemp("checkov")
    for stack in (*STACKS, WEAKER):
        name = stack.replace(WEAKER, "geo-hackweek")
        synthesized = json.loads((synth.out / "stacks" / name / "cdk.tf.json").read_text())
        # the two shapes that checkov's parser does not take: a text in a block of blocks, and a list of blocks
        del synthesized["terraform"]["required_version"]
        synthesized.pop("removed", None)
        if stack == WEAKER:
            [instance] = synthesized["resource"]["aws_instance"].values()
            instance["metadata_options"]["http_tokens"] = "optional"
        _put(folder / "terraform_json" / stack / "cdk.tf.json", json.dumps(synthesized, indent=2))
    for stack, plan in _plans(synth, tmp_path_factory.mktemp("plans")):
        _put(folder / "terraform_plan" / stack / "plan.json", plan)
    return folder


def _plans(synth: Synthesis, folder: Path) -> Iterator[tuple[str, str]]:
    with LabAws(folder) as aws:
        aws.add_zone(load_event(synth.folder / "events" / "course.yaml").zone)
        secrets = {f"TF_VAR_github_client_{part}": "only-for-a-plan" for part in ("id", "secret")}
        secrets["TF_VAR_wake_key"] = "only-for-a-plan"
        for stack in STACKS:
            copy = shutil.copytree(synth.out / "stacks" / stack, folder / stack)
            environment = {**toolchain.environment(folder), **aws.environment, **aws.kept_provider(copy), **secrets}
            for command in (["init"], ["plan", "-input=false", "-out=plan"], ["show", "-json", "plan"]):
                done = subprocess.run(
                    ["terraform", f"-chdir={copy}", *command],
                    env=environment,
                    capture_output=True,
                    text=True,
                    check=False,
                )
                assert done.returncode == 0, done.stderr
            yield stack, done.stdout


def _put(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True)
    file.write_text(text)


@pytest.fixture(scope="module")
def found(scanned: Path) -> Found:
    """Framework → what checkov holds against the folder, with the accepted; it asks no network, and takes seconds to start."""
    checkov = ensure_venv(ROOT / "requirements-checkov.txt") / "bin" / "checkov"
    done = subprocess.run(
        [
            checkov,
            "--directory",
            scanned,
            "--framework",
            *FRAMEWORKS,
            "--skip-download",
            "--output",
            "json",
            "--quiet",
            "--compact",
        ],
        # checkov reads a .checkov.yaml that lies where it is started
        cwd=scanned,
        capture_output=True,
        text=True,
        check=False,
    )
    reports = {each["check_type"]: each for each in json.loads(done.stdout)}
    assert reports.keys() == set(FRAMEWORKS)
    for report in reports.values():
        assert report["summary"]["parsing_errors"] == 0
        assert report["summary"]["passed"] > 30
    return {framework: list(report["results"]["failed_checks"]) for framework, report in reports.items()}


def _in(stacks: Sequence[str], found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each for each in found if each["file_path"].split("/")[-2] in stacks]


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_nothing_is_found_that_is_not_accepted_with_a_reason(found: Found, framework: str) -> None:
    others = [each for each in _in(STACKS, found[framework]) if each["check_id"] not in ACCEPTED]

    assert [f"{each['check_id']} {each['resource']}: {each['check_name']}" for each in others] == []


@pytest.mark.parametrize("accepted", ACCEPTED)
def test_what_is_accepted_still_occurs(accepted: str, found: Found) -> None:
    assert accepted in {each["check_id"] for framework in found.values() for each in _in(STACKS, framework)}


def test_every_accepted_finding_has_its_reason() -> None:
    without = [line for line in CONFIG.read_text().splitlines() if re.match(r"  - CKV\w+", line) and "  # " not in line]

    assert ACCEPTED
    assert without == []


def test_a_weaker_setting_would_be_found(found: Found) -> None:
    weaker = {each["check_id"] for each in _in([WEAKER], found["terraform_json"])}

    assert "CKV_AWS_79" in weaker - set(ACCEPTED)
