"""AWS Budgets when an event's budget is used up: the budget's actions are carried out in the role that they name.

https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-controls.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from lab.aws import ACCOUNT_ID, LabAws

STOP_DOCUMENT = "AWS-StopEC2Instance"


class LabBudgets:
    """All budgets of the account."""

    def __init__(self, aws: LabAws) -> None:
        self._aws = aws

    def use_up(self, budget: str) -> dict[str, str | None]:
        """Carry out the budget's actions: type of action → AWS's error code, None if it succeeded."""
        client = self._aws.client("budgets", "us-east-1")
        actions = client.describe_budget_actions_for_account(AccountId=ACCOUNT_ID)["Actions"]
        return {each["ActionType"]: self._carry_out(each) for each in actions if each["BudgetName"] == budget}

    def _carry_out(self, action: Mapping[str, Any]) -> str | None:
        definition, role = action["Definition"], action["ExecutionRoleArn"]
        try:
            if apply := definition.get("IamActionDefinition"):
                self._apply(role, apply)
            if stop := definition.get("SsmActionDefinition"):
                self._stop(role, stop)
        except ClientError as refused:
            return str(refused.response["Error"]["Code"])
        return None

    def _apply(self, role: str, definition: Mapping[str, Any]) -> None:
        iam = self._aws.as_role(role, "iam", "us-east-1")
        for name in definition["Roles"]:
            iam.attach_role_policy(RoleName=name, PolicyArn=definition["PolicyArn"])

    def _stop(self, role: str, definition: Mapping[str, Any]) -> None:
        """Run the runbook's steps with the rights of the role that starts it, because it names no role of its own.

        https://docs.aws.amazon.com/systems-manager-automation-runbooks/latest/userguide/automation-aws-stopec2instance.html
        """
        region, instances = definition["Region"], definition["InstanceIds"]
        ssm, ec2 = (self._aws.as_role(role, service, region) for service in ("ssm", "ec2"))
        ssm.start_automation_execution(DocumentName=STOP_DOCUMENT, Parameters={"InstanceId": instances})
        ec2.stop_instances(InstanceIds=instances)
        ec2.describe_instance_status(InstanceIds=instances, IncludeAllInstances=True)
