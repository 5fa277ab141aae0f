"""What AWS's models forbid is refused in the form and with the code of each service; what the models allow is done."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from lab.aws import ACCOUNT_ID, LabAws

SCHEDULE = {
    "Name": "a",
    "ScheduleExpression": "cron(0 9 1 3 ? 2099)",
    "FlexibleTimeWindow": {"Mode": "OFF"},
    "Target": {"Arn": "arn:aws:scheduler:::aws-sdk:ec2:stopInstances", "RoleArn": f"arn:aws:iam::{ACCOUNT_ID}:role/r"},
}
NO_VALUE = {"TagSet": [{"Key": "a"}]}
BUDGET = {
    "BudgetName": "a",
    "BudgetType": "COST",
    "TimeUnit": "ANNUALLY",
    "BudgetLimit": {"Amount": "1", "Unit": "USD"},
}


def careless(aws: LabAws, service: str) -> Any:
    """A client that sends what it is given."""
    return boto3.client(
        service,
        region_name="us-west-2",
        endpoint_url=aws.url,
        aws_access_key_id="lab",
        aws_secret_access_key="lab",
        config=Config(parameter_validation=False, retries={"total_max_attempts": 1}),
    )


@pytest.mark.parametrize(
    ("service", "call", "arguments", "answer"),
    [
        ("iam", "create_role", {"RoleName": "a b", "AssumeRolePolicyDocument": "{}"}, ("ValidationError", "pattern")),
        ("iam", "create_role", {"RoleName": "a" * 65, "AssumeRolePolicyDocument": "{}"}, ("ValidationError", "64")),
        ("iam", "create_role", {"RoleName": "a"}, ("ValidationError", "assumeRolePolicyDocument")),
        ("sns", "create_topic", {}, ("InvalidParameter", "name")),
        ("cloudwatch", "put_metric_alarm", {"AlarmName": "a" * 256}, ("ValidationException", "255")),
        ("ec2", "create_subnet", {"CidrBlock": "10.0.0.0/24"}, ("MissingParameter", "VpcId")),
        (
            "ec2",
            "create_volume",
            {"AvailabilityZone": "us-west-2a", "VolumeType": "gp9"},
            ("InvalidParameterValue", "gp9"),
        ),
        ("ec2", "create_volume", {"AvailabilityZone": "us-west-2a", "Size": "much"}, ("InvalidParameterValue", "much")),
        (
            "ssm",
            "put_parameter",
            {"Name": "a", "Value": "b", "Type": "Secret"},
            ("ValidationException", "enum value set"),
        ),
        ("ssm", "put_parameter", {"Name": "a" * 2049, "Value": "b", "Type": "String"}, ("ValidationException", "2048")),
        ("ssm", "put_parameter", {"Name": "a", "Value": 3, "Type": "String"}, ("ValidationException", "type string")),
        ("scheduler", "create_schedule", SCHEDULE | {"Name": "a b"}, ("ValidationException", "pattern")),
        ("scheduler", "create_schedule", SCHEDULE | {"State": "ON"}, ("ValidationException", "ENABLED")),
        ("budgets", "create_budget", {"AccountId": "1", "Budget": BUDGET}, ("InvalidParameterException", "accountId")),
        ("route53", "list_hosted_zones", {"MaxItems": "100", "DelegationSetId": "a" * 40}, ("InvalidInput", "32")),
        ("s3", "put_object_tagging", {"Bucket": "b", "Key": "k", "Tagging": NO_VALUE}, ("InvalidArgument", "value")),
        ("logs", "filter_log_events", {"logGroupName": "a b"}, ("InvalidParameterException", "pattern")),
        (
            "resourcegroupstaggingapi",
            "get_resources",
            {"ResourcesPerPage": "x"},
            ("InvalidParameterException", "integer"),
        ),
    ],
)
def test_a_value_that_breaks_its_model_is_refused(
    lab_aws: LabAws, service: str, call: str, arguments: dict[str, Any], answer: tuple[str, str]
) -> None:
    with pytest.raises(ClientError) as refused:
        getattr(careless(lab_aws, service), call)(**arguments)

    code, said = answer
    assert refused.value.response["Error"]["Code"] == code
    assert said in refused.value.response["Error"]["Message"]


@pytest.mark.parametrize(
    ("service", "call", "arguments", "code"),
    [
        ("ec2", "describe_vpcs", {}, "UnknownParameter"),
        ("iam", "list_roles", {}, "InvalidQueryParameter"),
        ("ssm", "describe_parameters", {}, "SerializationException"),
        ("scheduler", "create_schedule_group", {"Name": "a"}, "SerializationException"),
    ],
)
def test_a_parameter_that_the_operation_does_not_have_is_refused(
    lab_aws: LabAws, service: str, call: str, arguments: dict[str, Any], code: str
) -> None:
    client = careless(lab_aws, service)

    def colour(params: dict[str, Any], **_: Any) -> None:
        body = params["body"]
        if isinstance(body, dict):
            body["Colour"] = "blue"
        else:
            params["body"] = body.rstrip(b"}") + (b", " if len(body) > 2 else b"") + b'"Colour": "blue"}'

    client.meta.events.register(f"before-call.{service}", colour)
    with pytest.raises(ClientError, match=rf"{code}.*Colour"):
        getattr(client, call)(**arguments)


def test_xml_with_an_element_too_many_is_malformed(lab_aws: LabAws) -> None:
    s3 = careless(lab_aws, "s3")
    s3.meta.events.register(
        "before-call.s3", lambda params, **_: params.update(body=b"<Tagging><TagSet/><Colour/></Tagging>")
    )
    with pytest.raises(ClientError, match=r"MalformedXML.*Colour"):
        s3.put_object_tagging(Bucket="b", Key="k", Tagging={"TagSet": []})


def test_what_no_service_does_is_refused(lab_aws: LabAws) -> None:
    ec2 = careless(lab_aws, "ec2")
    ec2.meta.events.register("before-call.ec2", lambda params, **_: params["body"].update(Action="PaintInstances"))
    with pytest.raises(ClientError, match=r"InvalidAction.*PaintInstances"):
        ec2.describe_vpcs()


def test_the_organizer_s_calls_are_noted_by_the_permission_they_need(lab_aws: LabAws) -> None:
    s3 = lab_aws.client("s3", "us-east-1")
    s3.create_bucket(Bucket="noted")
    s3.head_bucket(Bucket="noted")
    s3.put_object(Bucket="noted", Key="a/b", Body=b"1")
    s3.list_objects_v2(Bucket="noted", Prefix="a/")
    lab_aws.client("service-quotas", "us-west-2").get_service_quota(ServiceCode="ec2", QuotaCode="L-1216C47A")
    lab_aws.client("budgets", "us-east-1").describe_budgets(AccountId=ACCOUNT_ID)

    assert lab_aws.heard() >= {
        "s3:CreateBucket",
        "s3:ListBucket",
        "s3:PutObject",
        "servicequotas:GetServiceQuota",
        "budgets:ViewBudget",
    }
