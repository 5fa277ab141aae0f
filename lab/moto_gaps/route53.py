"""Route 53: of the records with a set identifier, moto deletes every one in the zone that has the same."""

from __future__ import annotations

from typing import Any

from moto.route53.models import FakeZone, Route53Backend

_moto_change = Route53Backend.change_resource_record_sets


def change_resource_record_sets(self: Route53Backend, zoneid: str, change_list: list[dict[str, Any]]) -> None:
    """Delete the records that are meant, and leave all else to moto."""
    zone, others = self.get_hosted_zone(zoneid), list[dict[str, Any]]()
    for change in change_list:
        record = change["ResourceRecordSet"]
        if change["Action"] == "DELETE" and record.get("SetIdentifier"):
            _delete(zone, record)
        else:
            others.append(change)
    _moto_change(self, zoneid, others)


def _delete(zone: FakeZone, record: dict[str, Any]) -> None:
    key = (record["Name"].rstrip("."), record["Type"], record["SetIdentifier"])
    zone.rrsets = [each for each in zone.rrsets if (each.name.rstrip("."), each.type, each.set_identifier) != key]


def close_gaps() -> None:
    """Add the method to moto's class."""
    setattr(Route53Backend, change_resource_record_sets.__name__, change_resource_record_sets)
