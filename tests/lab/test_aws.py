"""The lab AWS: only this computer reaches it, nobody's own account is touched, and it forgets everything."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

import pytest

from lab.aws import ACCOUNT_ID, LabAws


@pytest.fixture(scope="module")
def identity(lab_aws: LabAws) -> dict[str, Any]:
    return dict(lab_aws.client("sts", "us-east-1").get_caller_identity())


def test_its_account_is_moto_s(identity: dict[str, Any]) -> None:
    assert identity["Account"] == ACCOUNT_ID


def test_it_listens_on_loopback_only(lab_aws: LabAws) -> None:
    port = int(lab_aws.url.rpartition(":")[2])

    assert lab_aws.url == f"http://127.0.0.1:{port}"
    # the same port of every other address is free
    with socket.create_server(("127.0.0.2", port)) as probe:
        assert probe.getsockname()[1] == port


def test_its_environment_hides_a_person_s_own_account(
    lab_aws: LabAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As botocore reads it, which is what Terraform's provider does too."""
    own = tmp_path / "credentials"
    own.write_text(
        "[default]\naws_access_key_id = theirs\naws_secret_access_key = theirs\n[work]\nregion = eu-west-1\n"
    )
    for name, value in {
        "AWS_PROFILE": "work",
        "AWS_SHARED_CREDENTIALS_FILE": str(own),
        "AWS_CONFIG_FILE": str(own),
        "AWS_SESSION_TOKEN": "theirs",
        **lab_aws.environment,
    }.items():
        monkeypatch.setenv(name, value)
    import botocore.session  # noqa: PLC0415  read anew, with this environment

    session = botocore.session.Session()
    credentials = session.get_credentials()

    assert credentials is not None
    assert (credentials.access_key, credentials.token) == ("lab", None)
    assert session.create_client("sts", "us-east-1").meta.endpoint_url == lab_aws.url


def test_a_zone_can_be_there_before_the_first_event(lab_aws: LabAws) -> None:
    id_ = lab_aws.add_zone("aws-test.example.org")
    zone = lab_aws.client("route53", "us-east-1").get_hosted_zone(Id=id_)["HostedZone"]

    assert zone["Name"] == "aws-test.example.org."
    assert zone["Config"]["PrivateZone"] is False


def test_it_forgets_everything_when_it_stops(tmp_path: Path) -> None:
    with LabAws(tmp_path) as first:
        first.client("s3", "us-east-1").create_bucket(Bucket="remembered")
    with LabAws(tmp_path) as second:
        assert second.client("s3", "us-east-1").list_buckets()["Buckets"] == []

    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", int(second.url.rpartition(":")[2])), 5)
