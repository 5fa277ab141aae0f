"""Mails about failed starts: from the schedule's errors, and from a check of the machine shortly before each session.

The check sets the alarm `not-running` to INSUFFICIENT_DATA, with its own reason. Within a minute CloudWatch sets it to
the real state: OK if the machine reports its status, ALARM if it does not. Only the change from INSUFFICIENT_DATA with
that reason to ALARM sends a mail; a normal stop, after which the alarm is in ALARM too, sends none.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_SetAlarmState.html
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
"""

from __future__ import annotations

import json

from cdktf_cdktf_provider_aws.cloudwatch_event_rule import CloudwatchEventRule
from cdktf_cdktf_provider_aws.cloudwatch_event_target import (
    CloudwatchEventTarget,
    CloudwatchEventTargetInputTransformer,
)
from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from constructs import Construct

from stacks.hub import Hub

CHECK_REASON = "pophub looks whether the hub was started"


class Starts(Construct):
    """The two alarms about starts, and the mail that the second one causes."""

    def __init__(self, scope: Construct, id_: str, *, name: str, event: str, hub: Hub, topic: SnsTopic) -> None:
        super().__init__(scope, id_)
        # on the organizer's computer the same call shows why EC2 refuses it
        self._why = f"pophub start {event}"
        self._refused(name, event, topic)
        self.not_running = self._not_running(name, hub)
        self._mail(name, event, topic)

    def _refused(self, name: str, event: str, topic: SnsTopic) -> None:
        CloudwatchMetricAlarm(
            self,
            "refused",
            alarm_name=f"{name}-refused",
            alarm_description=f"AWS refused a scheduled start or stop of the hub of {event}. It is tried again for half "
            f"an hour. To see why a start is refused: {self._why}",
            # https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html
            namespace="AWS/Scheduler",
            metric_name="TargetErrorCount",
            dimensions={"ScheduleGroup": name},
            statistic="Sum",
            comparison_operator="GreaterThanThreshold",
            threshold=0,
            period=60,
            evaluation_periods=1,
            treat_missing_data="notBreaching",
            alarm_actions=[topic.arn],
        )

    def _not_running(self, name: str, hub: Hub) -> CloudwatchMetricAlarm:
        return CloudwatchMetricAlarm(
            self,
            "not_running",
            alarm_name=f"{name}-not-running",
            alarm_description="The instance reports no status. This is its usual state while it is stopped",
            namespace="AWS/EC2",
            # one value a minute while the instance runs:
            # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/viewing_metrics_with_cloudwatch.html#status-check-metrics
            metric_name="StatusCheckFailed",
            dimensions={"InstanceId": hub.instance.id},
            statistic="SampleCount",
            comparison_operator="LessThanThreshold",
            threshold=1,
            period=60,
            evaluation_periods=5,
            treat_missing_data="breaching",
        )

    def _mail(self, name: str, event: str, topic: SnsTopic) -> None:
        rule = CloudwatchEventRule(
            self,
            "rule",
            name=f"{name}-not-running",
            description="The hub does not run ten minutes after the schedule has started it",
            event_pattern=json.dumps(
                {
                    "source": ["aws.cloudwatch"],
                    "detail-type": ["CloudWatch Alarm State Change"],
                    "resources": [self.not_running.arn],
                    "detail": {
                        "state": {"value": ["ALARM"]},
                        "previousState": {"value": ["INSUFFICIENT_DATA"], "reason": [CHECK_REASON]},
                    },
                }
            ),
        )
        text = (
            f"The hub of {event} does not run, at <at>, and a session is about to begin. The schedule started it ten "
            f"minutes ago. To start it, or to see why AWS refuses: {self._why}. docs/trouble.md, 'When something fails', says "
            "more. If the budget is used up, this is intended."
        )
        CloudwatchEventTarget(
            self,
            "mail",
            rule=rule.name,
            arn=topic.arn,
            input_transformer=CloudwatchEventTargetInputTransformer(
                input_paths={"at": "$.time"}, input_template=json.dumps(text)
            ),
        )
