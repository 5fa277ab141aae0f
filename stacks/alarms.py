"""The topic for alerts with its subscribers, and the alarm that moves the machine away from a broken host."""

from __future__ import annotations

from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm
from cdktf_cdktf_provider_aws.data_aws_ec2_instance_type import DataAwsEc2InstanceType
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.sns_topic_policy import SnsTopicPolicy
from cdktf_cdktf_provider_aws.sns_topic_subscription import SnsTopicSubscription
from constructs import Construct

from pophub.organizer.deploy import iam
from stacks.base import address
from stacks.hub import Hub


class Alarms(Construct):
    """The event's topic for alerts, with its subscribers. AWS asks each of them to confirm by mail."""

    def __init__(self, scope: Construct, id_: str, *, name: str, account_id: str, contact: tuple[str, ...]) -> None:
        super().__init__(scope, id_)
        self._name = name
        self.topic = SnsTopic(self, "topic", name=f"{name}-alerts")
        own_account = {"StringEquals": {"aws:SourceAccount": account_id}}
        publish = iam.statement(["sns:Publish"], [self.topic.arn])
        self.publishers = SnsTopicPolicy(
            self,
            "publishers",
            arn=self.topic.arn,
            policy=iam.document(
                iam.statement(["sns:Publish"], [self.topic.arn], own_account)
                | {"Principal": {"Service": ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"]}},
                # EventBridge may not accept a condition here; AWS's own example has none:
                # https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
                publish | {"Principal": {"Service": "events.amazonaws.com"}},
            ),
        )
        for mail in contact:
            SnsTopicSubscription(self, f"mail-{mail}", topic_arn=self.topic.arn, protocol="email", endpoint=mail)

    def recover(self, hub: Hub, instance_type: str, region: str) -> None:
        """Let EC2 move the machine away from a failing host, if AWS says that its type supports this."""
        # first, because the offerings report a type that the region does not have with a clear error message
        offered = [hub.network.offerings]
        found = DataAwsEc2InstanceType(self, "type", instance_type=instance_type, depends_on=offered)
        CloudwatchMetricAlarm(
            self,
            "recovery",
            alarm_name=f"{self._name}-recovery",
            alarm_description="The host under the instance fails: EC2 moves the instance to another one if its type "
            "can be moved; otherwise stop the instance and start it again",
            namespace="AWS/EC2",
            metric_name="StatusCheckFailed_System",
            dimensions={"InstanceId": hub.instance.id},
            statistic="Maximum",
            comparison_operator="GreaterThanThreshold",
            threshold=0,
            period=60,
            evaluation_periods=2,
            # a stopped instance reports nothing, and that is no failure
            treat_missing_data="notBreaching",
        ).add_override(
            # AWS may refuse an alarm with an action that its instance does not support: docs/aws-experiments.md, question 11
            "alarm_actions",
            f'${{concat({address(found)}.auto_recovery_supported ? ["arn:aws:automate:{region}:ec2:recover"] : [], '
            f"[{address(self.topic)}.arn])}}",
        )
