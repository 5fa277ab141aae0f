"""The AWS Budget: it sends mail at several steps. Its actions at the last step are in budget_actions.py."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.budgets_budget import (
    BudgetsBudget,
    BudgetsBudgetCostFilter,
    BudgetsBudgetCostTypes,
    BudgetsBudgetNotification,
)
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from constructs import Construct

from pophub.core.contract import EVENT_TAG
from stacks.alarms import Alarms
from stacks.base import address

# cost-watch's steps (pophub/hub/watch/terms.py) and an earlier one; AWS allows five notifications, each with one topic:
# https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_CreateBudget.html
MAIL_AT_PERCENT = (50, 80, 90, 95, 100)


class Budget(Construct):
    """The limit for this event's cost, which is counted by its tag."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        event: str,
        limit_usd: Decimal,
        contact: tuple[str, ...],
        alarms: Alarms,
        starts_on: date | None,
    ) -> None:
        super().__init__(scope, id_)
        self.budget = BudgetsBudget(
            self,
            "budget",
            name=name,
            budget_type="COST",
            # the longest period that AWS offers; only this event has this tag value, so nothing else is counted
            time_unit="ANNUALLY",
            # None means 1 January:
            # https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_TimePeriod.html
            time_period_start=f"{starts_on:%Y-%m-%d}_00:00" if starts_on else None,
            limit_amount=f"{limit_usd:.2f}",
            limit_unit="USD",
            cost_filter=[BudgetsBudgetCostFilter(name="TagKeyValue", values=[f"user:{EVENT_TAG}${event}"])],
            # credits would hide the spending until they are used up
            cost_types=BudgetsBudgetCostTypes(include_credit=False, include_refund=False),
            notification=[_mail(percent, contact, alarms.topic) for percent in MAIL_AT_PERCENT],
            # AWS refuses a topic that Budgets may not publish to
            depends_on=[alarms.publishers],
        )

    @property
    def replace_when_limit_changes(self) -> TerraformResourceLifecycle:
        """Create a resource again when the budget's limit changes, so that the new limit starts without the old one's effects."""
        return TerraformResourceLifecycle(replace_triggered_by=[f"{address(self.budget)}.limit_amount"])


def _mail(percent: int, contact: tuple[str, ...], topic: SnsTopic) -> BudgetsBudgetNotification:
    return BudgetsBudgetNotification(
        comparison_operator="GREATER_THAN",
        notification_type="ACTUAL",
        threshold=percent,
        threshold_type="PERCENTAGE",
        subscriber_email_addresses=list(contact) or None,
        subscriber_sns_topic_arns=[topic.arn],
    )
