"""The lab AWS asks a role's keys what AWS asks: are they its own, and may it do that?"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from lab.aws import ACCOUNT_ID, LabAws
from pophub.core.contract import ARCHIVE, BUNDLES, REPORTS
from pophub.organizer.deploy import hub_role, iam

REGION, BUCKET, ROLE = "us-west-2", "pophub-bucket", "pophub-geo-hub"


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabAws]:
    """With a role as a deployment makes it, and things of two events."""
    with LabAws(tmp_path_factory.mktemp("aws")) as aws:
        roles = aws.client("iam", REGION)
        roles.create_role(RoleName=ROLE, AssumeRolePolicyDocument=iam.trust("ec2.amazonaws.com"))
        may = hub_role.permissions("geo", region=REGION, account_id=ACCOUNT_ID, bucket=BUCKET)
        roles.put_role_policy(RoleName=ROLE, PolicyName="hub", PolicyDocument=may)
        bucket = aws.client("s3", "us-east-1")
        bucket.create_bucket(Bucket=BUCKET)
        for event in ("geo", "bio"):
            bucket.put_object(Bucket=BUCKET, Key=f"{BUNDLES}/{event}/it", Body=b"it")
            aws.client("ssm", REGION).put_parameter(Name=f"/pophub/{event}/bundle", Type="String", Value="{}")
        yield aws


@pytest.fixture(scope="module")
def keys(aws: LabAws) -> dict[str, str]:
    return aws.assume(ROLE)


def of(aws: LabAws, keys: dict[str, str], service: str) -> Any:
    """A client with these keys."""
    return boto3.client(
        service,
        region_name="us-east-1" if service == "s3" else REGION,
        endpoint_url=aws.url,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
        config=Config(retries={"total_max_attempts": 1}),
    )


def test_what_a_hub_does_is_let_through(aws: LabAws, keys: dict[str, str]) -> None:
    bucket, store = of(aws, keys, "s3"), of(aws, keys, "ssm")
    key = "archive/geo/a name with {odd} signs+é"
    upload = bucket.create_multipart_upload(Bucket=BUCKET, Key=key, Tagging="pophub:keep-days=30")["UploadId"]
    etag = bucket.upload_part(Bucket=BUCKET, Key=key, UploadId=upload, PartNumber=1, Body=b"part")["ETag"]
    parts = {"Parts": [{"PartNumber": 1, "ETag": etag}]}
    bucket.complete_multipart_upload(Bucket=BUCKET, Key=key, UploadId=upload, MultipartUpload=parts)

    listed = bucket.list_objects_v2(Bucket=BUCKET, Prefix=f"{ARCHIVE}/geo/")["Contents"]
    assert [each["Key"] for each in listed] == [key]
    assert bucket.get_object(Bucket=BUCKET, Key=key)["Body"].read() == b"part"
    assert store.get_parameter(Name="/pophub/geo/bundle")["Parameter"]["Value"] == "{}"
    assert store.get_parameters_by_path(Path="/pophub/geo/")["Parameters"]


@pytest.mark.parametrize(
    ("service", "call", "arguments"),
    [
        ("s3", "get_object", {"Bucket": BUCKET, "Key": "bundles/bio/it"}),
        ("s3", "put_object", {"Bucket": BUCKET, "Key": f"{BUNDLES}/geo/it", "Body": b"mine"}),
        ("s3", "put_object", {"Bucket": BUCKET, "Key": f"{REPORTS}/geo/it", "Body": b"", "Tagging": "a=b"}),
        ("s3", "delete_object", {"Bucket": BUCKET, "Key": f"{ARCHIVE}/geo/it"}),
        ("s3", "list_objects_v2", {"Bucket": BUCKET}),
        ("s3", "list_objects_v2", {"Bucket": BUCKET, "Prefix": "archive/bio/"}),
        ("s3", "list_multipart_uploads", {"Bucket": BUCKET, "Prefix": f"{ARCHIVE}/geo/"}),
        ("s3", "list_object_versions", {"Bucket": BUCKET, "Prefix": f"{ARCHIVE}/geo/"}),
        ("ssm", "get_parameter", {"Name": "/pophub/bio/bundle"}),
        ("ssm", "get_parameters", {"Names": ["/pophub/geo/bundle", "/pophub/bio/bundle"]}),
        ("ssm", "put_parameter", {"Name": "/pophub/geo/bundle", "Type": "String", "Value": "mine"}),
        ("ssm", "send_command", {"DocumentName": "AWS-RunShellScript", "InstanceIds": ["i-0123456789abcdef0"]}),
    ],
)
def test_everything_else_is_refused(
    aws: LabAws, keys: dict[str, str], service: str, call: str, arguments: dict[str, Any]
) -> None:
    with pytest.raises(ClientError) as refused:
        getattr(of(aws, keys, service), call)(**arguments)

    assert refused.value.response["Error"]["Code"].startswith("AccessDenied")
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


@pytest.mark.parametrize("service", ["s3", "ssm"])
def test_another_secret_signs_nothing(aws: LabAws, keys: dict[str, str], service: str) -> None:
    client = of(aws, keys | {"SecretAccessKey": "guessed"}, service)
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        client.get_object(Bucket=BUCKET, Key=f"{BUNDLES}/geo/it") if service == "s3" else client.get_parameter(
            Name="/pophub/geo/bundle"
        )


def test_another_token_is_no_token(aws: LabAws, keys: dict[str, str]) -> None:
    with pytest.raises(ClientError, match="InvalidToken"):
        of(aws, keys | {"SessionToken": "old"}, "s3").get_object(Bucket=BUCKET, Key=f"{BUNDLES}/geo/it")


def test_what_curl_signs_is_signed(aws: LabAws, keys: dict[str, str]) -> None:
    def curl(*arguments: str) -> str:
        command = ["curl", "-sS", "--user", f"{keys['AccessKeyId']}:{keys['SecretAccessKey']}"]
        command += ["-H", f"x-amz-security-token: {keys['SessionToken']}", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    unsigned = ("-H", "x-amz-content-sha256: UNSIGNED-PAYLOAD")
    s3 = ("--aws-sigv4", "aws:amz:us-east-1:s3", *unsigned)
    target = ("-H", "Content-Type: application/x-amz-json-1.1", "-H", "X-Amz-Target: AmazonSSM.GetParameter")

    assert curl(*s3, f"{aws.url}/{BUCKET}/{BUNDLES}/geo/it") == "it"
    assert "AccessDenied" in curl(*s3, f"{aws.url}/{BUCKET}/bundles/bio/it")
    named = ("--data", '{"Name": "/pophub/geo/bundle"}')
    assert '"Value": "{}"' in curl("--aws-sigv4", f"aws:amz:{REGION}:ssm", *target, *named, f"{aws.url}/")


def test_whoever_deploys_is_asked_nothing(aws: LabAws) -> None:
    assert aws.client("s3", "us-east-1").get_object(Bucket=BUCKET, Key="bundles/bio/it")["Body"].read() == b"it"
