"""The real Terraform in accounts that are not in use for years: an institution's, one on the free plan, a new one.

The tests share two sites, and stand in the order of their lives. docs/first-deployment.md has their results as a table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lab.account_kinds import FREE_PLAN, INSTITUTION, NEW, AccountKind
from lab.aws import ACCOUNT_ID, LabAws
from lab.aws_rules.organization import boundary_arn
from lab.lab_budgets import LabBudgets
from lab.scheduler import LabScheduler
from lab.site import LabSite
from pophub.aws.cost_tag import TagState, activate_cost_tag
from pophub.aws.refusals import Kind, explain_log
from pophub.core.contract import bucket_name
from pophub.core.errors import PophubError
from pophub.organizer.destroy.end_result import Ended
from pophub.organizer.paths import EXAMPLE_EVENT
from tests.pophub.organizer.destroy.hub_stand_in import furnish
from tests.stacks.organizing import end

pytestmark = [pytest.mark.terraform, pytest.mark.timeout(600)]

REGION, EVENT, GROUP = "us-west-2", "example-event", "pophub-example-event"
SECRETS = {"github_client_id": "Iv1.the-id-of-the-app", "github_client_secret": "the-secret-of-the-app-0123456789"}
BOUNDARY = boundary_arn(str(INSTITUTION.boundary))


def lab_of(kind: AccountKind, folder: Path) -> LabAws:
    """An account of a kind, with the account's bucket."""
    lab = LabAws(folder, kind)
    lab.client("s3", REGION).create_bucket(
        Bucket=bucket_name(ACCOUNT_ID), CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    return lab


def site_in(aws: LabAws, folder: Path) -> LabSite:
    """The example event, with an account file that can be written."""
    site = LabSite(folder, EXAMPLE_EVENT, aws, SECRETS, lambda line: None, keeps_app=True)
    (folder / "account.yaml").write_text(f"region: {REGION}\n")
    return site


def refused(site: LabSite) -> PophubError:
    """What the organizer reads of a deploy that does not go well."""
    with pytest.raises(PophubError) as found:
        site.app.deploy(site.event.name)
    return found.value


def kinds_in_the_log(site: LabSite) -> set[Kind]:
    """What `pophub explain` makes of the log of the last deploy."""
    newest = max(site.app.logs.iterdir(), key=lambda file: file.stat().st_mtime)
    return {each.kind for each in explain_log(newest.read_text())}


def of_the_event(listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What has the event's tag."""
    return [each for each in listed if {"Key": "pophub:event", "Value": EVENT} in each.get("Tags", ())]


@pytest.fixture(scope="module")
def institution(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabAws]:
    with lab_of(INSTITUTION, tmp_path_factory.mktemp("institution")) as lab:
        yield lab


@pytest.fixture(scope="module")
def campus(institution: LabAws, tmp_path_factory: pytest.TempPathFactory) -> LabSite:
    return site_in(institution, tmp_path_factory.mktemp("campus"))


def state_of(aws: LabAws, machine: str) -> str:
    [found] = aws.client("ec2", REGION).describe_instances(InstanceIds=[machine])["Reservations"][0]["Instances"]
    return str(found["State"]["Name"])


def of_guardduty(listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What GuardDuty has put into a network, and is not deleted."""
    tag = {"Key": "GuardDutyManaged", "Value": "true"}
    return [each for each in listed if tag in each.get("Tags", ()) and each.get("State") != "deleted"]


def guarded(aws: LabAws) -> tuple[int, int]:
    """How many endpoints and security groups GuardDuty has."""
    ec2 = aws.client("ec2", REGION)
    endpoints, groups = ec2.describe_vpc_endpoints()["VpcEndpoints"], ec2.describe_security_groups()["SecurityGroups"]
    return len(of_guardduty(endpoints)), len(of_guardduty(groups))


def test_an_institution_refuses_roles_without_its_boundary_and_the_remedy_is_named(
    campus: LabSite, institution: LabAws
) -> None:
    error = refused(campus)

    assert "iam:CreateRole" in error.problem
    assert error.hint is not None
    assert "set `permissions_boundary` in hub-config/account.yaml" in error.hint
    assert kinds_in_the_log(campus) == {Kind.DENIED}
    assert of_the_event(institution.client("ec2", REGION).describe_volumes()["Volumes"]) == []


def test_with_the_boundary_every_role_carries_it_and_the_hub_is_deployed(campus: LabSite, institution: LabAws) -> None:
    (campus.app.folder / "account.yaml").write_text(f"region: {REGION}\npermissions_boundary: {BOUNDARY}\n")
    campus.app.deploy(EVENT)

    iam = institution.client("iam", "us-east-1")
    names = [each["RoleName"] for each in iam.list_roles()["Roles"] if each["RoleName"].startswith(GROUP)]
    boundaries = {
        iam.get_role(RoleName=name)["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"] for name in names
    }
    assert boundaries == {BOUNDARY}
    assert state_of(institution, campus.deployment().instance_id) == "running"


def test_its_disks_have_the_institution_s_key_and_the_schedule_starts_the_hub(
    campus: LabSite, institution: LabAws
) -> None:
    ec2, machine = institution.client("ec2", REGION), campus.deployment().instance_id
    keys = {each["KmsKeyId"] for each in of_the_event(ec2.describe_volumes()["Volumes"])}
    assert keys == {ec2.get_ebs_default_kms_key_id()["KmsKeyId"]}
    ec2.stop_instances(InstanceIds=[machine])

    scheduler = LabScheduler(institution, REGION, GROUP)
    firings = scheduler.firings(campus.event.ends.replace(day=1), campus.event.ends)
    first = next(each for each in firings if each.target["Arn"].endswith(":startInstances"))

    assert scheduler.fire(first) is None
    assert state_of(institution, machine) == "running"


def test_a_used_up_budget_stops_the_hub_there_too_once_the_payer_activates_the_tag(
    campus: LabSite, institution: LabAws
) -> None:
    """The lab uses the budget up by hand; that AWS would count nothing yet is what the tag says."""
    tag = activate_cost_tag(institution.as_scripts_see_it(), now=datetime.now(UTC))
    assert tag.state is TagState.PAYER_ONLY
    assert "only by the account that pays for this one" in tag.sentence(EVENT)

    machine = campus.deployment().instance_id
    assert LabBudgets(institution).use_up(GROUP) == {"RUN_SSM_DOCUMENTS": None, "APPLY_IAM_POLICY": None}
    assert state_of(institution, machine) == "stopped"

    institution.client("ec2", REGION).start_instances(InstanceIds=[machine])


def test_a_destroy_takes_guardduty_s_own_out_of_the_network_and_leaves_a_snapshot(
    campus: LabSite, institution: LabAws, tmp_path: Path
) -> None:
    assert guarded(institution) == (1, 1)
    furnish(institution, campus.deployment().instance_id)
    ended: Ended = end(campus, institution, tmp_path)

    assert (ended.archived, [resource.type for resource in ended.findings.left]) == (True, ["snapshot"])
    assert of_the_event(institution.client("ec2", REGION).describe_vpcs()["Vpcs"]) == []
    assert guarded(institution) == (0, 0)


@pytest.fixture(scope="module")
def young(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabAws]:
    """An account on the free plan, which is upgraded to the paid one later."""
    with lab_of(FREE_PLAN, tmp_path_factory.mktemp("young")) as lab:
        yield lab


@pytest.fixture(scope="module")
def first_event(young: LabAws, tmp_path_factory: pytest.TempPathFactory) -> LabSite:
    return site_in(young, tmp_path_factory.mktemp("first"))


def test_the_free_plan_runs_no_machine_of_this_size_and_the_plan_is_named(first_event: LabSite, young: LabAws) -> None:
    error = refused(first_event)

    assert "this AWS account is on the free plan, which runs only a few small instance types" in error.problem
    assert error.hint is not None
    assert "upgrade to the paid plan" in error.hint
    assert kinds_in_the_log(first_event) == {Kind.PAYMENT}
    assert young.client("ec2", REGION).describe_instances()["Reservations"] == []


def test_once_upgraded_the_quota_of_a_new_account_is_named(first_event: LabSite, young: LabAws) -> None:
    young.change(**asdict(NEW))
    error = refused(first_event)

    assert "your current vCPU limit of 16" in error.problem
    assert error.hint is not None
    assert "ask for more: Service Quotas → Amazon EC2, in the event's region, counted in vCPUs" in error.hint
    assert kinds_in_the_log(first_event) == {Kind.QUOTA}


def test_a_new_account_cannot_activate_the_cost_tag_before_cost_explorer_was_opened(
    first_event: LabSite, young: LabAws
) -> None:
    tag = activate_cost_tag(young.as_scripts_see_it(), now=datetime.now(UTC))

    assert tag.state is TagState.COST_EXPLORER_OFF
    assert "Cost Explorer was never opened in this account" in tag.sentence(first_event.event.name)


def test_a_destroy_takes_back_what_the_refused_deploys_have_made(
    first_event: LabSite, young: LabAws, tmp_path: Path
) -> None:
    ec2 = young.client("ec2", REGION)
    assert len(of_the_event(ec2.describe_vpcs()["Vpcs"])) == 1
    ended = end(first_event, young, tmp_path)

    assert ended.findings.is_clean
    assert of_the_event(ec2.describe_vpcs()["Vpcs"]) == []
