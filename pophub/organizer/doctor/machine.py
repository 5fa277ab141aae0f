"""Questions about the machine: whether its type is offered in the region, and what the account's plan and keys allow."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from pophub.aws.client import AwsRefusal
from pophub.organizer.doctor.account import HOME_REGION, require_region
from pophub.organizer.doctor.case import Case
from pophub.organizer.doctor.finding import Verdict, green, red, yellow

# https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/free-tier-plans.html
UPGRADE = "https://console.aws.amazon.com/billing/home#/freetier/upgrade"


def offered(case: Case) -> Verdict:
    """The region's own zones that offer the machine's type; Local Zones are left out."""
    require_region(case)
    usual = [{"Name": "opt-in-status", "Values": ["opt-in-not-required"]}, {"Name": "state", "Values": ["available"]}]
    zones = case.aws.call("ec2", case.region, "describe_availability_zones", Filters=usual)["AvailabilityZones"]
    wanted = case.plan.instance_type
    having = case.aws.pages(
        "ec2", case.region, "describe_instance_type_offerings", "InstanceTypeOfferings[].Location",
        LocationType="availability-zone", Filters=[{"Name": "instance-type", "Values": [wanted]}],
    )  # fmt: skip
    chosen = case.event.host.availability_zone
    return judge_offered(wanted, case.region, {each["ZoneName"] for each in zones}, set(having), chosen)


def judge_offered(
    instance_type: str, region: str, zones: Collection[str], having: Collection[str], chosen: str | None
) -> Verdict:
    """`zones` are the region's own, `having` the zones that offer the type, `chosen` is the zone of the event file."""
    usable = sorted(set(zones) & set(having))
    if chosen is not None and chosen not in zones:
        return red(
            f"{chosen} is not an availability zone of {region}",
            f"set `host.availability_zone` to one of {', '.join(usable) or ', '.join(sorted(zones))}, or leave it out",
        )
    if not usable:
        return red(
            f"{instance_type} is not offered in {region}",
            "take another `host.instance_type` or `region`, or leave `host.instance_type` out to have one chosen",
        )
    if chosen is not None and chosen not in usable:
        return red(
            f"{instance_type} is not offered in {chosen}",
            f"set `host.availability_zone` to one of {', '.join(usable)}, or leave it out",
        )
    return green(f"{instance_type} is offered in {', '.join(usable)}")


def plan(case: Case) -> Verdict:
    """Whether the account is on AWS's free plan, which allows few instance types."""
    require_region(case)
    try:
        state: dict[str, Any] = case.aws.call("freetier", HOME_REGION, "get_account_plan_state")
    except AwsRefusal as refusal:
        # accounts from before July 2025 have no plan
        if refusal.aws_code != "ResourceNotFoundException":
            raise
        state = {}
    kind = str(state.get("accountPlanType", ""))
    if kind != "FREE":
        return judge_plan(case.plan.instance_type, kind, ())
    eligible = case.aws.pages(
        "ec2", case.region, "describe_instance_types", "InstanceTypes[].InstanceType",
        Filters=[{"Name": "free-tier-eligible", "Values": ["true"]}],
    )  # fmt: skip
    return judge_plan(case.plan.instance_type, kind, sorted(eligible))


def judge_plan(instance_type: str, kind: str, eligible: Collection[str]) -> Verdict:
    """`kind` is AWS's name of the plan, empty for an account without one; `eligible` are the types that the free plan allows."""
    if kind != "FREE":
        return green("not on the free plan: every machine is allowed")
    if instance_type not in eligible:
        return red(
            f"the account is on the free plan, which does not allow {instance_type}, only {', '.join(eligible)}",
            f"change to the paid plan (credits stay): {UPGRADE}",
        )
    return yellow(
        f"the account is on the free plan, which allows {instance_type} until its credits are used up",
        f"change to the paid plan (credits stay): {UPGRADE}",
    )


def disk_key(case: Case) -> Verdict:
    """The key with which this account encrypts disks."""
    require_region(case)
    key = str(case.aws.call("ec2", case.region, "get_ebs_default_kms_key_id")["KmsKeyId"])
    if key.startswith("alias/aws/"):
        return judge_disk_key(key, "AWS")
    found = case.aws.call("kms", case.region, "describe_key", KeyId=key)["KeyMetadata"]
    return judge_disk_key(key, str(found["KeyManager"]), str(found["KeyState"]))


def judge_disk_key(key: str, manager: str, state: str = "Enabled") -> Verdict:
    """`manager` is AWS or CUSTOMER; `state` is KMS's name of the key's state.

    https://docs.aws.amazon.com/kms/latest/APIReference/API_KeyMetadata.html
    """
    if state != "Enabled":
        return red(
            f"disks are encrypted with {key}, which is {state}",
            "ask the people who run your AWS account to enable the key",
        )
    if manager == "AWS":
        return green("disks are encrypted with AWS's own key")
    return yellow(
        f"disks are encrypted with a key of the account's own, {key}",
        "ask the people who run your AWS account that the key's policy lets the account's IAM policies decide; without it the "
        "schedule starts the machine and AWS stops it at once",
    )
