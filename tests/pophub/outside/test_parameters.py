"""Which version Terraform has to write the secrets under, by what Parameter Store has."""

from __future__ import annotations

import pytest

from pophub.outside.aws import Aws
from pophub.outside.parameters import UNCHANGED, secrets_version
from tests.pophub.teardown.conftest import REGION, Forbidden, aws, lab_aws

__all__ = ["aws", "lab_aws"]
SECRETS = {"github_client_id": "Iv1.id", "github_client_secret": "right"}


def _store(aws: Aws, event: str, **secrets: str) -> None:
    for name, value in secrets.items():
        parameter = {"Name": f"/pophub/{event}/{name}", "Value": value, "Type": "SecureString", "Overwrite": True}
        aws.call("ssm", REGION, "put_parameter", **parameter)


def test_the_first_secrets_are_version_one(aws: Aws) -> None:
    assert secrets_version(aws, REGION, "first", SECRETS) == 1


def test_the_same_secrets_keep_their_version(aws: Aws) -> None:
    _store(aws, "same", **SECRETS)
    _store(aws, "same", **SECRETS)

    assert secrets_version(aws, REGION, "same", SECRETS) == 2


@pytest.mark.parametrize(
    "stored", [{"github_client_id": "Iv1.id", "github_client_secret": "wrong"}, {"github_client_id": "Iv1.id"}]
)
def test_a_corrected_or_a_new_secret_is_written(aws: Aws, stored: dict[str, str]) -> None:
    event = f"changed-{len(stored)}"
    _store(aws, event, **stored)

    assert secrets_version(aws, REGION, event, SECRETS) == 2


def test_a_dry_run_that_knows_no_secret_changes_none(aws: Aws) -> None:
    _store(aws, "dry", **SECRETS)

    assert secrets_version(aws, REGION, "dry", dict.fromkeys(SECRETS, UNCHANGED)) == 1


def test_an_event_without_secrets_has_nothing_to_write(aws: Aws) -> None:
    assert secrets_version(aws, REGION, "none", {}) == 1


def test_credentials_that_may_not_read_them_deploy_all_the_same(aws: Aws) -> None:
    _store(aws, "denied", **SECRETS)

    assert secrets_version(Forbidden("GetParameters"), REGION, "denied", SECRETS) == 1
