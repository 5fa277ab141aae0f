"""An event's DNS record, parameters, roles and policies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pophub.core.contract import EVENT_TAG, OFF_PAGE_RECORD, off_page_name, parameter_path, resource_name
from pophub.organizer.event_context import EventContext
from pophub.organizer.leftovers.resource import FREE, Resource, ResourceType, is_untagged, removed_by, tag_map

# Route 53 and IAM are global; they answer in this region
GLOBAL = "us-east-1"
ROLES = ("hub", "schedule", "budget", "worker")
PROFILES = ("hub", "worker")
POLICIES = ("no-start",)
# the TTL of stacks/dns.py; a record that somebody else created at the same name rarely has the same
RECORD_SECONDS = 60


def _records(context: EventContext) -> Iterator[Resource]:
    """Records that lead to the event's address, and those at its domain that lead to no address of this account here.

    A record has no tag. Only its address says which event it belongs to; an address of another region or account says
    nothing.
    """
    addresses = {
        entry["PublicIp"]: tag_map(entry.get("Tags")).get(EVENT_TAG, "")
        for entry in context.call("ec2", "describe_addresses")["Addresses"]
    }
    for zone in list(context.aws.pages("route53", GLOBAL, "list_hosted_zones", "HostedZones[]")):
        if zone["Config"].get("PrivateZone") or (context.zone and zone["Name"] != f"{context.zone}."):
            continue
        for record in context.aws.pages(
            "route53", GLOBAL, "list_resource_record_sets", "ResourceRecordSets[]", HostedZoneId=zone["Id"]
        ):
            if note := _of_the_off_page(context, record):
                yield Resource("record", record["Name"], FREE, note, entry={"zone": zone["Id"], "record": record})
            if record["Type"] != "A" or record.get("TTL") != RECORD_SECONDS:
                continue
            leads_to = [value["Value"] for value in record.get("ResourceRecords", ())]
            owners = {addresses[value] for value in leads_to if value in addresses}
            if owners == {context.event} or (not owners and record["Name"] == f"{context.domain}."):
                entry = {"zone": zone["Id"], "record": record}
                note = f"→ {', '.join(leads_to)}"
                leads_elsewhere = not all(value in addresses for value in leads_to)
                yield Resource("record", record["Name"], FREE, note, doubtful=leads_elsewhere, entry=entry)


def _of_the_off_page(context: EventContext, record: Mapping[str, Any]) -> str:
    """What an off page's record leads to or proves; empty for other records. Its name and form say whose it is."""
    if record["Type"] == "A" and record["Name"] == f"{context.domain}.":
        return f"→ {record['AliasTarget']['DNSName']}" if record.get("SetIdentifier") == OFF_PAGE_RECORD else ""
    # https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
    [proof, *_] = [value["Value"] for value in record.get("ResourceRecords", ())] or [""]
    is_proof = (
        record["Name"].endswith(f".{context.domain}.") and record["Name"].count(".") == context.domain.count(".") + 2
    )
    return "proves its certificate" if is_proof and proof.rstrip(".").endswith(".acm-validations.aws") else ""


def _delete_record(context: EventContext, resource: Resource) -> None:
    changes = {"Changes": [{"Action": "DELETE", "ResourceRecordSet": resource.entry["record"]}]}
    context.aws.call(
        "route53", GLOBAL, "change_resource_record_sets", HostedZoneId=resource.entry["zone"], ChangeBatch=changes
    )


def _parameters(context: EventContext) -> Iterator[Resource]:
    below = [{"Key": "Path", "Option": "Recursive", "Values": [parameter_path(context.event)]}]
    for entry in context.all("ssm", "describe_parameters", "Parameters[]", ParameterFilters=below):
        whose = {"ResourceType": "Parameter", "ResourceId": entry["Name"]}
        tags = tag_map(context.call("ssm", "list_tags_for_resource", **whose)["TagList"])
        if context.is_ours(tags, named=True):
            cost = FREE if entry.get("Tier", "Standard") == "Standard" else None
            yield Resource("parameter", entry["Name"], cost, doubtful=is_untagged(tags))


