"""What AWS refuses is told in plain words, and what keeps from asking at all ends the work."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from pophub.errors import ExitCode, PophubError
from pophub.lab.aws import ACCOUNT_ID
from pophub.outside.aws import Aws, AwsRefusal
from tests.pophub.teardown.conftest import REGION, Forbidden, aws, lab_aws

__all__ = ["aws", "lab_aws"]


def test_the_environment_leads_to_an_account(aws: Aws) -> None:
    assert aws.account_id() == ACCOUNT_ID


def test_a_refusal_carries_aws_s_own_code_and_words(aws: Aws) -> None:
    with pytest.raises(AwsRefusal, match="ec2 describe_vpcs: UnauthorizedOperation: not DescribeVpcs") as refused:
        Forbidden("DescribeVpcs", code="UnauthorizedOperation").call("ec2", REGION, "describe_vpcs")

    assert (refused.value.aws_code, refused.value.code) == ("UnauthorizedOperation", ExitCode.REFUSED)


def test_a_wait_in_vain_carries_the_reason(aws: Aws) -> None:
    with pytest.raises(AwsRefusal) as refused:
        aws.wait("ec2", REGION, "network_interface_available", NetworkInterfaceIds=["eni-0123456789abcdef0"])

    assert refused.value.aws_code == "InvalidNetworkInterfaceID.NotFound"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("ExpiredToken", "credentials have expired"),
        ("ExpiredTokenException", "credentials have expired"),
        ("InvalidClientTokenId", "does not accept the credentials"),
    ],
)
def test_credentials_of_no_use_end_the_work(aws: Aws, code: str, said: str) -> None:
    with pytest.raises(PophubError, match=said) as refused:
        list(Forbidden("ListRoles", code=code).pages("iam", REGION, "list_roles", "Roles[]"))

    assert not isinstance(refused.value, AwsRefusal)
    assert refused.value.hint


def test_without_credentials_the_way_to_get_some_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(PophubError, match="there are no AWS credentials") as refused:
        Aws().account_id()

    assert "aws configure" in refused.value.hint


WAYS = {
    # https://github.com/hashicorp/terraform-provider-aws/issues/45316: what `aws login` writes
    "login_session = arn:aws:iam::123456789012:user/ada": ("aws login", "export-credentials"),
    f"credential_process = {sys.executable} -c \"import sys; sys.exit('hunter2')\"": ("credential_process", "by hand"),
    "credential_process = /nowhere/helper": ("no AWS credentials", "aws configure"),
    "sso_account_id = 123456789012\nsso_role_name = Dev": ("SSO", "aws configure sso"),
    "role_arn = arn:aws:iam::123456789012:role/x\nweb_identity_token_file = /nowhere/token": (
        "/nowhere/token",
        "AWS_PROFILE",
    ),
    "role_arn = arn:aws:iam::123456789012:role/x\nsource_profile = none": ("none", "AWS_PROFILE"),
    "role_arn = arn:aws:iam::123456789012:role/x\nsource_profile = keys\nmfa_serial = arn:aws:iam::1:mfa/x": (
        "second factor",
        "--format env",
    ),
    "aws_access_key_id = AKIDEXAMPLE": ("no AWS credentials", "aws configure"),
}


@pytest.mark.parametrize("profile", WAYS, ids=lambda profile: profile.replace("\n", ", ")[:60])
def test_each_way_of_having_no_credentials_ends_in_plain_words(
    profile: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    keys = "[profile keys]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = hunter2\n"
    (tmp_path / "config").write_text(f"[profile way]\n{profile}\n{keys}")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_PROFILE", "way")
    words, step = WAYS[profile]
    with pytest.raises(PophubError, match="there are no AWS credentials") as refused:
        Aws().call("ec2", REGION, "describe_vpcs")

    assert not isinstance(refused.value, AwsRefusal)
    assert words in refused.value.problem
    assert step in refused.value.hint
    assert "hunter2" not in refused.value.problem + refused.value.hint


def test_a_refusal_says_its_meaning_and_the_next_step() -> None:
    refusal = AwsRefusal("ec2 start_instances", "InsufficientInstanceCapacity", "Insufficient capacity.")

    assert refusal.problem.startswith(
        "AWS has no machine of this type free in this zone just now (ec2 start_instances: "
    )
    assert "host.instance_type" in refusal.hint
    assert refusal.sentence.endswith(f"; next: {refusal.hint}")


def test_an_aws_that_cannot_be_reached_is_told(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{nobody.getsockname()[1]}")
        with pytest.raises(PophubError, match="AWS could not be reached"):
            Aws().account_id()
        with pytest.raises(AwsRefusal, match="Unreachable"):
            Aws().call("ec2", REGION, "describe_vpcs")


def test_an_answer_that_is_none_of_aws_s_is_a_refusal(aws: Aws) -> None:
    # the lab does not know the call and answers with a page of html
    with pytest.raises(AwsRefusal) as refused:
        aws.call("iam", REGION, "list_instance_profile_tags", InstanceProfileName="x")

    assert refused.value.aws_code == "NotUnderstood"
