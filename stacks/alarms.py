"""What tells and acts when something goes wrong: a topic for alerts, and recovery from a broken host."""

from __future__ import annotations

from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.sns_topic_policy import SnsTopicPolicy
from constructs import Construct

from pophub import iam
from stacks.hub import Hub


class Alarms(Construct):
    """The event's alert topic and the alarm that moves the instance off a host that fails."""

    def __init__(self, scope: Construct, id_: str, *, name: str, region: str, account_id: str, hub: Hub) -> None:
        super().__init__(scope, id_)
        self.topic = SnsTopic(self, "topic", name=f"{name}-alerts")
        publishers = {"Service": ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"]}
        own_account = {"StringEquals": {"aws:SourceAccount": account_id}}
        SnsTopicPolicy(
            self,
            "publishers",
            arn=self.topic.arn,
            policy=iam.document(
                iam.statement(["sns:Publish"], [self.topic.arn], own_account) | {"Principal": publishers}
            ),
        )
        CloudwatchMetricAlarm(
            self,
            "recovery",
            alarm_name=f"{name}-recovery",
            alarm_description="The host under the instance fails: EC2 moves the instance to another one",
            namespace="AWS/EC2",
            metric_name="StatusCheckFailed_System",
            dimensions={"InstanceId": hub.instance.id},
            statistic="Maximum",
            comparison_operator="GreaterThanThreshold",
            threshold=0,
            period=60,
            evaluation_periods=2,
            # a stopped instance reports nothing, and that is fine
            treat_missing_data="notBreaching",
            alarm_actions=[f"arn:aws:automate:{region}:ec2:recover", self.topic.arn],
        )
