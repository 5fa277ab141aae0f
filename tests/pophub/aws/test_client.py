"""What AWS refuses is told in plain words, and what keeps from asking at all ends the work."""

from __future__ import annotations

import os
import pwd
import socket
import sys
from pathlib import Path

import pytest

from lab.aws import ACCOUNT_ID
from pophub.aws.client import Aws, AwsRefusal
from pophub.core.errors import ExitCode, PophubError
from tests.pophub.planted import REGION, Forbidden


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


@pytest.fixture
def nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No credentials anywhere; the path of a configuration file that is not there yet."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE", "AWS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return tmp_path / "config"


def _refusal() -> PophubError:
    with pytest.raises(PophubError) as refused:
        Aws().account_id()
    assert "hunter2" not in f"{refused.value.problem} {refused.value.hint}"
    return refused.value


@pytest.mark.usefixtures("nothing")
def test_without_credentials_the_way_to_get_some_is_told_once() -> None:
    refused = _refusal()

    assert refused.problem == "there are no AWS credentials"
    assert "aws configure" in refused.hint


@pytest.mark.usefixtures("nothing")
@pytest.mark.parametrize(
    ("given", "missing"),
    [("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), ("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID")],
)
def test_the_missing_half_of_a_pair_of_keys_is_named(given: str, missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(given, "hunter2")
    refused = _refusal()

    assert f"{missing} is missing" in refused.problem
    assert missing in refused.hint


@pytest.mark.parametrize("text", ["no ini file, hunter2\n", "[default]\nregion = a\nregion = hunter2\n"])
def test_a_configuration_that_is_none_is_named_to_be_corrected(text: str, nothing: Path) -> None:
    nothing.write_text(text)
    refused = _refusal()

    assert str(nothing) in refused.problem
    assert f"correct {nothing}" in refused.hint


@pytest.mark.usefixtures("nothing")
@pytest.mark.parametrize("known", [True, False])
def test_without_a_home_it_is_said_where_credentials_were_looked_for(
    known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HOME")

    def unknown(number: int) -> None:
        raise KeyError(number)

    if not known:
        monkeypatch.setattr(pwd, "getpwuid", unknown)
    looked = f"{pwd.getpwuid(os.getuid()).pw_dir}/.aws was looked at" if known else "~/.aws was not looked at"

    assert _refusal().problem == f"there are no AWS credentials; HOME is not set, so {looked}"


@pytest.mark.parametrize("place", ["AWS_CA_BUNDLE", "ca_bundle"])
def test_a_ca_file_that_is_not_there_is_said_as_that(
    place: str, nothing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    missing = nothing.with_name("ca.pem")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://127.0.0.1:9")
    if place == "ca_bundle":
        nothing.write_text(f"[default]\nca_bundle = {missing}\n")
    else:
        monkeypatch.setenv(place, str(missing))
    refused = _refusal()

    assert str(missing) in refused.problem
    assert "AWS_CA_BUNDLE" in refused.hint
    assert "network" not in refused.hint


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
    "role_arn = arn:aws:iam::123456789012:role/x\nsource_profile = none": (
        "`source_profile = none` names no profile",
        "correct `source_profile` of the profile way",
    ),
    "sso_session = gone\nsso_account_id = 123456789012\nsso_role_name = Dev": (
        "the sso-session gone, which",
        "correct `sso_session`",
    ),
    "role_arn = arn:aws:iam::123456789012:role/x\nsource_profile = keys\nmfa_serial = arn:aws:iam::1:mfa/x": (
        "second factor",
        "--format env",
    ),
    "aws_access_key_id = AKIDEXAMPLE": ("aws_secret_access_key is missing", "aws configure"),
}


@pytest.mark.parametrize("profile", WAYS, ids=lambda profile: profile.replace("\n", ", ")[:60])
def test_each_way_of_having_no_credentials_ends_in_plain_words(
    profile: str, monkeypatch: pytest.MonkeyPatch, nothing: Path
) -> None:
    keys = "[profile keys]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = hunter2\n"
    nothing.write_text(f"[profile way]\n{profile}\n{keys}")
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
