"""Route 53: a record can be created only once, and a CNAME is the only record of its name. moto allows a second one.

Records of one name and type are either one without a set identifier or several with one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from moto.route53.exceptions import Route53ClientError
from moto.route53.models import Route53Backend

from lab.aws_rules.moto_patch import before

# name, type and set identifier
_Key = tuple[str, str, str | None]


def enforce() -> None:
    """Add the rule to moto's Route 53."""
    before(Route53Backend, "change_resource_record_sets", _check)


def _check(self: Any, zoneid: str, change_list: Sequence[dict[str, Any]]) -> None:
    """All changes of a batch are made, or none.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
    """
    zone = self.get_hosted_zone(zoneid)
    there: set[_Key] = {(_full(each.name), each.type, each.set_identifier) for each in zone.rrsets}
    problems = [problem for change in change_list if (problem := _apply(change, there, zone.name))]
    if problems:
        raise Route53ClientError("InvalidChangeBatch", f"[{', '.join(problems)}]")


def _apply(change: dict[str, Any], there: set[_Key], zone: str) -> str | None:
    """The error of this change, made after the earlier ones; None if it is allowed."""
    record, action = change["ResourceRecordSet"], change["Action"]
    key: _Key = (_full(record["Name"]), record["Type"], record.get("SetIdentifier"))
    which = f"resource record set [name='{key[0]}', type='{key[1]}'{_set(key)}]"
    if action == "DELETE":
        if key not in there:
            # https://github.com/boto/boto/issues/2887
            return f"Tried to delete {which} but it was not found"
        there.remove(key)
        return None
    if action == "CREATE" and key in there:
        # https://github.com/kinvolk-archives/lokomotive-kubernetes/issues/181
        return f"Tried to create {which} but it already exists"
    if problem := _beside_others(key, there, zone):
        return problem
    there.add(key)
    return None


def _beside_others(key: _Key, there: set[_Key], zone: str) -> str | None:
    """The error of a record that cannot stand beside those of its name."""
    name, type_, identifier = key
    others = {other for other_name, other, _ in there if other_name == name} - {type_}
    if type_ == "CNAME" and others:
        # https://github.com/ansible-collections/amazon.aws/issues/2694
        return (
            f"RRSet of type CNAME with DNS name {name} is not permitted as it conflicts with other records with the "
            f"same DNS name in zone {zone}"
        )
    if "CNAME" in others:
        # two spaces before CNAME, as in AWS's message: https://github.com/boto/boto3/issues/1475
        return (
            f"RRSet of type {type_} with DNS name {name} is not permitted because a conflicting RRSet of type  CNAME "
            f"with the same DNS name already exists in zone {zone}"
        )
    alike = {each[2] for each in there if each[:2] == key[:2]} - {identifier}
    if identifier and None in alike:
        # https://github.com/kubernetes-sigs/external-dns/issues/4345, of weighted records
        return (
            f"RRSet with DNS name {name}, type {type_}, SetIdentifier {identifier} cannot be created as a non-failover "
            "set exists with the same name and type."
        )
    if alike and not identifier:
        # https://github.com/chef-boneyard/route53/issues/100
        return f"RRSet with DNS name {name}, type {type_} cannot be created as other RRSets exist with the same name and type."
    return None


def _set(key: _Key) -> str:
    return f", set-identifier='{key[2]}'" if key[2] else ""


def _full(name: str) -> str:
    return name.lower().removesuffix(".") + "."
