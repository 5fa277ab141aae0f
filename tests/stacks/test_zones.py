"""The real Terraform in an account with a Local Zone, where the first zone of the region has no machine free.

The tests share one event and stand in the order of its life.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from lab.account_kinds import ORDINARY
from lab.aws import ACCOUNT_ID, LabAws
from lab.site import LabSite
from pophub.core.contract import bucket_name
from pophub.core.errors import PophubError
from pophub.organizer.paths import EXAMPLE_EVENT

pytestmark = [pytest.mark.terraform, pytest.mark.timeout(600)]

SECRETS = {"github_client_id": "Iv1.the-id-of-the-app", "github_client_secret": "the-secret-of-the-app-0123456789"}
# its name sorts before us-west-2a
FULL = replace(ORDINARY, local_zones=("us-west-2-lax-1a",), full_zones=("us-west-2a",))


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabAws]:
    with LabAws(tmp_path_factory.mktemp("aws"), FULL) as lab:
        place = {"LocationConstraint": "us-west-2"}
        lab.client("s3", "us-west-2").create_bucket(Bucket=bucket_name(ACCOUNT_ID), CreateBucketConfiguration=place)
        yield lab


@pytest.fixture(scope="module")
def site(aws: LabAws, tmp_path_factory: pytest.TempPathFactory) -> LabSite:
    return LabSite(tmp_path_factory.mktemp("site"), EXAMPLE_EVENT, aws, SECRETS, lambda line: None, keeps_app=True)


@pytest.fixture(scope="module")
def ec2(aws: LabAws) -> Any:
    return aws.client("ec2", "us-west-2")


def deploy(site: LabSite, **host: str) -> PophubError | None:
    """With these settings of the machine; what it was refused for, or None."""
    text = EXAMPLE_EVENT.read_text()
    for key, value in host.items():
        assert text.count(f"  {key}: null") == 1
        text = text.replace(f"  {key}: null", f"  {key}: {value}")
    site.file.write_text(text)
    try:
        site.app.deploy(site.event.name)
    except PophubError as refused:
        return refused
    return None


def log_of(site: LabSite) -> str:
    """Everything that was said by the last deploy, as one line."""
    newest = max(site.app.logs.iterdir(), key=lambda file: file.stat().st_mtime)
    return " ".join(newest.read_text().replace("│", " ").split())


def zone_of_the_subnet(ec2: Any) -> str:
    [subnet] = ec2.describe_subnets(Filters=[{"Name": "tag:pophub:event", "Values": ["example-event"]}])["Subnets"]
    return str(subnet["AvailabilityZone"])


def test_the_local_zone_is_not_taken_and_a_full_zone_leaves_no_disk_behind(site: LabSite, ec2: Any) -> None:
    assert deploy(site) is not None
    assert "InsufficientInstanceCapacity" in log_of(site)
    assert zone_of_the_subnet(ec2) == "us-west-2a"
    assert ec2.describe_volumes()["Volumes"] == []


def test_the_zone_that_is_named_then_is_taken(site: LabSite, ec2: Any) -> None:
    assert deploy(site, availability_zone="us-west-2b") is None

    [home] = ec2.describe_volumes(Filters=[{"Name": "tag:Name", "Values": ["*-home"]}])["Volumes"]
    assert (zone_of_the_subnet(ec2), home["AvailabilityZone"]) == ("us-west-2b", "us-west-2b")


def test_a_disk_with_homes_stays_where_it_is_and_the_zone_that_would_move_it_is_refused(
    site: LabSite, ec2: Any
) -> None:
    assert deploy(site, availability_zone="us-west-2c") is not None
    assert (
        "The home volume is in us-west-2b, and a disk cannot move to another zone. Set `host.availability_zone` "
        "in the event file to us-west-2b" in log_of(site)
    )
    assert zone_of_the_subnet(ec2) == "us-west-2b"


def test_a_type_that_is_not_in_the_region_is_refused_with_a_sentence(site: LabSite) -> None:
    assert deploy(site, instance_type="m5zn.huge") is not None
    assert "EC2 has no m5zn.huge in us-west-2. Set another `host.instance_type`" in log_of(site)


def test_a_type_that_the_event_s_zone_lacks_is_refused_with_a_sentence(site: LabSite, aws: LabAws) -> None:
    aws.change(zones_without_type=("us-west-2b",))

    assert deploy(site) is not None
    assert "us-west-2b, where the event is, has no r6i.8xlarge. Set another `host.instance_type`" in log_of(site)

    assert deploy(site, availability_zone="us-west-2b") is not None
    assert (
        "us-west-2b has no r6i.8xlarge. Set `host.availability_zone` in the event file to one of us-west-2a, us-west-2c"
        in log_of(site)
    )


def test_a_refusal_does_not_stand_in_the_way_of_a_destroy(site: LabSite, ec2: Any) -> None:
    site.app.destroy(site.event.name)

    assert ec2.describe_volumes()["Volumes"] == []
