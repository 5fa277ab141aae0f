"""ACM and API Gateway ask for the same proof and the same order as AWS."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from lab.account_kinds import ORDINARY
from lab.aws import LabAws
from tests.lab.aws_rules.conftest import Accounts

REGION = "us-west-2"


@pytest.fixture(scope="module")
def aws(account_of: Accounts) -> LabAws:
    return account_of(ORDINARY)


def request(aws: LabAws, name: str) -> tuple[str, dict[str, str]]:
    """A certificate's ARN, and the record that proves its name."""
    acm = aws.client("acm", REGION)
    arn = acm.request_certificate(DomainName=name, ValidationMethod="DNS")["CertificateArn"]
    [option] = acm.describe_certificate(CertificateArn=arn)["Certificate"]["DomainValidationOptions"]
    return arn, option["ResourceRecord"]


def prove(aws: LabAws, zone: str, record: dict[str, str]) -> None:
    change = {"Name": record["Name"], "Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": record["Value"]}]}
    batch = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": change}]}
    aws.client("route53", "us-east-1").change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)


def status(aws: LabAws, arn: str) -> str:
    found = aws.client("acm", REGION).describe_certificate(CertificateArn=arn)
    return str(found["Certificate"]["Status"])


def make_domain(aws: LabAws, name: str, arn: str) -> dict[str, Any]:
    settings = {"CertificateArn": arn, "EndpointType": "REGIONAL", "SecurityPolicy": "TLS_1_2"}
    return dict(
        aws.client("apigatewayv2", REGION).create_domain_name(DomainName=name, DomainNameConfigurations=[settings])
    )


def test_a_certificate_is_issued_once_its_record_is_in_the_zone(aws: LabAws) -> None:
    arn, record = request(aws, "hub.proof.example")
    before = status(aws, arn)
    prove(aws, aws.add_zone("proof.example"), record)

    assert (before, status(aws, arn)) == ("PENDING_VALIDATION", "ISSUED")


@pytest.mark.parametrize(("issuer", "ends"), [("letsencrypt.org", "FAILED"), ("amazontrust.com", "ISSUED")])
def test_a_caa_record_of_a_name_above_decides(aws: LabAws, issuer: str, ends: str) -> None:
    parent = f"{issuer.partition('.')[0]}.example"
    rule = {"Name": parent, "Type": "CAA", "TTL": 60, "ResourceRecords": [{"Value": f'0 issue "{issuer}"'}]}
    zone = aws.add_zone(parent)
    aws.client("route53", "us-east-1").change_resource_record_sets(
        HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": rule}]}
    )
    arn, record = request(aws, f"hub.{parent}")
    prove(aws, zone, record)

    assert status(aws, arn) == ends
    found = aws.client("acm", REGION).describe_certificate(CertificateArn=arn)["Certificate"]
    assert found.get("FailureReason") == ("CAA_ERROR" if ends == "FAILED" else None)


def test_a_domain_needs_an_issued_certificate_and_keeps_it(aws: LabAws) -> None:
    name = "hub.used.example"
    arn, record = request(aws, name)
    with pytest.raises(ClientError, match="BadRequestException"):
        make_domain(aws, name, arn)
    prove(aws, aws.add_zone("used.example"), record)
    status(aws, arn)
    [made] = make_domain(aws, name, arn)["DomainNameConfigurations"]
    with pytest.raises(ClientError, match=r"ResourceInUseException.*is in use"):
        aws.client("acm", REGION).delete_certificate(CertificateArn=arn)
    gateway = aws.client("apigatewayv2", REGION)
    api = gateway.create_api(Name="used", ProtocolType="HTTP")["ApiId"]
    gateway.create_stage(ApiId=api, StageName="$default")
    gateway.create_api_mapping(ApiId=api, DomainName=name, Stage="$default")
    gateway.delete_domain_name(DomainName=name)
    aws.client("acm", REGION).delete_certificate(CertificateArn=arn)

    assert made["ApiGatewayDomainName"].endswith(f".execute-api.{REGION}.amazonaws.com")
