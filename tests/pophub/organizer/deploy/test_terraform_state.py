"""A state is looked at before Terraform forgets what it holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from pophub.aws.client import Aws
from pophub.core.errors import PophubError
from pophub.organizer.deploy import terraform_state as module
from pophub.organizer.deploy.terraform_state import require_region, restore_state

# as Terraform writes it, as far as it is read
DEPLOYED = {
    "version": 4,
    "outputs": {"region": {"value": "us-west-2", "type": "string"}},
    "resources": [{"name": "hub"}],
}
BEGUN = DEPLOYED | {"outputs": {}}
DESTROYED = BEGUN | {"resources": []}
BUCKET = "our-lab-bucket"


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "account.yaml"
    file.write_text("region: eu-west-1\n")
    monkeypatch.setattr(module, "ACCOUNT_FILE", file)
    return file


def nobody() -> Aws:
    raise AssertionError("nobody is to be asked")


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("state", [DEPLOYED, BEGUN, DESTROYED, [], None])
def test_a_stack_stays_in_its_region(state: Any, tmp_path: Path) -> None:
    if state is not None:
        (tmp_path / "terraform.geo.tfstate").write_text(json.dumps(state))

    require_region("geo", "us-west-2", tmp_path, nobody)


@pytest.mark.usefixtures("account")
def test_a_stack_that_is_deployed_elsewhere_is_told_with_the_way_to_move_it(tmp_path: Path) -> None:
    (tmp_path / "terraform.geo.tfstate").write_text(json.dumps(DEPLOYED))

    with pytest.raises(PophubError, match="geo is deployed in us-west-2, and its event's file says eu-north-1") as told:
        require_region("geo", "eu-north-1", tmp_path, nobody)
    assert "set `region: us-west-2` back" in told.value.hint


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("state", [DESTROYED, DESTROYED | {"outputs": DEPLOYED["outputs"]}])
def test_a_stack_of_which_nothing_is_left_may_move(state: Any, tmp_path: Path) -> None:
    (tmp_path / "terraform.geo.tfstate").write_text(json.dumps(state))

    require_region("geo", "eu-north-1", tmp_path, nobody)


@mock_aws
def test_a_state_in_the_bucket_is_looked_at_there(account: Path, tmp_path: Path) -> None:
    account.write_text(f"region: eu-west-1\nbucket: {BUCKET}\nstate: bucket\n")
    aws = Aws(boto3.session.Session(aws_access_key_id="lab", aws_secret_access_key="lab"))
    require_region("geo", "eu-north-1", tmp_path, lambda: aws)
    s3 = aws.client("s3", "eu-west-1")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    require_region("geo", "eu-north-1", tmp_path, lambda: aws)
    s3.put_object(Bucket=BUCKET, Key="state/geo.tfstate", Body=json.dumps(DEPLOYED).encode())

    with pytest.raises(PophubError, match="geo is deployed in us-west-2"):
        require_region("geo", "eu-north-1", tmp_path, lambda: aws)
    require_region("geo", "eu-north-1", tmp_path, aws=None)


@pytest.mark.parametrize(
    ("state", "copy", "then"),
    [
        ("", json.dumps(DEPLOYED), json.dumps(DEPLOYED)),
        ('{"version": 4, "resou', json.dumps(DEPLOYED), json.dumps(DEPLOYED)),
        # a whole state stays, also one of a destroyed event
        (json.dumps(DESTROYED), json.dumps(DEPLOYED), json.dumps(DESTROYED)),
        ("", "", ""),
        ("", None, ""),
        (None, json.dumps(DEPLOYED), None),
    ],
)
def test_a_state_whose_writing_was_cut_off_is_replaced_by_the_one_before(
    tmp_path: Path, state: str | None, copy: str | None, then: str | None
) -> None:
    file, backup = tmp_path / "terraform.geo.tfstate", tmp_path / "terraform.geo.tfstate.backup"
    for place, text in ((file, state), (backup, copy)):
        if text is not None:
            place.write_text(text)

    assert restore_state("geo", tmp_path) is (state != then)
    assert (file.read_text() if file.exists() else None) == then
