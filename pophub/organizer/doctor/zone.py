"""Questions about the address: its zone at Route 53, the delegation, conflicting records, who may issue certificates."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pophub.core.contract import OFF_PAGE_RECORD
from pophub.organizer.doctor.account import HOME_REGION, require_region, signed_in
from pophub.organizer.doctor.case import Case
from pophub.organizer.doctor.finding import Verdict, green, red, unknown, yellow
from pophub.organizer.doctor.quota import is_of
from pophub.organizer.outside.dns import Caa, NoAnswer

# names in CAA records: https://letsencrypt.org/docs/caa/ and https://docs.aws.amazon.com/acm/latest/userguide/setup-caa.html
ISSUERS = {
    "Let's Encrypt": ("letsencrypt.org",),
    "Amazon": ("amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com"),
}
LACKS = {
    "Let's Encrypt": "the hub gets none from Let's Encrypt",
    "Amazon": "the page that the address shows while the hub is off gets none from Amazon",
}
# Amazon renews as long as this record of its own is there: https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
PROOF = ".acm-validations.aws"
# how Caddy proves the name to Let's Encrypt
METHODS = {"http-01", "tls-alpn-01"}
ADDRESS_TYPES = ("A", "AAAA", "CNAME")


def zones(case: Case) -> list[dict[str, Any]]:
    """The hosted zones with exactly the name of the event's zone, including private ones."""
    wanted = f"{case.event.zone}."

    def ask() -> list[dict[str, Any]]:
        signed_in(case)
        found = case.aws.call("route53", HOME_REGION, "list_hosted_zones_by_name", DNSName=wanted, MaxItems="100")
        return [dict(each) for each in found["HostedZones"] if each["Name"] == wanted]

    return case.facts.once("zones", ask)


def zone(case: Case) -> Verdict:
    """Whether Terraform will find the zone."""
    return judge_zone(case.event.zone, zones(case))


def judge_zone(name: str, found: Sequence[Mapping[str, Any]]) -> Verdict:
    """Green if there is exactly one public zone of this name; private ones do not matter."""
    public = _public(found)
    if len(public) == 1:
        return green(f"{name} is a public zone of this account")
    if public:
        ids = ", ".join(str(each["Id"]).removeprefix("/hostedzone/") for each in public)
        return red(
            f"there are {len(public)} public zones {name}: {ids}",
            "delete the one that the domain's owner does not use (`dig NS` shows whose name servers are used)",
        )
    there = "is only a private zone" if found else "is not a zone"
    return red(
        f"{name} {there} of this account",
        "make a public one (Route 53 → Hosted zones → Create), and give its four name servers to the administrators of the "
        "parent domain",
    )


def delegation(case: Case) -> Verdict:
    """Whether public DNS leads to this zone."""
    public = _public(zones(case))
    if len(public) != 1:
        return unknown("there is no single public zone whose name servers could be compared")
    found = case.aws.call("route53", HOME_REGION, "get_hosted_zone", Id=public[0]["Id"])
    ours = frozenset(str(each).rstrip(".").lower() for each in found["DelegationSet"]["NameServers"])
    name = case.event.zone
    try:
        seen = case.dns.name_servers(name)
    except NoAnswer:
        # a resolver without network gives the same answer; then the query for the parent domain fails too
        case.dns.name_servers(name.partition(".")[2])
        return judge_delegation(name, ours, None)
    return judge_delegation(name, ours, seen)


def judge_delegation(name: str, ours: frozenset[str], seen: frozenset[str] | None) -> Verdict:
    """`ours` are the zone's name servers at Route 53, `seen` those that public DNS names; None: these do not answer."""
    remedy = f"ask the administrators of the parent domain of {name} for these NS records: {', '.join(sorted(ours))}"
    if seen is None:
        return red(f"the name servers that the world is sent to do not answer for {name}", remedy)
    if not seen:
        return red(f"{name} is not delegated: nobody finds its name servers", remedy)
    if seen == ours:
        return green(f"the world asks the zone's own {len(ours)} name servers")
    if not seen & ours:
        return red(f"the world is sent to other name servers: {', '.join(sorted(seen))}", remedy)
    return yellow(f"the world is sent to {', '.join(sorted(seen))}, which are not all and only the zone's own", remedy)


def record(case: Case) -> Verdict:
    """Whether a record that is not the event's exists at the hub's address."""
    public = _public(zones(case))
    if len(public) != 1:
        return unknown("there is no single public zone to look into")
    there = _records(case, public[0]["Id"], case.event.domain)
    require_region(case)
    own = [
        each["PublicIp"]
        for each in case.aws.call("ec2", case.region, "describe_addresses")["Addresses"]
        if is_of(case.event.name, each)
    ]
    return judge_record(case.event.domain, case.event.zone, there, own)


def judge_record(domain: str, zone: str, there: Iterable[Mapping[str, Any]], own: Iterable[str]) -> Verdict:
    """`there` are the records at the domain, `own` the addresses of this event from an earlier deploy."""
    kinds = ADDRESS_TYPES if domain == zone else (*ADDRESS_TYPES, "NS")
    ours = {("A", address) for address in own}
    # a deployed event's name leads to its off page too
    there = [each for each in there if not (ours and each.get("SetIdentifier") == OFF_PAGE_RECORD)]
    foreign = [
        (each["Type"], value) for each in there if each["Type"] in kinds for value in _values(each)
        if (each["Type"], value) not in ours
    ]  # fmt: skip
    if not foreign:
        return green(f"{domain} is this event's" if there and ours else f"{domain} is free")
    listed = ", ".join(f"{kind} {value}" for kind, value in foreign)
    return red(
        f"{domain} has a record already: {listed}",
        f"delete it if nobody needs it (Route 53 → Hosted zones → {zone}), or take another `domain`",
    )


