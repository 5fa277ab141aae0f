"""The zone, its delegation, records in the way, and who may issue certificates: judged from facts, and in the lab."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pytest

from lab.account_kinds import ORDINARY
from lab.aws import LabAws
from lab.dns import LabDns
from pophub.core.contract import OFF_PAGE_RECORD
from pophub.organizer.doctor import zone
from pophub.organizer.doctor.finding import Colour
from pophub.organizer.outside.dns import Caa
from tests.pophub.organizer.doctor.conftest import ZONE, MakeCase

DOMAIN = "hub.geohackweek.example.org"
PUBLIC = {"Id": "/hostedzone/Z1", "Config": {"PrivateZone": False}}
PRIVATE = {"Id": "/hostedzone/Z2", "Config": {"PrivateZone": True}}
HUB_RECORD = {"Type": "A", "SetIdentifier": "hub", "ResourceRecords": [{"Value": "192.0.2.1"}]}
OFF_RECORD = {"Type": "A", "SetIdentifier": OFF_PAGE_RECORD, "AliasTarget": {"DNSName": "d-1.execute-api.example."}}
OURS = frozenset({"ns-1.awsdns.example", "ns-2.awsdns.example"})


@pytest.mark.parametrize(
    ("found", "colour", "words"),
    [
        ([PUBLIC], Colour.GREEN, "a public zone"),
        ([PUBLIC, PRIVATE], Colour.GREEN, "a public zone"),
        ([], Colour.RED, "is not a zone of this account"),
        ([PRIVATE], Colour.RED, "is only a private zone"),
        ([PUBLIC, PUBLIC | {"Id": "/hostedzone/Z3"}], Colour.RED, "2 public zones example.org: Z1, Z3"),
    ],
)
def test_an_event_needs_one_public_zone(found: list[dict[str, object]], colour: Colour, words: str) -> None:
    verdict = zone.judge_zone("example.org", found)

    assert verdict.colour is colour
    assert words in verdict.answer


@pytest.mark.parametrize(
    ("seen", "colour", "words"),
    [
        (OURS, Colour.GREEN, "the zone's own 2 name servers"),
        (frozenset(), Colour.RED, "is not delegated"),
        (None, Colour.RED, "do not answer for example.org"),
        (frozenset({"ns.parking.example"}), Colour.RED, "other name servers: ns.parking.example"),
        (OURS | {"ns.old.example"}, Colour.YELLOW, "not all and only the zone's own"),
    ],
)
def test_the_world_must_be_sent_to_the_zones_own_name_servers(
    seen: frozenset[str] | None, colour: Colour, words: str
) -> None:
    verdict = zone.judge_delegation("example.org", OURS, seen)

    assert verdict.colour is colour
    assert words in verdict.answer
    assert not verdict.next_step or "ns-1.awsdns.example" in verdict.next_step


@pytest.mark.parametrize(
    ("records", "own", "colour"),
    [
        ([], [], Colour.GREEN),
        ([{"Type": "TXT", "ResourceRecords": [{"Value": '"x"'}]}], [], Colour.GREEN),
        ([{"Type": "A", "ResourceRecords": [{"Value": "192.0.2.1"}]}], ["192.0.2.1"], Colour.GREEN),
        ([HUB_RECORD, OFF_RECORD], ["192.0.2.1"], Colour.GREEN),
        ([OFF_RECORD], [], Colour.RED),
        ([{"Type": "A", "ResourceRecords": [{"Value": "192.0.2.9"}]}], ["192.0.2.1"], Colour.RED),
        ([{"Type": "AAAA", "ResourceRecords": [{"Value": "2001:db8::1"}]}], [], Colour.RED),
        ([{"Type": "CNAME", "ResourceRecords": [{"Value": "pages.example"}]}], [], Colour.RED),
        ([{"Type": "A", "AliasTarget": {"DNSName": "d1.cloudfront.example."}}], [], Colour.RED),
        ([{"Type": "NS", "ResourceRecords": [{"Value": "ns.elsewhere.example"}]}], [], Colour.RED),
    ],
)
def test_no_foreign_record_stands_in_the_way(records: list[dict[str, object]], own: list[str], colour: Colour) -> None:
    assert zone.judge_record(DOMAIN, ZONE, records, own).colour is colour


def test_the_name_servers_of_the_zone_itself_are_not_in_the_way() -> None:
    servers = {"Type": "NS", "ResourceRecords": [{"Value": "ns-1.awsdns.example"}]}

    assert zone.judge_record(ZONE, ZONE, [servers], []).colour is Colour.GREEN


BOTH = ("Let's Encrypt", "Amazon")


@pytest.mark.parametrize(
    ("rules", "lacks"),
    [
        ([], ()),
        (["letsencrypt.org", "amazon.com"], ()),
        (["letsencrypt.org; validationmethods=http-01,dns-01", "digicert.com", "amazontrust.com"], ()),
        (["letsencrypt.org"], ("Amazon",)),
        (["awstrust.com"], ("Let's Encrypt",)),
        (["letsencrypt.org; validationmethods=dns-01", "amazonaws.com"], ("Let's Encrypt",)),
        (["letsencrypt.org; accounturi=https://acme.example/1", "amazon.com"], ("Let's Encrypt",)),
        (["digicert.com"], BOTH),
        ([";"], BOTH),
    ],
)
def test_the_nearest_caa_records_decide_who_issues_certificates(rules: list[str], lacks: tuple[str, ...]) -> None:
    verdict = zone.judge_certificates("example.org", [Caa("issue", value) for value in rules], BOTH)

    assert verdict.colour is (Colour.RED if lacks else Colour.GREEN)
    assert [each for each in BOTH if f"gets none from {each}" in verdict.answer] == list(lacks)
    # at the event's own zone the records replace those of above, so all are named
    assert not lacks or '`CAA 0 issue "letsencrypt.org"` and `CAA 0 issue "amazon.com"`' in verdict.next_step
    assert ("mode: files" in verdict.next_step) is (lacks == ("Let's Encrypt",))


@pytest.mark.parametrize("rule", [Caa("iodef", "mailto:security@example.org"), Caa("issuewild", ";")])
def test_caa_records_of_other_matters_forbid_nothing(rule: Caa) -> None:
    assert zone.judge_certificates("example.org", [rule], BOTH).colour is Colour.GREEN


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("acme", "Let's Encrypt and Amazon may issue"),
        ("files, certificate: /c.pem, key: /k.pem", "Amazon may issue"),
        ("none", "not needed: `tls.mode` is none"),
    ],
)
def test_who_issues_no_certificate_needs_no_leave(
    make_case: MakeCase, example_in: Callable[[str, str], str], lab_dns: LabDns, mode: str, words: str
) -> None:
    case = make_case(name=example_in("{mode: acme}", f"{{mode: {mode}}}"), resolver=lab_dns.server)

    assert zone.certificates(case).answer.startswith(words)


def test_in_the_lab_everything_is_green(make_case: MakeCase, lab_dns: LabDns) -> None:
    case = make_case(resolver=lab_dns.server)

    for ask in (zone.zone, zone.delegation, zone.record, zone.certificates):
        assert ask(case).colour is Colour.GREEN, ask


def test_a_certificate_rule_of_a_domain_above_counts(make_case: MakeCase) -> None:
    with LabDns({"example.org": {"CAA": ['0 issue "sectigo.com"']}, ZONE: {"NS": ["a.example."]}}) as dns:
        verdict = zone.certificates(make_case(resolver=dns.server))

    assert verdict.answer.startswith("the CAA records of example.org let only sectigo.com issue certificates: ")


def test_no_resolver_hears_of_the_domain_before_its_record_exists(make_case: MakeCase, lab_dns: LabDns) -> None:
    case = make_case(resolver=lab_dns.server)

    for ask in (zone.zone, zone.delegation, zone.record, zone.certificates):
        ask(case)

    assert ZONE in lab_dns.asked
    assert DOMAIN not in lab_dns.asked


def add_record(aws: LabAws, record: Mapping[str, Any]) -> None:
    route53 = aws.client("route53", "us-east-1")
    [found] = route53.list_hosted_zones_by_name(DNSName=ZONE, MaxItems="1")["HostedZones"]
    change = {"Action": "CREATE", "ResourceRecordSet": record}
    route53.change_resource_record_sets(HostedZoneId=found["Id"], ChangeBatch={"Changes": [change]})


def test_a_certificate_rule_at_the_domain_itself_counts(
    make_case: MakeCase, accounts: Callable[..., LabAws], example_in: Callable[[str, str], str], lab_dns: LabDns
) -> None:
    rule = {"Name": f"ruled.{ZONE}", "Type": "CAA", "TTL": 60, "ResourceRecords": [{"Value": '0 issue "sectigo.com"'}]}
    add_record(accounts(ORDINARY), rule)

    verdict = zone.certificates(make_case(name=example_in(DOMAIN, f"ruled.{ZONE}"), resolver=lab_dns.server))

    assert verdict.answer.startswith(f"the CAA records of ruled.{ZONE} let only sectigo.com issue certificates: ")


def test_a_lost_record_of_amazons_certificate_is_written_by_the_next_deploy(
    make_case: MakeCase, accounts: Callable[..., LabAws], example_in: Callable[[str, str], str], lab_dns: LabDns
) -> None:
    domain = f"deployed.{ZONE}"
    case = partial(make_case, name=example_in(DOMAIN, domain), resolver=lab_dns.server)
    to_off_page = {"HostedZoneId": "Z1", "DNSName": "d-1.execute-api.example.", "EvaluateTargetHealth": False}
    failover = {"SetIdentifier": OFF_PAGE_RECORD, "Failover": "SECONDARY", "AliasTarget": to_off_page}
    add_record(accounts(ORDINARY), {"Name": domain, "Type": "A", **failover})
    lost = zone.certificates(case())
    proof = {"Name": f"_a1.{domain}", "Type": "CNAME", "ResourceRecords": [{"Value": "_b2.xyz.acm-validations.aws."}]}
    add_record(accounts(ORDINARY), {**proof, "TTL": 60})

    assert (lost.colour, lost.next_step) == (Colour.YELLOW, "deploy again: that writes the record")
    assert zone.certificates(case()).colour is Colour.GREEN


def test_a_lame_delegation_is_red_and_no_network_is_not(make_case: MakeCase) -> None:
    with LabDns({"example.org": {"NS": ["a.example."]}}, lame=[ZONE]) as dns:
        verdict = zone.delegation(make_case(resolver=dns.server))

    assert (verdict.colour, "do not answer" in verdict.answer) == (Colour.RED, True)


def test_a_record_that_somebody_made_by_hand_is_in_the_way(
    make_case: MakeCase, accounts: Callable[..., LabAws], example_in: Callable[[str, str], str]
) -> None:
    record = {"Name": f"taken.{ZONE}", "Type": "CNAME", "TTL": 60, "ResourceRecords": [{"Value": "old.example.org"}]}
    add_record(accounts(ORDINARY), record)

    verdict = zone.record(make_case(name=example_in(DOMAIN, f"taken.{ZONE}")))

    assert (verdict.colour, "CNAME old.example.org" in verdict.answer) == (Colour.RED, True)


def test_a_zone_that_the_account_lacks_is_red(make_case: MakeCase, example_in: Callable[[str, str], str]) -> None:
    case = make_case(name=example_in(f"zone: {ZONE}", "zone: example.org"))

    assert zone.zone(case).colour is Colour.RED
    assert zone.delegation(case).colour is Colour.UNKNOWN
