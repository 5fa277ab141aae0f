"""Route 53 makes a record once."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from lab.account_kinds import ORDINARY
from tests.lab.aws_rules.conftest import Accounts

VALUES = {"A": "192.0.2.1", "AAAA": "2001:db8::1", "CNAME": "elsewhere.example."}


class Zone:
    """A zone, and one way to change it."""

    def __init__(self, route53: Any) -> None:
        self._route53 = route53
        self.id = route53.create_hosted_zone(Name="records.example", CallerReference="records")["HostedZone"]["Id"]

    def change(self, *changes: tuple[str, str, str]) -> None:
        """Action, name and type of each."""
        batch = [
            {
                "Action": action,
                "ResourceRecordSet": {
                    "Name": f"{name}.records.example",
                    "Type": type_,
                    "TTL": 60,
                    "ResourceRecords": [{"Value": VALUES[type_]}],
                },
            }
            for action, name, type_ in changes
        ]
        self.change_all(*batch)

    def change_all(self, *batch: dict[str, Any]) -> None:
        """Changes as Route 53 takes them."""
        self._route53.change_resource_record_sets(HostedZoneId=self.id, ChangeBatch={"Changes": list(batch)})

    def count(self) -> int:
        return len(self._route53.list_resource_record_sets(HostedZoneId=self.id)["ResourceRecordSets"])


@pytest.fixture(scope="module")
def zone(account_of: Accounts) -> Zone:
    return Zone(account_of(ORDINARY).client("route53", "us-east-1"))


@pytest.mark.parametrize("type_", ["A", "CNAME"])
def test_a_second_one_is_refused_and_an_upsert_is_not(zone: Zone, type_: str) -> None:
    name = f"twice-{type_.lower()}"
    zone.change(("CREATE", name, type_))
    with pytest.raises(
        ClientError, match=rf"InvalidChangeBatch.*name='{name}.records.example.', type='{type_}'.*already"
    ):
        zone.change(("CREATE", name, type_))

    zone.change(("UPSERT", name, type_))


def test_a_cname_stands_alone_at_its_name(zone: Zone) -> None:
    zone.change(("CREATE", "alias", "CNAME"))
    with pytest.raises(ClientError, match=r"InvalidChangeBatch.*conflicting RRSet of type  CNAME"):
        zone.change(("UPSERT", "alias", "A"))
    zone.change(("CREATE", "host", "A"))
    with pytest.raises(ClientError, match=r"InvalidChangeBatch.*conflicts with other records"):
        zone.change(("CREATE", "host", "CNAME"))

    zone.change(("CREATE", "host", "AAAA"))


def test_a_batch_is_made_whole_or_not_at_all(zone: Zone) -> None:
    zone.change(("CREATE", "batch", "A"))
    before = zone.count()
    with pytest.raises(ClientError, match="already exists"):
        zone.change(("CREATE", "other", "A"), ("CREATE", "batch", "A"))
    assert zone.count() == before

    zone.change(("DELETE", "batch", "A"), ("CREATE", "batch", "CNAME"))


def test_what_is_not_there_cannot_be_deleted(zone: Zone) -> None:
    with pytest.raises(ClientError, match=r"InvalidChangeBatch.*but it was not found"):
        zone.change(("DELETE", "never", "A"))


def test_two_public_zones_may_have_one_name(account_of: Accounts) -> None:
    aws = account_of(ORDINARY)

    assert aws.add_zone("double.example") != aws.add_zone("double.example")


def failover(action: str, identifier: str | None) -> dict[str, Any]:
    more = {"SetIdentifier": identifier, "Failover": "PRIMARY"} if identifier else {}
    record = {"Name": "hub.records.example", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": VALUES["A"]}]}
    return {"Action": action, "ResourceRecordSet": record | more}


def test_a_name_has_one_record_or_several_that_are_told_apart(zone: Zone) -> None:
    zone.change_all(failover("CREATE", None))
    with pytest.raises(ClientError, match=r"SetIdentifier hub cannot be created as a non-failover set exists"):
        zone.change_all(failover("CREATE", "hub"))
    zone.change_all(failover("DELETE", None), failover("CREATE", "hub"))
    with pytest.raises(ClientError, match=r"cannot be created as other RRSets exist with the same name and type"):
        zone.change_all(failover("UPSERT", None))

    zone.change_all(failover("UPSERT", "hub"))


def test_one_of_several_is_deleted_alone(zone: Zone) -> None:
    first, second = failover("CREATE", "one"), failover("CREATE", "one")
    first["ResourceRecordSet"]["Name"] = "left.records.example"
    second["ResourceRecordSet"] |= {"Name": "right.records.example"}
    zone.change_all(first, second)
    before = zone.count()

    zone.change_all(first | {"Action": "DELETE"})

    assert zone.count() == before - 1
