"""Questions about workers: the quotas for their processors, and the roles that Auto Scaling needs in the account."""

from __future__ import annotations

from collections.abc import Sequence

from pophub.aws.client import AwsRefusal
from pophub.organizer.doctor import quota
from pophub.organizer.doctor.account import HOME_REGION, require_region, signed_in
from pophub.organizer.doctor.case import Case
from pophub.organizer.doctor.finding import Verdict, counted, green, red, unknown, yellow
from pophub.organizer.plan.workers import WorkerPlan

Named = Sequence[tuple[str, Verdict]]
# https://docs.aws.amazon.com/autoscaling/ec2/userguide/autoscaling-service-linked-role.html
ROLE, SERVICE = "AWSServiceRoleForAutoScaling", "autoscaling.amazonaws.com"


def processors(case: Case) -> Named:
    """Whether the workers fit into the account's quota, beside the hub and all other machines; nothing without workers."""
    plan = case.plan.workers
    if plan is None:
        return []
    require_region(case)
    return [("workers' vCPU quota", _processors(case, plan))]


def _processors(case: Case, plan: WorkerPlan) -> Verdict:
    name, hub = plan.machine.name, case.plan.instance_type
    code = quota.quota_of(name, spot=plan.spot)
    if code is None:
        return unknown(
            f"which quota {name} counts against is not known here", f"look it up: {quota.CONSOLE}/ec2/quotas"
        )
    others = [
        str(each["InstanceType"])
        for each in quota.running(case)
        if not quota.is_of(case.event.name, each) and quota.counts(each, code)
    ]
    # a spot instance does not count against the quota of the hub
    beside = [hub, *others] if quota.quota_of(hub) == code else others
    vcpus = quota.vcpus_of(case, {name, *beside})
    used = sum(vcpus[each] for each in beside)
    return judge_processors(
        plan, vcpus[name], quota.limit_of(case, "ec2", code), used, quota.ask_for(case, "ec2", code)
    )


def judge_processors(plan: WorkerPlan, each: int, limit: int, used: int, where: str) -> Verdict:
    """`each` are the vCPUs of a worker, `used` those of the hub and of other machines that count against the same quota."""
    market = "spot instances" if plan.spot else "machines on demand"
    beside = f", of which others use {used}" if used else ""
    fitting = max(0, limit - used) // each
    answer = f"{counted(plan.most, 'worker')} {plan.machine.name} take {plan.most * each} of {limit} vCPUs of {market}{beside}"
    if fitting >= plan.most:
        return green(answer)
    remedy = f"ask AWS for {plan.most * each + used} (an answer may take days): {where}"
    if fitting >= plan.count:
        return yellow(f"{answer}: {fitting} of them fit, and {plan.count} hold all participants", remedy)
    return red(f"{answer}: {fitting} of them fit, and all participants need {plan.count}", remedy)


def roles(case: Case) -> Named:
    """Whether the account has the service-linked role of Auto Scaling; nothing without workers.

    Auto Scaling makes the role for spot instances, AWSServiceRoleForEC2Spot, by itself:
    https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AutoScalingServiceRolePolicy.html
    """
    if case.plan.workers is None:
        return []
    signed_in(case)
    try:
        case.aws.call("iam", HOME_REGION, "get_role", RoleName=ROLE)
    except AwsRefusal as refusal:
        if refusal.aws_code != "NoSuchEntity":
            raise
        return [("service-linked roles", judge_role(found=False))]
    return [("service-linked roles", judge_role(found=True))]


def judge_role(*, found: bool) -> Verdict:
    """AWS makes the role at the account's first group, with the rights of whoever deploys."""
    if found:
        return green(f"the account has {ROLE}")
    return yellow(
        f"the account has no {ROLE} yet: AWS makes it at the first deploy with workers, if you may (see rights)",
        f"if that deploy fails, have it made once: `aws iam create-service-linked-role --aws-service-name {SERVICE}`",
    )


def disk_key(case: Case) -> Named:
    """Whether Auto Scaling can use the key with which this account encrypts disks; nothing without workers.

    https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
    """
    if case.plan.workers is None:
        return []
    require_region(case)
    key = str(case.aws.call("ec2", case.region, "get_ebs_default_kms_key_id")["KmsKeyId"])
    manager = "AWS"
    if not key.startswith("alias/aws/"):
        manager = str(case.aws.call("kms", case.region, "describe_key", KeyId=key)["KeyMetadata"]["KeyManager"])
    return [("workers' disks", judge_disk_key(key, manager))]


def judge_disk_key(key: str, manager: str) -> Verdict:
    """`manager` is AWS or CUSTOMER."""
    if manager == "AWS":
        return green("Auto Scaling can use AWS's own key for disks")
    return yellow(
        f"workers' disks are encrypted with a key of the account's own, {key}, which Auto Scaling may not use by itself",
        f"ask the people who run your AWS account that the key's policy lets {ROLE} use it (kms:CreateGrant, kms:Decrypt, "
        "kms:DescribeKey, kms:Encrypt, kms:GenerateDataKey*, kms:ReEncrypt*); without it no worker starts",
    )
