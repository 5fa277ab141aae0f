"""The provider that is kept beside a lab AWS is Terraform's real one, and each stack gets its own settings from it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from lab import kept_provider as module
from lab.aws import LabAws
from lab.child_process import descendants
from lab.kept_provider import VARIABLE, find_program
from lab.short_schema import used_kinds
from pophub.organizer.deploy import toolchain

STACK = """
terraform {{
  required_providers {{
    aws = {{ source = "hashicorp/aws", version = "5.100.0" }}
  }}
}}
provider "aws" {{
  region = "{region}"
  default_tags {{
    tags = {{ event = "{event}" }}
  }}
}}
resource "aws_sns_topic" "topic" {{
  name = "{event}"
}}
resource "aws_s3_bucket" "bucket" {{
  bucket = "bucket-of-{event}"
}}
resource "aws_s3_object" "file" {{
  bucket = aws_s3_bucket.bucket.id
  key    = "file"
  source = "assets/file"
}}
"""


def terraform(aws: LabAws, folder: Path, *arguments: str) -> str:
    environment = {**toolchain.environment(folder), **aws.environment, **aws.kept_provider(folder)}
    command = ["terraform", f"-chdir={folder}", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


def apply(aws: LabAws, folder: Path, event: str, region: str) -> None:
    (folder / "assets").mkdir(parents=True)
    (folder / "assets" / "file").write_text(f"of {event}")
    (folder / "main.tf").write_text(STACK.format(region=region, event=event))
    for command in (("init",), ("apply", "-auto-approve")):
        terraform(aws, folder, *command)


@pytest.mark.terraform
def test_two_stacks_that_share_it_have_each_its_own_region_tags_and_files(tmp_path: Path) -> None:
    stacks = {"first": "us-west-2", "second": "eu-central-1"}
    with LabAws(tmp_path / "aws") as aws:
        for event, region in stacks.items():
            apply(aws, tmp_path / event, event, region)
        for event, region in stacks.items():
            sns = aws.client("sns", region)
            [topic] = sns.list_topics()["Topics"]
            assert topic["TopicArn"].endswith(f":{region}:123456789012:{event}")
            tags = sns.list_tags_for_resource(ResourceArn=topic["TopicArn"])["Tags"]
            assert tags == [{"Key": "event", "Value": event}]
            stored = aws.client("s3", region).get_object(Bucket=f"bucket-of-{event}", Key="file")
            assert stored["Body"].read().decode() == f"of {event}"
        shown = json.loads(terraform(aws, tmp_path / "second", "providers", "schema", "-json"))["provider_schemas"]
        schemas = shown["registry.terraform.io/hashicorp/aws"]
        assert {*schemas["resource_schemas"], *schemas["data_source_schemas"]} == used_kinds() - {"aws_provider"}
        pid = json.loads(aws.kept_provider(tmp_path)[VARIABLE])["registry.terraform.io/hashicorp/aws"]["Pid"]
        assert pid in descendants(os.getpid())
        assert not (tmp_path / "first" / ".terraform").exists(), "nothing was installed"
    assert pid not in descendants(os.getpid())
    assert "bucket-of-first" not in (tmp_path / "aws" / "provider.log").read_text(), "no request is written down"


def test_without_a_program_on_this_computer_terraform_gets_its_own(
    lab_aws: LabAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(toolchain, "find_provider_mirror", lambda: None)
    monkeypatch.setenv(toolchain.CACHE, str(tmp_path))

    assert find_program() is None
    with monkeypatch.context() as patch:
        patch.setattr(lab_aws, "_provider", None)
        assert lab_aws.kept_provider(tmp_path) == {}


@pytest.mark.parametrize(("machine", "place"), [("x86_64", "linux_amd64"), ("aarch64", "linux_arm64")])
def test_the_program_for_this_processor_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, machine: str, place: str
) -> None:
    for folder in ("darwin_arm64", "linux_amd64", "linux_arm64"):
        program = tmp_path / toolchain.PROVIDER / folder / "terraform-provider-aws_v5.100.0_x5"
        program.parent.mkdir(parents=True)
        program.touch()
    monkeypatch.setattr(toolchain, "find_provider_mirror", lambda: tmp_path)
    monkeypatch.setattr(module.platform, "machine", lambda: machine)
    monkeypatch.setattr(module.platform, "system", lambda: "Linux")
    found = find_program()

    assert found is not None
    assert found.parent.name == place
