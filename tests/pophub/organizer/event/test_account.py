"""The account file: what may stand there, and all that is wrong with one, in an organizer's words."""

from __future__ import annotations

from pathlib import Path

import pytest

from pophub.core.errors import PophubError
from pophub.organizer.event.account import Account, load_account
from pophub.organizer.paths import ACCOUNT_FILE

REFUSED = {
    "no-settings": (b"# nothing yet\n", ["1: file: no settings stand in this file; start with `region`"]),
    "no-region": (
        b"state: local\n",
        ["1: region: missing: AWS region of the account bucket; for example `region: us-west-2`"],
    ),
    "not-a-region": (
        b"region: Oregon\n",
        ["1: region: not the code of an AWS region (got 'Oregon'); for example `region: us-west-2`"],
    ),
    "typo": (
        b"region: us-west-2\nbukket: x\n",
        ["2: bukket: not a key that is known here; did you mean `bucket`?"],
    ),
    "dots-in-the-name": (
        b"region: us-west-2\nbucket: our.bucket\n",
        [
            "2: bucket: not the name of a bucket: small letters, digits and hyphens, 3 to 63 (got 'our.bucket'); "
            "for example `bucket: our-lab-bucket`"
        ],
    ),
    "unknown-state": (
        b"region: us-west-2\nstate: cloud\n",
        [
            "2: state: must be 'local' or 'bucket' (got 'cloud'); for example `state: local`",
        ],
    ),
    "state-without-a-bucket": (
        b"region: us-west-2\nstate: bucket\n",
        [
            "2: state: Terraform must know the bucket's name before it knows the account (got 'bucket'); "
            "set `bucket` to a name"
        ],
    ),
    "a-word-for-a-switch": (
        b"region: us-west-2\nactivate_cost_tag: no\n",
        ["2: activate_cost_tag: must be true or false (got 'no'); for example `activate_cost_tag: true`"],
    ),
    "boundary-by-name": (
        b"region: us-west-2\npermissions_boundary: our-boundary\n",
        [
            "2: permissions_boundary: not the ARN of a policy, as arn:aws:iam::123456789012:policy/our-boundary "
            "(got 'our-boundary'); for example `permissions_boundary: arn:aws:iam::123456789012:policy/our-boundary`"
        ],
    ),
    "all-at-once": (
        b"bucket: X\nstate: bucket\n",
        [
            "1: region: missing: AWS region of the account bucket; for example `region: us-west-2`",
            "1: bucket: not the name of a bucket: small letters, digits and hyphens, 3 to 63 (got 'X'); "
            "for example `bucket: our-lab-bucket`",
        ],
    ),
    "a-key-twice": (
        b"region: us-west-2\nregion: eu-west-1\n",
        ["2: file: the key 'region' stands here twice; correct the YAML"],
    ),
}


@pytest.mark.parametrize(("content", "expected"), REFUSED.values(), ids=REFUSED.keys())
def test_every_problem_is_told_with_line_value_and_remedy(tmp_path: Path, content: bytes, expected: list[str]) -> None:
    file = tmp_path / "account.yaml"
    file.write_bytes(content)
    with pytest.raises(PophubError) as refused:
        load_account(file)

    assert [line.removeprefix(f"{file}:") for line in str(refused.value).splitlines()] == expected
    assert [str(problem).removeprefix(f"{file}:") for problem in refused.value.problems] == expected


def test_a_file_that_is_not_there_is_told_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(PophubError, match=r"account.yaml: file: cannot be read: No such file or directory; `git"):
        load_account(tmp_path / "account.yaml")


def test_the_shipped_file_says_what_stands_where_nothing_is_said(tmp_path: Path) -> None:
    shortest = tmp_path / "account.yaml"
    shortest.write_text("region: us-west-2\n")

    assert load_account(ACCOUNT_FILE) == load_account(shortest) == Account(region="us-west-2")


def test_a_named_bucket_can_hold_the_state(tmp_path: Path) -> None:
    file = tmp_path / "account.yaml"
    file.write_text("{region: eu-west-1, bucket: our-bucket, state: bucket}")

    assert load_account(file) == Account(region="eu-west-1", bucket="our-bucket", state="bucket")


@pytest.mark.parametrize(("key", "field"), Account.model_fields.items(), ids=Account.model_fields)
def test_every_key_has_an_example_to_offer(key: str, field: object) -> None:
    assert getattr(field, "examples", None), key
