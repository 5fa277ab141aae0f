"""Which version Terraform has to write the secrets under, by what Parameter Store has."""

from __future__ import annotations

import json

import pytest

from pophub.aws.client import Aws, AwsRefusal
from pophub.organizer.deploy.parameters import MADE_UP, UNCHANGED, VERSION, secrets_version, with_version
from tests.pophub.planted import REGION, Forbidden

SECRETS = {"github_client_id": "Iv1.id", "github_client_secret": "right"}


def _store(aws: Aws, event: str, version: int | None = None, **secrets: str) -> None:
    """As a deploy leaves them; without a version it was cut off before the pointer."""
    stored = {name: ("SecureString", value) for name, value in secrets.items()}
    if version is not None:
        # Terraform writes the number as a string
        stored["bundle"] = ("String", json.dumps({"sha256": "0", "secrets": str(version)}))
    for name, (kind, value) in stored.items():
        parameter = {"Name": f"/pophub/{event}/{name}", "Value": value, "Type": kind, "Overwrite": True}
        aws.call("ssm", REGION, "put_parameter", **parameter)


def test_the_first_secrets_are_version_one(aws: Aws) -> None:
    assert secrets_version(aws, REGION, "first", SECRETS) == 1


def test_the_same_secrets_keep_the_version_of_the_last_deploy(aws: Aws) -> None:
    _store(aws, "same", 3, **SECRETS)

    assert secrets_version(aws, REGION, "same", SECRETS) == 3


@pytest.mark.parametrize(
    "stored", [{"github_client_id": "Iv1.id", "github_client_secret": "wrong"}, {"github_client_id": "Iv1.id"}]
)
def test_a_corrected_or_a_new_secret_is_written(aws: Aws, stored: dict[str, str]) -> None:
    event = f"changed-{len(stored)}"
    _store(aws, event, 3, **stored)

    assert secrets_version(aws, REGION, event, SECRETS) == 4


def test_a_secret_that_was_corrected_after_a_deploy_was_cut_off_is_written(aws: Aws) -> None:
    _store(aws, "cut-off", **{**SECRETS, "github_client_secret": "wrong"})

    assert secrets_version(aws, REGION, "cut-off", SECRETS) == 2


def test_a_dry_run_that_knows_no_secret_changes_none(aws: Aws) -> None:
    _store(aws, "dry", 3, **SECRETS)

    assert secrets_version(aws, REGION, "dry", dict.fromkeys(SECRETS, UNCHANGED)) == 3


def test_who_may_not_read_them_deploys_nothing_unseen(aws: Aws) -> None:
    with pytest.raises(AwsRefusal):
        secrets_version(Forbidden("GetParameters"), REGION, "denied", SECRETS)


def test_a_number_of_the_organizer_s_own_wins(aws: Aws) -> None:
    variables = {"TF_VAR_github_client_id": "Iv1.id"}

    assert with_version(variables, aws, REGION, "own", {VERSION: "7"}) == variables
    assert with_version(variables, aws, REGION, "own", {}) == {**variables, VERSION: "1"}
    assert with_version({}, aws, REGION, "own", {}) == {}


def test_a_secret_that_nobody_gives_is_made_up_once(aws: Aws) -> None:
    wanted = {"TF_VAR_github_client_id": "Iv1.id", "TF_VAR_wake_key": MADE_UP}
    first = with_version(wanted, aws, REGION, "made", {})
    _store(aws, "made", 1, github_client_id="Iv1.id", wake_key=first["TF_VAR_wake_key"])
    corrected = with_version(wanted | {"TF_VAR_github_client_id": "Iv2.id"}, aws, REGION, "made", {VERSION: "2"})

    assert len(first["TF_VAR_wake_key"]) == 64
    assert first["TF_VAR_wake_key"] != with_version(wanted, aws, REGION, "another", {})["TF_VAR_wake_key"]
    assert with_version(wanted, aws, REGION, "made", {}) == first
    assert corrected["TF_VAR_wake_key"] == first["TF_VAR_wake_key"]


def test_an_event_that_is_deployed_already_gets_what_is_new(aws: Aws) -> None:
    _store(aws, "older", 3, github_client_id="Iv1.id")
    variables = with_version(
        {"TF_VAR_github_client_id": "Iv1.id", "TF_VAR_wake_key": MADE_UP}, aws, REGION, "older", {}
    )

    assert variables[VERSION] == "4"
