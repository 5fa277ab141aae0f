"""What AWS does when the budget is used up: it stops the hub and forbids the schedule and the off page to start it again.

AWS's figures are hours late, so cost-watch usually stops the hub earlier; these actions work even if none of our code
runs. The organizer can still start the hub. AWS carries out an action once in a budget's period
(https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-controls.html), so a new limit creates new
actions.
"""

from __future__ import annotations

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.budgets_budget_action import (
    BudgetsBudgetAction,
    BudgetsBudgetActionActionThreshold,
    BudgetsBudgetActionDefinition,
    BudgetsBudgetActionDefinitionIamActionDefinition,
    BudgetsBudgetActionDefinitionSsmActionDefinition,
    BudgetsBudgetActionSubscriber,
)
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from constructs import Construct

from pophub.organizer.deploy import iam
from stacks.budget import Budget
from stacks.hub import Hub
from stacks.off_page import OffPage
from stacks.scheduler import Schedule

ACT_AT_PERCENT = 100


class BudgetActions(Construct):
    """The two actions at 100 % of the budget, and the role that AWS Budgets uses for them."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        budget: Budget,
        topic: SnsTopic,
        hub: Hub,
        schedule: Schedule,
        off_page: OffPage | None,
        region: str,
        account_id: str,
        boundary: str | None,
    ) -> None:
        super().__init__(scope, id_)
        self._budget, self._topic = budget, topic
        self._role = self._role_of_budgets(name, account_id, boundary)
        if off_page:
            off_page.destroy_before(schedule.no_start)
        starters = [schedule.role, *([off_page.role] if off_page else [])]
        self._permissions(hub, schedule, starters, region, account_id)
        self._act(
            "stop",
            "RUN_SSM_DOCUMENTS",
            BudgetsBudgetActionDefinition(
                ssm_action_definition=BudgetsBudgetActionDefinitionSsmActionDefinition(
                    action_sub_type="STOP_EC2_INSTANCES", instance_ids=[hub.instance.id], region=region
                )
            ),
        )
        self._act(
            "keep_stopped",
            "APPLY_IAM_POLICY",
            BudgetsBudgetActionDefinition(
                iam_action_definition=BudgetsBudgetActionDefinitionIamActionDefinition(
                    policy_arn=schedule.no_start.arn, roles=[role.name for role in starters]
                )
            ),
        )

    def _act(self, id_: str, action_type: str, definition: BudgetsBudgetActionDefinition) -> None:
        BudgetsBudgetAction(
            self,
            id_,
            budget_name=self._budget.budget.name,
            action_type=action_type,
            approval_model="AUTOMATIC",
            notification_type="ACTUAL",
            execution_role_arn=self._role.arn,
            action_threshold=BudgetsBudgetActionActionThreshold(
                action_threshold_type="PERCENTAGE", action_threshold_value=ACT_AT_PERCENT
            ),
            definition=definition,
            subscriber=[BudgetsBudgetActionSubscriber(address=self._topic.arn, subscription_type="SNS")],
            lifecycle=self._budget.replace_when_limit_changes,
        )

    def _role_of_budgets(self, name: str, account_id: str, boundary: str | None) -> IamRole:
        return IamRole(
            self,
            "role",
            name=f"{name}-budget",
            permissions_boundary=boundary,
            description="AWS Budgets: stop this hub when its budget is used up, and keep others from starting it",
            assume_role_policy=iam.trust("budgets.amazonaws.com", {"StringEquals": {"aws:SourceAccount": account_id}}),
        )

    def _permissions(
        self, hub: Hub, schedule: Schedule, starters: Sequence[IamRole], region: str, account_id: str
    ) -> None:
        """https://docs.aws.amazon.com/cost-management/latest/userguide/billing-example-policies.html."""
        IamRolePolicy(
            self,
            "permissions",
            name="stop",
            role=self._role.id,
            policy=iam.document(
                iam.statement(["ec2:StopInstances"], [hub.instance.arn]),
                # describe calls cannot be limited to one instance
                iam.statement(["ec2:DescribeInstanceStatus"], ["*"]),
                iam.statement(
                    ["ssm:StartAutomationExecution"],
                    [
                        # the resources that the action requires; the last one is the older form, which AWS's own
                        # policy still contains:
                        # https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSBudgetsActions_RolePolicyForResourceAdministrationWithSSM.html
                        f"arn:aws:ssm:{region}:*:document/AWS-StopEC2Instance",
                        f"arn:aws:ssm:{region}:{account_id}:automation-execution/*",
                        f"arn:aws:ssm:{region}:*:automation-definition/AWS-StopEC2Instance:*",
                    ],
                ),
                iam.statement(
                    ["iam:AttachRolePolicy", "iam:DetachRolePolicy"],
                    [role.arn for role in starters],
                    {"ArnEquals": {"iam:PolicyARN": schedule.no_start.arn}},
                ),
            ),
        )
