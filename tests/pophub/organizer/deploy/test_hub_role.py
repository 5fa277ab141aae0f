"""What the hub's machine may do, asked as AWS asks: an action on one thing at a time."""

from __future__ import annotations

import pytest

from lab.policies import Grants, Need
from pophub.core.contract import ARCHIVE, BUNDLES, CERTIFICATE_FILE, CERTIFICATES, METER_FILE, REPORTS
from pophub.organizer.deploy import hub_role

GRANTS = Grants((hub_role.permissions("geo", region="us-west-2", account_id="123456789012", bucket="bucket"),))
BUCKET, PARAMETERS = "arn:aws:s3:::bucket", "arn:aws:ssm:us-west-2:123456789012:parameter/pophub"


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:GetObject", f"{BUCKET}/{BUNDLES}/geo/b.tar.gz"),
        ("s3:PutObject", f"{BUCKET}/{CERTIFICATES}/geo/{CERTIFICATE_FILE}"),
        ("s3:PutObject", f"{BUCKET}/{ARCHIVE}/geo/vol-1/ada.tar.zst"),
        ("s3:PutObjectTagging", f"{BUCKET}/{ARCHIVE}/geo/vol-1/ada.tar.zst"),
        ("s3:AbortMultipartUpload", f"{BUCKET}/{ARCHIVE}/geo/vol-1/ada.tar.zst"),
        ("ssm:GetParameters", f"{PARAMETERS}/geo/github_client_secret"),
        ("ssmmessages:OpenDataChannel", "*"),
    ],
)
def test_it_may_do_its_work(action: str, resource: str) -> None:
    assert GRANTS.allow(Need(action, resource))


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:PutObject", f"{BUCKET}/{BUNDLES}/geo/b.tar.gz"),
        ("s3:GetObject", f"{BUCKET}/{ARCHIVE}/geology/vol-1/ada.tar.zst"),
        ("s3:GetObject", f"{BUCKET}/state/geo/terraform.tfstate"),
        ("s3:DeleteObject", f"{BUCKET}/{ARCHIVE}/geo/vol-1/ada.tar.zst"),
        ("s3:PutObjectTagging", f"{BUCKET}/{REPORTS}/geo/{METER_FILE}"),
        ("ssm:GetParameters", f"{PARAMETERS}/geology/github_client_secret"),
        ("ssm:PutParameter", f"{PARAMETERS}/geo/bundle"),
        ("ec2:StopInstances", "*"),
    ],
)
def test_it_may_not_reach_further(action: str, resource: str) -> None:
    assert not GRANTS.allow(Need(action, resource))


@pytest.mark.parametrize(
    ("prefix", "may"), [(f"{ARCHIVE}/geo/vol-1/", True), (f"{ARCHIVE}/geology/", False), ("", False)]
)
def test_it_lists_what_is_its_event_s(prefix: str, *, may: bool) -> None:
    assert GRANTS.allow(Need("s3:ListBucket", BUCKET, {"s3:prefix": prefix})) is may


WITH_WORKERS = Grants(
    (hub_role.permissions("geo", region="us-west-2", account_id="123456789012", bucket="bucket", workers=True),)
)
GROUP = "arn:aws:autoscaling:us-west-2:123456789012:autoScalingGroup:an-id:autoScalingGroupName/pophub-{}-workers"


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("autoscaling:DescribeAutoScalingGroups", "*"),
        ("autoscaling:DescribeScalingActivities", "*"),
        ("ec2:DescribeSpotPriceHistory", "*"),
        ("autoscaling:SetDesiredCapacity", GROUP.format("geo")),
        ("autoscaling:SetInstanceProtection", GROUP.format("geo")),
        ("autoscaling:TerminateInstanceInAutoScalingGroup", GROUP.format("geo")),
        ("ssm:PutParameter", f"{PARAMETERS}/geo/worker-token"),
    ],
)
def test_only_beside_workers_it_may_size_their_group_and_write_their_token(action: str, resource: str) -> None:
    need = Need(action, resource)

    assert (WITH_WORKERS.allow(need), GRANTS.allow(need)) == (True, False)


@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("autoscaling:SetDesiredCapacity", GROUP.format("geology")),
        ("autoscaling:UpdateAutoScalingGroup", GROUP.format("geo")),
        ("autoscaling:DeleteAutoScalingGroup", GROUP.format("geo")),
        ("ssm:PutParameter", f"{PARAMETERS}/geo/bundle"),
        ("ec2:TerminateInstances", "*"),
    ],
)
def test_beside_workers_it_may_reach_no_further_than_that(action: str, resource: str) -> None:
    assert not WITH_WORKERS.allow(Need(action, resource))