def certificates(case: Case) -> Verdict:
    """Whether CAA records allow Let's Encrypt to issue the hub's certificate, and Amazon the off page's."""
    mode = case.event.tls.mode
    wanted = [
        *(["Let's Encrypt"] if mode in ("acme", "staging") else []),
        *(["Amazon"] if case.event.has_off_page else []),
    ]
    if not wanted:
        return green(f"not needed: `tls.mode` is {mode}")
    # Route 53 is asked, not a resolver: a resolver that is asked for the domain before its record exists keeps the
    # answer "no such name" for up to 15 minutes, and the hub's own address would stay unknown to it: RFC 2308,
    # section 5.
    public, name = _public(zones(case)), case.event.domain
    if public and _has_lost_proof(_from(case, public[0]["Id"], name), name):
        return yellow(
            f"the zone has lost the record by which Amazon renews the certificate of {name}: the page that the address "
            "shows while the hub is off will have none when its present one ends",
            "deploy again: that writes the record",
        )
    while name != case.event.zone:
        if public and (rules := _certificate_rules(_records(case, public[0]["Id"], name))):
            return judge_certificates(name, rules, wanted)
        name = name.partition(".")[2]
    while name:
        if rules := case.dns.certificate_rules(name):
            return judge_certificates(name, rules, wanted)
        name = name.partition(".")[2]
    return judge_certificates("", (), wanted)


def judge_certificates(name: str, rules: Sequence[Caa], wanted: Sequence[str]) -> Verdict:
    """`rules` are those of the closest parent name that has CAA records; only they count: RFC 8659, section 3.

    `wanted` are keys of ISSUERS.
    """
    issue = [rule.value for rule in rules if rule.tag == "issue"]
    authorities = " and ".join(wanted)
    if not issue:
        return green(f"{authorities} may issue certificates: no CAA record forbids it")
    missing = [each for each in wanted if not any(_allows(value, each) for value in issue)]
    if not missing:
        return green(f"{authorities} may issue certificates: the CAA records of {name} let them")
    allowed = ", ".join(value for value in issue if value.strip("; ")) or "nobody"
    needed = " and ".join(f'`CAA 0 issue "{ISSUERS[each][0]}"`' for each in wanted)
    own = "; or bring a certificate of your own (`tls: {mode: files}`)" if missing == ["Let's Encrypt"] else ""
    return red(
        f"the CAA records of {name} let only {allowed} issue certificates: {', and '.join(LACKS[each] for each in missing)}",
        f"ask the administrators of {name} for {needed}, there or, all of them, at the event's own zone{own}",
    )


def _allows(value: str, authority: str) -> bool:
    """Whether the value of an `issue` record lets this authority issue to us: RFC 8659, section 4.2, and RFC 8657."""
    issuer, *parameters = (each.strip().lower() for each in value.split(";"))
    if issuer not in ISSUERS[authority]:
        return False
    given = dict(each.partition("=")[::2] for each in parameters if each)
    methods = given.get("validationmethods")
    # Caddy makes its account itself
    return "accounturi" not in given and (methods is None or bool(METHODS & set(methods.split(","))))


def _has_lost_proof(there: Sequence[Mapping[str, Any]], domain: str) -> bool:
    """Whether a deployed off page's certificate can no longer be renewed."""
    deployed = any(each["Name"] == f"{domain}." and each.get("SetIdentifier") == OFF_PAGE_RECORD for each in there)
    proofs = (each for each in there if each["Type"] == "CNAME" and each["Name"].endswith(f".{domain}."))
    return deployed and not any(value.rstrip(".").endswith(PROOF) for each in proofs for value in _values(each))


def _records(case: Case, zone_id: str, name: str) -> list[dict[str, Any]]:
    """The records of exactly this name in a zone at Route 53."""
    return [each for each in _from(case, zone_id, name) if each["Name"] == f"{name}."]


def _from(case: Case, zone_id: str, name: str) -> list[dict[str, Any]]:
    """The first records from this name on, in Route 53's order, in which the names below it follow it.

    https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListResourceRecordSets.html
    """

    def ask() -> list[dict[str, Any]]:
        found = case.aws.call(
            "route53", HOME_REGION, "list_resource_record_sets", HostedZoneId=zone_id, StartRecordName=f"{name}."
        )
        return [dict(each) for each in found["ResourceRecordSets"]]

    return case.facts.once(f"records from {name} on in {zone_id}", ask)


def _certificate_rules(records: Iterable[Mapping[str, Any]]) -> tuple[Caa, ...]:
    return tuple(Caa.from_text(value) for each in records if each["Type"] == "CAA" for value in _values(each))


def _public(found: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [each for each in found if not each["Config"]["PrivateZone"]]


def _values(record: Mapping[str, Any]) -> list[str]:
    if alias := record.get("AliasTarget"):
        return [f"alias of {alias['DNSName']}"]
    return [str(each["Value"]) for each in record.get("ResourceRecords", ())]