def _profiles(context: EventContext) -> Iterator[Resource]:
    exact = {resource_name(context.event, part) for part in PROFILES}
    for name in list(context.all("iam", "list_instance_profiles", "InstanceProfiles[].InstanceProfileName")):
        if not name.startswith(context.name):
            continue
        # list_instance_profiles returns no tags
        entry = context.call("iam", "get_instance_profile", InstanceProfileName=name)["InstanceProfile"]
        tags = tag_map(entry.get("Tags"))
        if context.is_ours(tags, named=name in exact):
            yield Resource("instance profile", name, FREE, doubtful=is_untagged(tags), entry=entry)


def _delete_profile(context: EventContext, resource: Resource) -> None:
    for role in resource.entry["Roles"]:
        names = {"InstanceProfileName": resource.id, "RoleName": role["RoleName"]}
        context.call("iam", "remove_role_from_instance_profile", **names)
    context.call("iam", "delete_instance_profile", InstanceProfileName=resource.id)


def _roles(context: EventContext) -> Iterator[Resource]:
    exact = {resource_name(context.event, part) for part in ROLES}
    for name in [entry["RoleName"] for entry in context.all("iam", "list_roles", "Roles[]")]:
        if not name.startswith(context.name):
            continue
        tags = tag_map(context.call("iam", "list_role_tags", RoleName=name)["Tags"])
        # the budget's limit is a part of this role's name
        named = name in exact or name.startswith(f"{off_page_name(context.event)}-")
        if context.is_ours(tags, named=named):
            yield Resource("role", name, FREE, doubtful=is_untagged(tags))


def _delete_role(context: EventContext, resource: Resource) -> None:
    role = {"RoleName": resource.id}
    for policy in list(context.all("iam", "list_role_policies", "PolicyNames[]", **role)):
        context.call("iam", "delete_role_policy", PolicyName=policy, **role)
    for policy in list(context.all("iam", "list_attached_role_policies", "AttachedPolicies[].PolicyArn", **role)):
        context.call("iam", "detach_role_policy", PolicyArn=policy, **role)
    context.call("iam", "delete_role", **role)


def _policies(context: EventContext) -> Iterator[Resource]:
    exact = {resource_name(context.event, part) for part in POLICIES}
    for entry in list(context.all("iam", "list_policies", "Policies[]", Scope="Local")):
        if not (name := entry["PolicyName"]).startswith(context.name):
            continue
        tags = tag_map(context.call("iam", "list_policy_tags", PolicyArn=entry["Arn"])["Tags"])
        if context.is_ours(tags, named=name in exact):
            yield Resource("policy", name, FREE, doubtful=is_untagged(tags), entry=entry)


def _delete_policy(context: EventContext, resource: Resource) -> None:
    policy = {"PolicyArn": resource.entry["Arn"]}
    for role in list(context.all("iam", "list_entities_for_policy", "PolicyRoles[].RoleName", **policy)):
        context.call("iam", "detach_role_policy", RoleName=role, **policy)
    for version in list(context.all("iam", "list_policy_versions", "Versions[]", **policy)):
        if not version["IsDefaultVersion"]:
            context.call("iam", "delete_policy_version", VersionId=version["VersionId"], **policy)
    context.call("iam", "delete_policy", **policy)


# removed before the addresses that they lead to
RECORDS = (ResourceType("record", _records, _delete_record),)
ACCESS = (
    ResourceType("parameter", _parameters, removed_by("ssm", "delete_parameter", "Name")),
    ResourceType("instance profile", _profiles, _delete_profile),
    ResourceType("role", _roles, _delete_role),
    ResourceType("policy", _policies, _delete_policy),
)
