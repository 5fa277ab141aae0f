"""Questions about the account's quotas: processors, addresses and networks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pophub.core.contract import EVENT_TAG
from pophub.organizer.doctor.account import require_region
from pophub.organizer.doctor.case import Case
from pophub.organizer.doctor.finding import Verdict, counted, green, red, unknown

# instance family → quota code; the longest prefix that matches counts:
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-on-demand-instances.html
# https://docs.aws.amazon.com/general/latest/gr/ec2-service.html
STANDARD = "L-1216C47A"
FAMILIES: dict[str, str | None] = {
    **dict.fromkeys(("a", "c", "d", "h", "i", "m", "r", "t", "z"), STANDARD),
    **dict.fromkeys(("g", "gr", "vt"), "L-DB2E81BA"),
    "p": "L-417A185B",
    "f": "L-74FC7D96",
    "x": "L-7295265B",
    "u": "L-43DA4232",
    "dl": "L-6E869C2A",
    "inf": "L-1945791B",
    "trn": "L-2C3B7624",
    "hpc": "L-F7808C92",
    # these run only on dedicated hosts
    "mac": None,
}
# by the quota of the same families on demand: https://docs.aws.amazon.com/general/latest/gr/ec2-service.html
SPOT = {
    STANDARD: "L-34B43A08",
    "L-DB2E81BA": "L-3819A6DF",
    "L-417A185B": "L-7212CCBC",
    "L-74FC7D96": "L-88CF9481",
    "L-7295265B": "L-E3A00192",
    "L-6E869C2A": "L-85EED4F7",
    "L-1945791B": "L-B5D1601B",
    "L-2C3B7624": "L-6B0D517C",
}
ADDRESSES, NETWORKS = ("ec2", "L-0263D0A3"), ("vpc", "L-F678F1CE")
CONSOLE = "https://console.aws.amazon.com/servicequotas/home/services"
RUNNING = ("pending", "running")


def quota_of(instance_type: str, *, spot: bool = False) -> str | None:
    """The code of the quota that a machine counts against; None for an unknown family, or one without spot instances."""
    known = [family for family in FAMILIES if instance_type.startswith(family)]
    code = FAMILIES[max(known, key=len)] if known else None
    return SPOT.get(code or "") if spot else code


def counts(instance: Mapping[str, Any], code: str) -> bool:
    """Whether a running machine counts against this quota; all but On-Demand machines have an InstanceLifecycle.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html
    """
    lifecycle = instance.get("InstanceLifecycle", "")
    return lifecycle in ("", "spot") and quota_of(instance["InstanceType"], spot=bool(lifecycle)) == code


def processors(case: Case) -> Verdict:
    """Whether the event's machine fits into the account's quota together with the machines that run already."""
    require_region(case)
    wanted = case.plan.instance_type
    code = quota_of(wanted)
    if code is None:
        return unknown(f"which quota {wanted} counts against is not known here", f"look it up: {CONSOLE}/ec2/quotas")
    limit = limit_of(case, "ec2", code)
    others = [each["InstanceType"] for each in running(case) if not is_of(case.event.name, each) and counts(each, code)]
    vcpus = vcpus_of(case, {wanted, *others})
    used = sum(vcpus[each] for each in others)
    return judge_processors(wanted, vcpus[wanted], limit, used, ask_for(case, "ec2", code))


def judge_processors(instance_type: str, needed: int, limit: int, used: int, where: str) -> Verdict:
    """`used` are vCPUs of other machines that count against the same quota."""
    free = limit - used
    beside = f", of which other machines use {used}" if used else ""
    if needed <= free:
        return green(f"{instance_type} takes {needed} of {limit} vCPUs{beside}")
    return red(
        f"{instance_type} needs {needed} vCPUs, and this account may run {limit} at once{beside}",
        f"ask AWS for {needed + used} (an answer may take days): {where}; until then a smaller machine: fewer "
        "`participants`, less `server.memory_gib`",
    )


def addresses(case: Case) -> Verdict:
    """Whether the account may have one more Elastic IP."""
    require_region(case)
    found = case.aws.call("ec2", case.region, "describe_addresses")["Addresses"]
    return judge_count("Elastic IP", found, limit_of(case, *ADDRESSES), case.event.name, ask_for(case, *ADDRESSES))


def networks(case: Case) -> Verdict:
    """Whether the account may have one more VPC."""
    require_region(case)
    found = list(case.aws.pages("ec2", case.region, "describe_vpcs", "Vpcs[]"))
    return judge_count("VPC", found, limit_of(case, *NETWORKS), case.event.name, ask_for(case, *NETWORKS))


def judge_count(noun: str, found: Iterable[Mapping[str, Any]], limit: int, event: str, where: str) -> Verdict:
    """An event needs one; if it has one from an earlier deploy, it needs no other."""
    everything = list(found)
    if any(is_of(event, each) for each in everything):
        return green(f"the event has its {noun}")
    used = f"{counted(len(everything), noun)} of {limit} in use"
    if len(everything) < limit:
        return green(used)
    return red(f"{used}, and the event needs one more", f"release one that is not needed, or ask AWS for more: {where}")


def is_of(event: str, resource: Mapping[str, Any]) -> bool:
    """Whether a resource has the event's tag."""
    return any(tag["Key"] == EVENT_TAG and tag["Value"] == event for tag in resource.get("Tags", ()))


def limit_of(case: Case, service: str, code: str) -> int:
    """The account's value of a quota."""
    quota = case.aws.call("service-quotas", case.region, "get_service_quota", ServiceCode=service, QuotaCode=code)
    return int(quota["Quota"]["Value"])


def running(case: Case) -> list[dict[str, Any]]:
    """The machines that run in the region, or are about to."""
    states = [{"Name": "instance-state-name", "Values": list(RUNNING)}]
    return list(case.aws.pages("ec2", case.region, "describe_instances", "Reservations[].Instances[]", Filters=states))


def vcpus_of(case: Case, instance_types: Iterable[str]) -> dict[str, int]:
    """The processors of each of these types."""
    found = case.aws.call("ec2", case.region, "describe_instance_types", InstanceTypes=sorted(instance_types))
    return {each["InstanceType"]: int(each["VCpuInfo"]["DefaultVCpus"]) for each in found["InstanceTypes"]}


def ask_for(case: Case, service: str, code: str) -> str:
    """Where an organizer asks for more."""
    return f"{CONSOLE}/{service}/quotas/{code}?region={case.region}"
