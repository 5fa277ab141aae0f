"""A budget that is used up: its actions are carried out in their role, or AWS refuses them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lab.account_kinds import RAISED
from lab.aws import ACCOUNT_ID, LabAws
from lab.lab_budgets import LabBudgets
from pophub.organizer.deploy import iam
from tests.lab.aws_rules.roles import make_role

REGION = "us-west-2"
STARTER = f"arn:aws:iam::{ACCOUNT_ID}:role/starter"
NO_START = f"arn:aws:iam::{ACCOUNT_ID}:policy/no-start"
OLD_FORM = f"arn:aws:ssm:{REGION}:*:automation-definition/AWS-StopEC2Instance:*"
BOTH = [f"arn:aws:ssm:{REGION}:*:document/AWS-StopEC2Instance", f"arn:aws:ssm:{REGION}:*:automation-execution/*"]
STOP = [iam.statement(["ec2:StopInstances"], ["*"]), iam.statement(["ec2:DescribeInstanceStatus"], ["*"])]
ATTACH = iam.statement(["iam:AttachRolePolicy"], [STARTER], {"ArnEquals": {"iam:PolicyARN": NO_START}})


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabAws]:
    with LabAws(tmp_path_factory.mktemp("aws"), RAISED) as aws:
        make_role(aws, "starter", iam.statement(["ec2:StartInstances"], ["*"]))
        denial = iam.document(iam.denial(["ec2:StartInstances"], ["*"]))
        aws.client("iam", REGION).create_policy(PolicyName="no-start", PolicyDocument=denial)
        yield aws


def guarded(aws: LabAws, name: str, *statements: dict[str, Any]) -> str:
    """A machine that a budget of this name stops, in a role with these rights; its id."""
    role = make_role(aws, name, *statements, service="budgets.amazonaws.com")
    ec2, budgets = aws.client("ec2", REGION), aws.client("budgets", "us-east-1")
    image = ec2.describe_images(Owners=["136693071363"])["Images"][0]["ImageId"]
    machine = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    limit = {"Amount": "1", "Unit": "USD"}
    budget = {"BudgetName": name, "BudgetType": "COST", "TimeUnit": "ANNUALLY", "BudgetLimit": limit}
    budgets.create_budget(AccountId=ACCOUNT_ID, Budget=budget)
    stop = {"ActionSubType": "STOP_EC2_INSTANCES", "Region": REGION, "InstanceIds": [machine]}
    for type_, definition in (
        ("RUN_SSM_DOCUMENTS", {"SsmActionDefinition": stop}),
        ("APPLY_IAM_POLICY", {"IamActionDefinition": {"PolicyArn": NO_START, "Roles": ["starter"]}}),
    ):
        budgets.create_budget_action(
            AccountId=ACCOUNT_ID,
            BudgetName=name,
            NotificationType="ACTUAL",
            ActionType=type_,
            ActionThreshold={"ActionThresholdValue": 100.0, "ActionThresholdType": "PERCENTAGE"},
            Definition=definition,
            ExecutionRoleArn=role,
            ApprovalModel="AUTOMATIC",
            Subscribers=[{"SubscriptionType": "EMAIL", "Address": "ada@uni.example"}],
        )
    return str(machine)


def state(aws: LabAws, machine: str) -> str:
    [found] = aws.client("ec2", REGION).describe_instances(InstanceIds=[machine])["Reservations"][0]["Instances"]
    return str(found["State"]["Name"])


def test_the_old_form_of_the_right_to_stop_is_not_enough(aws: LabAws) -> None:
    """Since 2026 the document and the execution are required: see lab/wire/needs.py."""
    machine = guarded(aws, "old", *STOP, iam.statement(["ssm:StartAutomationExecution"], [OLD_FORM]))

    assert LabBudgets(aws).use_up("old") == {
        "RUN_SSM_DOCUMENTS": "AccessDeniedException",
        "APPLY_IAM_POLICY": "AccessDenied",
    }
    assert state(aws, machine) == "running"


def test_with_its_rights_it_stops_the_machine_and_nothing_starts_it_again(aws: LabAws) -> None:
    machine = guarded(aws, "good", *STOP, iam.statement(["ssm:StartAutomationExecution"], BOTH), ATTACH)
    starter = aws.as_role(STARTER, "ec2", REGION)

    assert LabBudgets(aws).use_up("good") == {"RUN_SSM_DOCUMENTS": None, "APPLY_IAM_POLICY": None}
    assert state(aws, machine) == "stopped"
    with pytest.raises(ClientError, match=r"UnauthorizedOperation.*starter.*ec2:StartInstances"):
        starter.start_instances(InstanceIds=[machine])
