"""The schedule: EventBridge starts the hub before each session and stops it afterwards, without code of ours.

If the event has workers, it also sets their number before each session, and to zero when the hub is stopped.

When the budget is used up, AWS Budgets attaches the policy `no_start` to the schedule's role (budget_actions.py). When
the budget's limit changes, Terraform creates the role again, without the attached policy.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from cdktf_cdktf_provider_aws.iam_policy import IamPolicy
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.scheduler_schedule import (
    SchedulerSchedule,
    SchedulerScheduleFlexibleTimeWindow,
    SchedulerScheduleTarget,
    SchedulerScheduleTargetRetryPolicy,
)
from cdktf_cdktf_provider_aws.scheduler_schedule_group import SchedulerScheduleGroup
from constructs import Construct

from pophub.organizer.deploy import iam
from pophub.organizer.plan.schedule import Action, Rule
from stacks.budget import Budget
from stacks.home import Home
from stacks.hub import Hub
from stacks.starts import CHECK_REASON, Starts
from stacks.workers import Workers

# https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
TARGETS = {
    "start": "arn:aws:scheduler:::aws-sdk:ec2:startInstances",
    "stop": "arn:aws:scheduler:::aws-sdk:ec2:stopInstances",
    "look": "arn:aws:scheduler:::aws-sdk:cloudwatch:setAlarmState",
    "grow": "arn:aws:scheduler:::aws-sdk:autoscaling:setDesiredCapacity",
    # another call than for "grow", because `no_start` forbids that one
    "shrink": "arn:aws:scheduler:::aws-sdk:autoscaling:updateAutoScalingGroup",
}
# half an hour of retries: a later start helps nobody, and a later stop could fall into the next session
RETRIES = SchedulerScheduleTargetRetryPolicy(maximum_event_age_in_seconds=1800, maximum_retry_attempts=30)


class Schedule(Construct):
    """One EventBridge schedule for each rule. Each has the event's time zone, so EventBridge handles daylight saving time."""

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str,
        rules: Sequence[Rule],
        hub: Hub,
        home: Home,
        starts: Starts,
        budget: Budget,
        workers: Workers | None,
        account_id: str,
        boundary: str | None,
    ) -> None:
        super().__init__(scope, id_)
        group = SchedulerScheduleGroup(self, "group", name=name)
        self.no_start = self._no_start(name, hub, workers)
        self.role = self._role(name, budget, account_id, boundary)
        self._permissions(hub, home, starts, workers)
        inputs = _inputs(hub, starts, workers)
        for rule in rules:
            SchedulerSchedule(
                self,
                rule.id,
                name=rule.id,
                group_name=group.name,
                description=rule.reason,
                schedule_expression=rule.expression,
                schedule_expression_timezone=rule.timezone,
                flexible_time_window=SchedulerScheduleFlexibleTimeWindow(mode="OFF"),
                target=SchedulerScheduleTarget(
                    arn=TARGETS[rule.action],
                    role_arn=self.role.arn,
                    input=inputs[rule.action],
                    retry_policy=RETRIES,
                ),
            )

    def _no_start(self, name: str, hub: Hub, workers: Workers | None) -> IamPolicy:
        """The policy that Budgets attaches to the role, so that no rule starts this hub or a worker any more."""
        growing = [iam.denial(["autoscaling:SetDesiredCapacity"], [workers.group.arn])] if workers else []
        return IamPolicy(
            self,
            "no_start",
            name=f"{name}-no-start",
            description="The budget is used up: the schedule may not start this hub",
            policy=iam.document(iam.denial(["ec2:StartInstances"], [hub.instance.arn]), *growing),
        )

    def _role(self, name: str, budget: Budget, account_id: str, boundary: str | None) -> IamRole:
        return IamRole(
            self,
            "role",
            name=f"{name}-schedule",
            permissions_boundary=boundary,
            description="EventBridge Scheduler: start and stop this hub",
            assume_role_policy=iam.trust(
                "scheduler.amazonaws.com", {"StringEquals": {"aws:SourceAccount": account_id}}
            ),
            # an attached policy cannot be deleted: the role is destroyed first, together with what Budgets attached to
            # it
            force_detach_policies=True,
            depends_on=[self.no_start],
            lifecycle=budget.replace_when_limit_changes,
        )

    def _permissions(self, hub: Hub, home: Home, starts: Starts, workers: Workers | None) -> None:
        """Start and stop this one machine, use the keys of its two disks, check whether it runs, and size its one group."""
        sizing = ["autoscaling:SetDesiredCapacity", "autoscaling:UpdateAutoScalingGroup"]
        IamRolePolicy(
            self,
            "permissions",
            name="start-and-stop",
            role=self.role.id,
            policy=iam.document(
                iam.statement(["ec2:StartInstances", "ec2:StopInstances"], [hub.instance.arn]),
                # https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html
                iam.statement(
                    ["kms:CreateGrant"],
                    home.disk_keys(hub),
                    {"Bool": {"kms:GrantIsForAWSResource": "true"}},
                ),
                iam.statement(["cloudwatch:SetAlarmState"], [starts.not_running.arn]),
                *([iam.statement(sizing, [workers.group.arn])] if workers else []),
            ),
        )


def _inputs(hub: Hub, starts: Starts, workers: Workers | None) -> dict[Action, str]:
    """The call's parameters, for each action."""
    machine = json.dumps({"InstanceIds": [hub.instance.id]})
    alarm = {"AlarmName": starts.not_running.alarm_name, "StateValue": "INSUFFICIENT_DATA", "StateReason": CHECK_REASON}
    inputs: dict[Action, str] = {"start": machine, "stop": machine, "look": json.dumps(alarm)}
    if workers:
        group = {"AutoScalingGroupName": workers.group.name}
        inputs["grow"] = json.dumps(group | {"DesiredCapacity": workers.warm})
        inputs["shrink"] = json.dumps(group | {"DesiredCapacity": 0})
    return inputs
