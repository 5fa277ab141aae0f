"""The bucket: private, encrypted, versioned, and not to be destroyed by mistake."""

from __future__ import annotations

import pytest

from pophub.core.contract import KEEP_TAG, keep_days
from tests.stacks.synthesis import Stack, Synthesis

pytestmark = pytest.mark.synth

BUCKET_SETTINGS = [
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_ownership_controls",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_versioning",
    "aws_s3_bucket_server_side_encryption_configuration",
    "aws_s3_bucket_lifecycle_configuration",
]


def test_nobody_can_make_the_bucket_public(account: Stack) -> None:
    block = account.only("aws_s3_bucket_public_access_block")

    assert {
        block[key]
        for key in ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
    } == {True}


def test_no_object_has_an_owner_of_its_own(account: Stack) -> None:
    assert account.only("aws_s3_bucket_ownership_controls")["rule"] == {"object_ownership": "BucketOwnerEnforced"}


def test_nothing_is_read_or_written_in_the_clear(account: Stack) -> None:
    [refusal] = account.policy("bucket/policy")

    assert (refusal["Effect"], refusal["Principal"], refusal["Action"]) == ("Deny", "*", "s3:*")
    assert refusal["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert len(refusal["Resource"]) == 2


def test_everything_on_it_is_encrypted(account: Stack) -> None:
    [rule] = account.only("aws_s3_bucket_server_side_encryption_configuration")["rule"]

    assert rule["apply_server_side_encryption_by_default"] == {"sse_algorithm": "AES256"}


def test_what_is_overwritten_can_be_had_back(account: Stack) -> None:
    assert account.only("aws_s3_bucket_versioning")["versioning_configuration"] == {"status": "Enabled"}


def test_old_versions_go_after_a_while_by_prefix(account: Stack) -> None:
    rules = account.only("aws_s3_bucket_lifecycle_configuration")["rule"]
    days = {
        rule["filter"][0]["prefix"]: rule["noncurrent_version_expiration"][0]["noncurrent_days"]
        for rule in rules
        if "noncurrent_version_expiration" in rule
    }

    assert days == {"bundles/": 30, "certificates/": 30, "reports/": 365, "archive/": 30, "state/": 365}
    assert {rule["status"] for rule in rules} == {"Enabled"}


def test_what_an_event_has_left_there_expires_by_itself_and_nothing_else_does(account: Stack) -> None:
    rules = account.only("aws_s3_bucket_lifecycle_configuration")["rule"]
    ends = [rule for rule in rules if "expiration" in rule]
    tagged = [rule for rule in ends if "tag" in rule["filter"][0]]
    days = {rule["filter"][0]["prefix"]: rule["expiration"] for rule in ends if rule not in tagged}

    assert days == {"archive/": [{"days": 3650}], "reports/": [{"days": 730}], "certificates/": [{"days": 365}]}
    assert {rule["filter"][0]["tag"][0]["key"] for rule in tagged} == {KEEP_TAG}


@pytest.mark.parametrize("archive_days", [1, 30, 31, 90, 3650])
def test_an_archive_goes_when_its_days_are_over(account: Stack, archive_days: int) -> None:
    rules = account.only("aws_s3_bucket_lifecycle_configuration")["rule"]
    value = str(keep_days(archive_days))
    [rule] = [rule for rule in rules if rule["filter"][0].get("tag") == [{"key": KEEP_TAG, "value": value}]]

    assert rule["expiration"] == [{"days": int(value)}]
    assert int(value) >= archive_days


@pytest.mark.parametrize("kind", BUCKET_SETTINGS)
def test_every_setting_is_of_this_bucket(account: Stack, kind: str) -> None:
    assert account.only(kind)["bucket"] == account.reference("bucket/bucket", "id")


def test_no_destroy_takes_the_bucket_away(account: Stack) -> None:
    bucket = account.only("aws_s3_bucket")

    assert bucket["lifecycle"] == {"prevent_destroy": True}
    assert "force_destroy" not in bucket


def test_its_name_is_the_account_s_number_or_one_that_was_given(account: Stack, named_bucket: Synthesis) -> None:
    number = "${data.aws_caller_identity.caller.account_id}"

    assert account.only("aws_s3_bucket")["bucket"] == f"pophub-{number}"
    assert named_bucket.stacks["account"].only("aws_s3_bucket")["bucket"] == "our-bucket"
