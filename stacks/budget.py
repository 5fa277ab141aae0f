"""The AWS Budget: mail at steps of what was agreed. What it does at the last of them is in budget_actions.py."""

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

# the steps of the watch (pophub/hub/watch/terms.py) and one before; a budget takes no more than five, with one topic each
# https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_CreateBudget.html
MAIL_AT_PERCENT = (50, 80, 90, 95, 100)


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
        alarms: Alarms,
        starts_on: date | None,
    ) -> None:
        super().__init__(scope, id_)
        self.budget = BudgetsBudget(
            self,
            "budget",
            name=name,
            budget_type="COST",
            # the longest period there is; a tag value is one event, so it counts that event alone
            time_unit="ANNUALLY",
            # None: 1 January. https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_TimePeriod.html
            time_period_start=f"{starts_on:%Y-%m-%d}_00:00" if starts_on else None,
            limit_amount=f"{limit_usd:.2f}",
            limit_unit="USD",
            cost_filter=[BudgetsBudgetCostFilter(name="TagKeyValue", values=[f"user:{EVENT_TAG}${event}"])],
            # credits would hide the spending until they are used up
            cost_types=BudgetsBudgetCostTypes(include_credit=False, include_refund=False),
            notification=[_mail(percent, contact, alarms.topic) for percent in MAIL_AT_PERCENT],
            # a topic that Budgets may not publish to is refused
            depends_on=[alarms.publishers],
        )

    @property
    def anew_with_the_limit(self) -> TerraformResourceLifecycle:
        """Of what a used-up budget leaves behind: whoever changes the limit, and deploys that, begins anew."""
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
