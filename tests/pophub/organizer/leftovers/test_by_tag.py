"""AWS's index of tags is asked for what nobody looks at directly; it is told and never removed."""

from __future__ import annotations

import pytest

from lab.aws import LabAws
from pophub.aws.client import Aws
from pophub.core.contract import EVENT_TAG
from pophub.organizer.leftovers.by_tag import LISTED_BY_TAG, LOOKUPS, _is_there, service_and_type
from pophub.organizer.leftovers.leftovers import find, removable
from tests.pophub.planted import REGION, event_context


def test_a_thing_of_an_unknown_kind_is_told_and_never_removed(lab_aws: LabAws, aws: Aws) -> None:
    queue = lab_aws.client("sqs", REGION).create_queue(QueueName="stray", tags={EVENT_TAG: "stray"})["QueueUrl"]
    findings = find(event_context(aws, "stray"))

    assert queue.endswith("/stray")
    assert [(resource.type, resource.id.rpartition(":")[2], resource.usd_a_month) for resource in findings.left] == [
        ("other", "stray", None)
    ]
    assert removable(findings, lambda resource: True) == ()


@pytest.mark.parametrize(
    ("arn", "type_"),
    [
        ("arn:aws:ec2:us-west-2:1:vpc/vpc-1", ("ec2", "vpc")),
        ("arn:aws:sns:us-west-2:1:pophub-geo-alerts", ("sns", "")),
        ("arn:aws:logs:us-west-2:1:log-group:/pophub/geo/hub", ("logs", "log-group")),
        ("arn:aws:ssm:us-west-2:1:parameter/pophub/geo/x", ("ssm", "parameter")),
        ("arn:aws:cloudwatch:us-west-2:1:alarm:pophub-geo-recovery", ("cloudwatch", "alarm")),
        ("arn:aws:scheduler:us-west-2:1:schedule-group/pophub-geo", ("scheduler", "schedule-group")),
        ("arn:aws:events:us-west-2:1:rule/pophub-geo-not-running", ("events", "rule")),
        ("arn:aws:s3:::pophub-1", ("s3", "")),
    ],
)
def test_an_arn_tells_its_type(arn: str, type_: tuple[str, str]) -> None:
    assert service_and_type(arn) == type_
    assert type_ in LISTED_BY_TAG | LOOKUPS.keys()


def test_our_things_of_another_name_are_told_until_they_are_gone(lab_aws: LabAws, aws: Aws) -> None:
    tags = [{"Key": EVENT_TAG, "Value": "misnamed"}]
    topic = lab_aws.client("sns", REGION).create_topic(Name="somebodys", Tags=tags)["TopicArn"]
    lab_aws.client("ssm", REGION).put_parameter(Name="/somebodys", Type="String", Value="v", Tags=tags)
    lab_aws.client("logs", REGION).create_log_group(logGroupName="/somebodys", tags={EVENT_TAG: "misnamed"})
    told = {resource.id.rpartition(":")[2] for resource in find(event_context(aws, "misnamed")).left}

    assert told == {"somebodys", "parameter/somebodys", "/somebodys"}

    # the index names it for an hour
    context = event_context(aws, "misnamed")
    lab_aws.client("sns", REGION).delete_topic(TopicArn=topic)
    assert not _is_there(context, topic)


def test_of_ec2_s_other_kinds_ec2_itself_is_asked(lab_aws: LabAws, aws: Aws) -> None:
    ec2 = lab_aws.client("ec2", REGION)
    vpc = ec2.create_vpc(CidrBlock="10.30.0.0/24")["Vpc"]["VpcId"]
    acl = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    ec2.create_tags(Resources=[acl], Tags=[{"Key": EVENT_TAG, "Value": "indexed"}])
    context, arn = event_context(aws, "indexed"), f"arn:aws:ec2:{REGION}:1:network-acl/"

    assert _is_there(context, f"{arn}{acl}")
    assert not _is_there(context, f"{arn}acl-0123456789abcdef0"), "as one that was deleted"


def test_what_only_the_index_says_may_be_gone(lab_aws: LabAws, aws: Aws) -> None:
    lab_aws.client("sqs", REGION).create_queue(QueueName="stale", tags={EVENT_TAG: "stale"})
    [resource] = find(event_context(aws, "stale")).left

    assert resource.note.endswith("AWS's index of tags says so, also for some hours after it was deleted")
