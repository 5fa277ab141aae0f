"""Quotas of an account in one region, and the few instance types of the free plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import EC2Backend
from moto.ec2.models.instance_types import INSTANCE_TYPES
from moto.ec2.responses.account_attributes import AccountAttributes
from moto.servicequotas.models import ServiceQuotasBackend

from lab.account_kinds import this_account
from lab.aws_rules.moto_patch import before, replace

# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html#ec2-on-demand-instances-limits
STANDARD_FAMILIES = "acdhimrtz"
# the answer of describe-instance-types with free-tier-eligible=true:
# https://github.com/aws-samples/eks-workshop-v2/issues/1644
FREE_TYPES = ("c7i-flex.large", "m7i-flex.large", "t3.micro", "t3.small", "t4g.micro", "t4g.small")
# codes from https://docs.aws.amazon.com/general/latest/gr/ec2-service.html and …/gr/vpc-service.html
VCPUS, SPOT_VCPUS, ADDRESSES, VPCS = "L-1216C47A", "L-34B43A08", "L-0263D0A3", "L-F678F1CE"
_NAMES = {
    VCPUS: ("ec2", "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances"),
    SPOT_VCPUS: ("ec2", "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests"),
    ADDRESSES: ("ec2", "EC2-VPC Elastic IPs"),
    VPCS: ("vpc", "VPCs per Region"),
}
_moto_get_service_quota = ServiceQuotasBackend.get_service_quota


def enforce() -> None:
    """Add the rules to moto's EC2, and the quotas to its Service Quotas."""
    before(EC2Backend, "run_instances", _check_run)
    before(EC2Backend, "start_instances", _check_start)
    # both messages: https://github.com/terraform-aws-modules/terraform-aws-vpc/issues/429
    before(EC2Backend, "allocate_address", _below("addresses", "AddressLimitExceeded", "addresses"))
    before(EC2Backend, "create_vpc", _below("vpcs", "VpcLimitExceeded", "VPCs"))

    def get_service_quota(self: Any, service_code: str, quota_code: str) -> dict[str, Any]:
        service, name = _NAMES.get(quota_code, ("", ""))
        if service != service_code:
            return _moto_get_service_quota(self, service_code, quota_code)
        account = this_account()
        values = {
            VCPUS: account.vcpus,
            SPOT_VCPUS: account.spot_vcpus,
            ADDRESSES: account.addresses,
            VPCS: account.vpcs,
        }
        where = f"arn:aws:servicequotas:{self.region_name}:{self.account_id}:{service}/{quota_code}"
        return {"ServiceCode": service, "QuotaCode": quota_code, "QuotaName": name, "QuotaArn": where} | {
            "Value": float(values[quota_code]), "Unit": "None", "Adjustable": True, "GlobalQuota": False,
        }  # fmt: skip

    replace(ServiceQuotasBackend, get_service_quota)
    _tell_attributes()


def _tell_attributes() -> None:
    """Correct the default VPC and the limit of addresses, which moto reports wrongly."""
    attributes = AccountAttributes.describe_account_attributes

    def describe_account_attributes(self: AccountAttributes) -> Any:
        result: Any = attributes(self)
        default = next((vpc.id for vpc in self.ec2_backend.vpcs.values() if vpc.is_default), "none")
        actual = {"default-vpc": default, "vpc-max-elastic-ips": str(this_account().addresses)}
        for each in result.result["AccountAttributes"]:
            if each["AttributeName"] in actual:
                each["AttributeValues"] = [{"AttributeValue": actual[each["AttributeName"]]}]
        return result

    replace(AccountAttributes, describe_account_attributes)


def _below(made: str, code: str, what: str) -> Callable[..., None]:
    def check(self: Any, *_: Any, is_default: bool = False, **__: Any) -> None:
        # moto creates the account's default VPC with the same call
        if not is_default and len(getattr(self, made)) >= getattr(this_account(), made):
            raise EC2ClientError(code, f"The maximum number of {what} has been reached.")

    return check


def _check_run(self: Any, image_id: str, count: int, *_: Any, **named: Any) -> None:
    spot = bool(named.get("instance_market_options"))
    _check(self, named.get("instance_type") or "m1.small", count, spot=spot)


def _check_start(self: Any, instance_ids: list[str]) -> None:
    for instance in self.get_multi_instances_by_id(instance_ids):
        if instance.state_code not in (0, 16):
            _check(self, instance.instance_type, 1, spot=instance.lifecycle == "spot")


def _check(backend: Any, instance_type: str, count: int, *, spot: bool) -> None:
    account = this_account()
    if account.free_plan and instance_type not in FREE_TYPES:
        # https://github.com/LinkedInLearning/learning-terraform-3087701/issues/345
        raise EC2ClientError(
            "InvalidParameterCombination",
            "The specified instance type is not eligible for Free Tier. For a list of Free Tier instance types, "
            "run 'describe-instance-types' with the filter 'free-tier-eligible=true'.",
        )
    alike = (each for each in backend.all_running_instances() if (each.lifecycle == "spot") == spot)
    running, limit = sum(map(_counted, alike)), account.spot_vcpus if spot else account.vcpus
    over = _standard_vcpus(instance_type) and running + count * _standard_vcpus(instance_type) > limit
    if over and spot:
        # https://github.com/aws/aws-parallelcluster/issues/1115
        raise EC2ClientError("MaxSpotInstanceCountExceeded", "Max spot instance count exceeded")
    if over:
        # https://github.com/bentoml/bentoctl/issues/202
        raise EC2ClientError(
            "VcpuLimitExceeded",
            f"You have requested more vCPU capacity than your current vCPU limit of {account.vcpus} allows for the "
            "instance bucket that the specified instance type belongs to. Please visit "
            "http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.",
        )


def _counted(instance: Any) -> int:
    return _standard_vcpus(instance.instance_type)


def _standard_vcpus(instance_type: str) -> int:
    """The vCPUs that count against the quota of standard families; 0 for other families, which have quotas of their own."""
    known = INSTANCE_TYPES.get(instance_type)
    if known is None or instance_type[0] not in STANDARD_FAMILIES:
        return 0
    return int(known["VCpuInfo"]["DefaultVCpus"])
