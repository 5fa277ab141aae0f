"""The AWS Budget: mail at steps of what was agreed, and a stop at the end. It is hours late by nature.

The running guard is cost-watch; this one needs no code of ours to live.
"""

from __future__ import annotations

from decimal import Decimal

from cdktf_cdktf_provider_aws.budgets_budget import (
    BudgetsBudget,
    BudgetsBudgetCostFilter,
    BudgetsBudgetCostTypes,
    BudgetsBudgetNotification,
)
from cdktf_cdktf_provider_aws.budgets_budget_action import (
    BudgetsBudgetAction,
    BudgetsBudgetActionActionThreshold,
    BudgetsBudgetActionDefinition,
    BudgetsBudgetActionDefinitionSsmActionDefinition,
    BudgetsBudgetActionSubscriber,
)
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from constructs import Construct

from pophub import iam
from pophub.naming import EVENT_TAG
from stacks.hub import Hub

# the steps of the watch (pophub/watch/terms.py) and one before; a budget takes no more than five, with one topic each
# https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_CreateBudget.html
MAIL_AT_PERCENT = (50, 80, 90, 95, 100)
STOP_AT_PERCENT = 100


class Budget(Construct):
    """What this event may cost, by its tag."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        event: str,
        limit_usd: Decimal,
        contact: tuple[str, ...],
        topic: SnsTopic,
        hub: Hub,
        region: str,
        account_id: str,
    ) -> None:
        super().__init__(scope, id_)
        budget = BudgetsBudget(
            self,
            "budget",
            name=name,
            budget_type="COST",
            # the longest period there is; a tag value is one event, so it counts that event alone
            time_unit="ANNUALLY",
            limit_amount=f"{limit_usd:.2f}",
            limit_unit="USD",
            cost_filter=[BudgetsBudgetCostFilter(name="TagKeyValue", values=[f"user:{EVENT_TAG}${event}"])],
            # credits would hide the spending until they are used up
            cost_types=BudgetsBudgetCostTypes(include_credit=False, include_refund=False),
            notification=[_mail(percent, contact, topic) for percent in MAIL_AT_PERCENT],
        )
        self._stop_at_the_end(budget, self._stopper(name, hub, region, account_id), hub, region, topic)

    def _stop_at_the_end(self, budget: BudgetsBudget, role: IamRole, hub: Hub, region: str, topic: SnsTopic) -> None:
        BudgetsBudgetAction(
            self,
            "stop",
            budget_name=budget.name,
            action_type="RUN_SSM_DOCUMENTS",
            approval_model="AUTOMATIC",
            notification_type="ACTUAL",
            execution_role_arn=role.arn,
            action_threshold=BudgetsBudgetActionActionThreshold(
                action_threshold_type="PERCENTAGE", action_threshold_value=STOP_AT_PERCENT
            ),
            definition=BudgetsBudgetActionDefinition(
                ssm_action_definition=BudgetsBudgetActionDefinitionSsmActionDefinition(
                    action_sub_type="STOP_EC2_INSTANCES", instance_ids=[hub.instance.id], region=region
                )
            ),
            subscriber=[BudgetsBudgetActionSubscriber(address=topic.arn, subscription_type="SNS")],
        )

    def _stopper(self, name: str, hub: Hub, region: str, account_id: str) -> IamRole:
        """https://docs.aws.amazon.com/cost-management/latest/userguide/billing-example-policies.html."""
        role = IamRole(
            self,
            "role",
            name=f"{name}-budget",
            description="AWS Budgets: stop this hub when its budget is used up",
            assume_role_policy=iam.trust("budgets.amazonaws.com", {"StringEquals": {"aws:SourceAccount": account_id}}),
        )
        IamRolePolicy(
            self,
            "permissions",
            name="stop",
            role=role.id,
            policy=iam.document(
                iam.statement(["ec2:StopInstances"], [hub.instance.arn]),
                # describes cannot be narrowed to one instance
                iam.statement(["ec2:DescribeInstanceStatus"], ["*"]),
                iam.statement(
                    ["ssm:StartAutomationExecution"],
                    [f"arn:aws:ssm:{region}:*:automation-definition/AWS-StopEC2Instance:*"],
                ),
            ),
        )
        return role


def _mail(percent: int, contact: tuple[str, ...], topic: SnsTopic) -> BudgetsBudgetNotification:
    return BudgetsBudgetNotification(
        comparison_operator="GREATER_THAN",
        notification_type="ACTUAL",
        threshold=percent,
        threshold_type="PERCENTAGE",
        subscriber_email_addresses=list(contact) or None,
        subscriber_sns_topic_arns=[topic.arn],
    )
