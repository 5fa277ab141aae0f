"""An event's DNS record, parameters, roles and policies."""

from __future__ import annotations

from collections.abc import Iterator

from pophub.core.contract import EVENT_TAG, parameter_path, resource_name
from pophub.organizer.leftovers.thing import FREE, Kind, Scope, Thing, is_untagged, tag_map

# Route 53 and IAM are global; they answer in this region
GLOBAL = "us-east-1"
ROLES = ("hub", "schedule", "budget")
PROFILES = ("hub",)
POLICIES = ("no-start",)
# the TTL of stacks/dns.py; a record that somebody else created at the same name rarely has the same
RECORD_SECONDS = 60


def _records(scope: Scope) -> Iterator[Thing]:
    """Records that lead to the event's address, and those at its domain that lead to no address of this account here.

    A record has no tag. Only its address says which event it belongs to; an address of another region or account says
    nothing.
    """
    addresses = {
        entry["PublicIp"]: tag_map(entry.get("Tags")).get(EVENT_TAG, "")
        for entry in scope.call("ec2", "describe_addresses")["Addresses"]
    }
    for zone in list(scope.aws.pages("route53", GLOBAL, "list_hosted_zones", "HostedZones[]")):
        if zone["Config"].get("PrivateZone") or (scope.zone and zone["Name"] != f"{scope.zone}."):
            continue
        for record in scope.aws.pages(
            "route53", GLOBAL, "list_resource_record_sets", "ResourceRecordSets[]", HostedZoneId=zone["Id"]
        ):
            if record["Type"] != "A" or record.get("TTL") != RECORD_SECONDS:
                continue
            leads_to = [value["Value"] for value in record.get("ResourceRecords", ())]
            owners = {addresses[value] for value in leads_to if value in addresses}
            if owners == {scope.event} or (not owners and record["Name"] == f"{scope.domain}."):
                entry = {"zone": zone["Id"], "record": record}
                note = f"→ {', '.join(leads_to)}"
                leads_elsewhere = not all(value in addresses for value in leads_to)
                yield Thing("record", record["Name"], FREE, note, doubtful=leads_elsewhere, entry=entry)


def _delete_record(scope: Scope, thing: Thing) -> None:
    changes = {"Changes": [{"Action": "DELETE", "ResourceRecordSet": thing.entry["record"]}]}
    scope.aws.call(
        "route53", GLOBAL, "change_resource_record_sets", HostedZoneId=thing.entry["zone"], ChangeBatch=changes
    )


def _parameters(scope: Scope) -> Iterator[Thing]:
    below = [{"Key": "Path", "Option": "Recursive", "Values": [parameter_path(scope.event)]}]
    for entry in scope.all("ssm", "describe_parameters", "Parameters[]", ParameterFilters=below):
        whose = {"ResourceType": "Parameter", "ResourceId": entry["Name"]}
        tags = tag_map(scope.call("ssm", "list_tags_for_resource", **whose)["TagList"])
        if scope.is_ours(tags, named=True):
            cost = FREE if entry.get("Tier", "Standard") == "Standard" else None
            yield Thing("parameter", entry["Name"], cost, doubtful=is_untagged(tags))


def _delete_parameter(scope: Scope, thing: Thing) -> None:
    scope.call("ssm", "delete_parameter", Name=thing.id)


def _profiles(scope: Scope) -> Iterator[Thing]:
    exact = {resource_name(scope.event, part) for part in PROFILES}
    for name in list(scope.all("iam", "list_instance_profiles", "InstanceProfiles[].InstanceProfileName")):
        if not name.startswith(scope.name):
            continue
        # list_instance_profiles returns no tags
        entry = scope.call("iam", "get_instance_profile", InstanceProfileName=name)["InstanceProfile"]
        tags = tag_map(entry.get("Tags"))
        if scope.is_ours(tags, named=name in exact):
            yield Thing("instance profile", name, FREE, doubtful=is_untagged(tags), entry=entry)


def _delete_profile(scope: Scope, thing: Thing) -> None:
    for role in thing.entry["Roles"]:
        names = {"InstanceProfileName": thing.id, "RoleName": role["RoleName"]}
        scope.call("iam", "remove_role_from_instance_profile", **names)
    scope.call("iam", "delete_instance_profile", InstanceProfileName=thing.id)


def _roles(scope: Scope) -> Iterator[Thing]:
    exact = {resource_name(scope.event, part) for part in ROLES}
    for name in [entry["RoleName"] for entry in scope.all("iam", "list_roles", "Roles[]")]:
        if not name.startswith(scope.name):
            continue
        tags = tag_map(scope.call("iam", "list_role_tags", RoleName=name)["Tags"])
        if scope.is_ours(tags, named=name in exact):
            yield Thing("role", name, FREE, doubtful=is_untagged(tags))


def _delete_role(scope: Scope, thing: Thing) -> None:
    role = {"RoleName": thing.id}
    for policy in list(scope.all("iam", "list_role_policies", "PolicyNames[]", **role)):
        scope.call("iam", "delete_role_policy", PolicyName=policy, **role)
    for policy in list(scope.all("iam", "list_attached_role_policies", "AttachedPolicies[].PolicyArn", **role)):
        scope.call("iam", "detach_role_policy", PolicyArn=policy, **role)
    scope.call("iam", "delete_role", **role)


def _policies(scope: Scope) -> Iterator[Thing]:
    exact = {resource_name(scope.event, part) for part in POLICIES}
    for entry in list(scope.all("iam", "list_policies", "Policies[]", Scope="Local")):
        if not (name := entry["PolicyName"]).startswith(scope.name):
            continue
        tags = tag_map(scope.call("iam", "list_policy_tags", PolicyArn=entry["Arn"])["Tags"])
        if scope.is_ours(tags, named=name in exact):
            yield Thing("policy", name, FREE, doubtful=is_untagged(tags), entry=entry)


def _delete_policy(scope: Scope, thing: Thing) -> None:
    policy = {"PolicyArn": thing.entry["Arn"]}
    for role in list(scope.all("iam", "list_entities_for_policy", "PolicyRoles[].RoleName", **policy)):
        scope.call("iam", "detach_role_policy", RoleName=role, **policy)
    for version in list(scope.all("iam", "list_policy_versions", "Versions[]", **policy)):
        if not version["IsDefaultVersion"]:
            scope.call("iam", "delete_policy_version", VersionId=version["VersionId"], **policy)
    scope.call("iam", "delete_policy", **policy)


# removed before the addresses that they lead to
RECORDS = (Kind("record", _records, _delete_record),)
ACCESS = (
    Kind("parameter", _parameters, _delete_parameter),
    Kind("instance profile", _profiles, _delete_profile),
    Kind("role", _roles, _delete_role),
    Kind("policy", _policies, _delete_policy),
)
