"""The real Terraform and AWS provider against the lab AWS: one deployment, from an interrupted start to its destroy.

The tests share that deployment and stand in the order of its life. Where they interrupt or kill it, and in cdktf's hands,
Terraform starts its own provider; elsewhere it uses the one that the lab keeps.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from click.testing import Result
from typer.testing import CliRunner

from lab.aws import ACCOUNT_ID, LabAws
from lab.demo.ending import KEPT_OBJECTS
from lab.inventory import Entry, take_inventory
from lab.kept_provider import KeptProvider, find_program
from lab.lab_budgets import LabBudgets
from lab.policies import matches
from lab.site import LabSite
from lab.wait import wait_until
from pophub.aws.refusals import diagnose
from pophub.core.contract import EVENT_FILE, bucket_name
from pophub.core.errors import ExitCode, PophubError
from pophub.hub.archive.homes import homes_in
from pophub.organizer.cli.cli import app
from pophub.organizer.deploy.deployment import Deployment, read_deployment
from pophub.organizer.deploy.terraform.logs import logs_of
from pophub.organizer.destroy import organizer_answers
from pophub.organizer.destroy.end_result import Ended
from pophub.organizer.destroy.restore import restore
from pophub.organizer.doctor.rights import OFF_PAGE_POLICY, POLICY
from pophub.organizer.event_context import EventContext, archive_of
from pophub.organizer.leftovers.leftovers import find
from pophub.organizer.leftovers.resource import Findings
from pophub.organizer.paths import EXAMPLE_EVENT, NODE_BIN, ROOT
from tests.pophub.organizer.destroy.hub_stand_in import furnish
from tests.pophub.organizer.destroy.tree import state
from tests.stacks.organizing import end, end_and_be_killed
from tests.stacks.synthesis import Synthesis

pytestmark = [pytest.mark.terraform, pytest.mark.timeout(600)]

SECRETS = {
    "github_client_id": "Iv1.the-id-of-the-app",
    "github_client_secret": "the-secret-of-the-app-0123456789",
    "wake_key": "the-key-of-the-off-page-0123456789",
}
EDITS = {
    "idle": ("hub_minutes: 30", "hub_minutes: 45"),
    "participants": ("participants: 60", "participants: 100"),
    "ends": ("ends: 2027-03-12", "ends: 2027-03-13"),
    "budget": ("budget_usd: 400", "budget_usd: 500"),
}
# what plain Terraform is seen to destroy by itself
RESCUED = ("home/volume", "alarms/topic")
# what AWS gives no tags to, or what is a part of something that has them
UNTAGGABLE = {
    "aws_acm_certificate_validation",
    "aws_apigatewayv2_api_mapping",
    "aws_apigatewayv2_integration",
    "aws_apigatewayv2_route",
    "aws_cloudwatch_event_target",
    "aws_iam_role_policy",
    "aws_lambda_permission",
    "aws_route",
    "aws_route53_record",
    "aws_route_table_association",
    "aws_scheduler_schedule",
    "aws_sns_topic_policy",
    "aws_sns_topic_subscription",
    "aws_volume_attachment",
}
DEPLOY = """
import sys
from pathlib import Path
from pophub.organizer.deploy.terraform.app import TerraformApp
TerraformApp(Path(sys.argv[1]), talk=lambda line: print(line, flush=True)).deploy(sys.argv[2])
"""
SYNTHESIZE = """
import os, sys, main
for name in sys.argv[1:]:
    os.environ["POPHUB_EVENTS"] = f"{name}-events"
    main.main()
    os.rename("edits", name)
"""


@dataclass(frozen=True)
class Killed:
    """The machine of an end that was killed, the folder of its organizer, what it had left, and how it went on."""

    machine: Path
    folder: Path
    left: frozenset[Entry]
    ended: Ended


@dataclass
class Deployed:
    """What the fixture has seen on the way; `before` is what there was with nothing but the account bucket."""

    site: LabSite
    aws: LabAws
    account: Path
    before: frozenset[Entry]
    without_secrets: PophubError | None = None
    interrupted: int | None = None
    after_the_interrupt: frozenset[Entry] = frozenset()
    again: str = ""

    @property
    def stack(self) -> Path:
        return self.site.app.stacks_dir / self.site.event.name

    def client(self, service: str) -> Any:
        return self.aws.client(service, self.site.event.region)

    def terraform(
        self, folder: Path, *arguments: str, secrets: Mapping[str, str] = SECRETS, code: int = 0
    ) -> subprocess.CompletedProcess[str]:
        plain = {name: value for name, value in self.site.app._environment.items() if not name.startswith("TF_VAR_")}
        done = subprocess.run(
            ["terraform", f"-chdir={folder}", *arguments],
            env={
                **plain,
                **self.aws.kept_provider(folder),
                **{f"TF_VAR_{name}": value for name, value in secrets.items()},
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stderr
        return done


@pytest.fixture(scope="module")
def lab_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LabAws]:
    with LabAws(tmp_path_factory.mktemp("aws")) as aws:
        yield aws


def account_apply(folder: Path, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """In the background: for a minute the provider waits for the bucket's lifecycle rules."""
    steps = f"terraform -chdir={folder} init -input=false && exec terraform -chdir={folder} apply -auto-approve"
    log = folder.joinpath("apply.log").open("wb")
    return subprocess.Popen(["/bin/sh", "-c", steps], env=environment, stdout=log, stderr=log)


def refused_without_secrets(site: LabSite) -> PophubError | None:
    hidden = {name: site.app._environment.pop(f"TF_VAR_{name}") for name in SECRETS}
    try:
        site.app.deploy(site.event.name)
    except PophubError as refused:
        return refused
    finally:
        site.app._environment.update({f"TF_VAR_{name}": value for name, value in hidden.items()})
    return None


def interrupt_a_deploy(site: LabSite, at: str) -> int:
    """Ctrl-C as soon as the output says `at`; the exit code."""
    command = [sys.executable, "-c", DEPLOY, str(site.app.folder), site.event.name]
    with subprocess.Popen(command, env=site.ordinary_environment, stdout=subprocess.PIPE, text=True) as deploying:
        assert deploying.stdout is not None
        for line in deploying.stdout:
            if at in line:
                deploying.send_signal(signal.SIGINT)
                break
        deploying.stdout.read()
    return deploying.returncode


@pytest.fixture(scope="module")
def deployed(synth: Synthesis, lab_aws: LabAws, tmp_path_factory: pytest.TempPathFactory) -> Deployed:
    folder = tmp_path_factory.mktemp("site")
    site = LabSite(folder, EXAMPLE_EVENT, lab_aws, SECRETS, lambda line: None, keeps_app=True)
    # an own copy, with a state of its own beside it
    account = Path(shutil.copytree(synth.out / "stacks" / "account", folder / "account"))
    s3 = lab_aws.client("s3", "us-west-2")
    # one of its own, because a kept provider serves one command at a time
    program = find_program()
    own = lab_aws.keep(KeptProvider(program, account, lab_aws.environment)).environment(account) if program else {}
    with account_apply(account, site.ordinary_environment | own) as account_applying:
        wait_until(lambda: s3.list_buckets()["Buckets"], 300, "the bucket is there")
        found = Deployed(site, lab_aws, account, take_inventory(lab_aws, site.event.region))
        found.without_secrets = refused_without_secrets(site)
        found.interrupted = interrupt_a_deploy(site, at="creating the machine")
        found.after_the_interrupt = take_inventory(lab_aws, site.event.region)
        site.app.deploy(site.event.name)
        *_, last = logs_of(site.app.logs, f"deploy {site.event.name}")
        found.again = last.read_text()
    assert account_applying.returncode == 0, (account / "apply.log").read_text()
    return found


@pytest.fixture(scope="module")
def shown(deployed: Deployed) -> list[dict[str, Any]]:
    """Every resource of the event, as Terraform shows it."""
    values = json.loads(deployed.terraform(deployed.stack, "show", "-json").stdout)["values"]
    return [each for each in values["root_module"]["resources"] if each["mode"] == "managed"]


@pytest.fixture(scope="module")
def outputs(deployed: Deployed) -> Deployment:
    return deployed.site.deployment()


def test_without_secrets_nothing_is_made_and_all_that_is_missing_is_named(deployed: Deployed) -> None:
    assert deployed.without_secrets is not None
    assert set(deployed.without_secrets.problem.removeprefix("deploy example-event: ").splitlines()) == {
        "not set: TF_VAR_github_client_id",
        "not set: TF_VAR_github_client_secret",
        "not set: TF_VAR_wake_key",
    }


def test_an_interrupted_deploy_finishes_what_it_has_begun(deployed: Deployed) -> None:
    """What Terraform is made to drop stands in no state, costs money, and is in the way of the next deploy."""
    kinds = [kind for kind, _ in deployed.after_the_interrupt - deployed.before]

    assert deployed.interrupted == -signal.SIGINT
    assert {kind: kinds.count(kind) for kind in ("Instances", "Addresses", "Vpcs")} == {
        "Instances": 1,
        "Addresses": 1,
        "Vpcs": 1,
    }
    # the machine's, and perhaps the one that proves the name to the off page's certificate authority
    assert kinds.count("ResourceRecordSets") in (1, 2)
    # the root disk and the homes
    assert kinds.count("Volumes") == 2


def test_the_same_command_again_goes_on_and_doubles_nothing(deployed: Deployed) -> None:
    assert "Apply complete! Resources: 0 added, 0 changed, 0 destroyed." in deployed.again
    assert take_inventory(deployed.aws, deployed.site.event.region) == deployed.after_the_interrupt


def test_a_deploy_leaves_nothing_to_change(deployed: Deployed) -> None:
    assert "Plan: 0 to add, 0 to change, 0 to destroy." in deployed.again

    deployed.terraform(deployed.account, "plan", "-detailed-exitcode", code=0)


def test_cdktf_by_hand_goes_on_with_the_same_state_and_changes_nothing(deployed: Deployed) -> None:
    app, synthesized = deployed.site.app, deployed.stack / "cdk.tf.json"
    ours = synthesized.read_text()
    command = [NODE_BIN / "cdktf", "deploy", "--auto-approve", "--skip-provider-lock", deployed.site.event.name]
    done = subprocess.run(
        command, cwd=app.folder, env=deployed.site.ordinary_environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "Resources: 0 added, 0 changed, 0 destroyed." in done.stdout
    assert synthesized.read_text() == ours


def test_whatever_can_be_tagged_is_tagged_with_the_event(shown: list[dict[str, Any]]) -> None:
    tagged = {each["address"]: each["values"]["tags_all"] for each in shown if "tags_all" in each["values"]}
    untagged = {each["type"] for each in shown if "tags_all" not in each["values"]}

    assert untagged == UNTAGGABLE
    assert {address for address, tags in tagged.items() if tags.get("pophub:event") != "example-event"} == set()
    assert len(tagged) > 15


def test_the_machine_s_disks_are_tagged_too(deployed: Deployed, outputs: Deployment) -> None:
    volumes = deployed.client("ec2").describe_volumes(
        Filters=[{"Name": "attachment.instance-id", "Values": [outputs.instance_id]}]
    )["Volumes"]

    assert len(volumes) == 2
    for volume in volumes:
        assert {"Key": "pophub:event", "Value": "example-event"} in volume["Tags"]
        assert volume["Encrypted"] is True


def test_the_secrets_are_where_the_hub_looks_for_them(deployed: Deployed, outputs: Deployment) -> None:
    ssm = deployed.client("ssm")
    for name, value in SECRETS.items():
        found = ssm.get_parameter(Name=f"{outputs.parameter_path}/{name}", WithDecryption=True)["Parameter"]

        assert (found["Type"], found["Value"]) == ("SecureString", value)


def test_the_secrets_are_nowhere_else(deployed: Deployed) -> None:
    """State, backups, synthesized JSON, plans, logs of every command and of the lab."""
    deployed.terraform(deployed.stack, "plan", "-out=kept.plan", "-refresh=false")
    deployed.stack.joinpath("shown.json").write_text(
        deployed.terraform(deployed.stack, "show", "-json", "kept.plan").stdout
    )
    folders = (deployed.site.app.folder, Path(deployed.aws.environment["AWS_CONFIG_FILE"]).parent)
    files = [
        path for folder in folders for path in folder.rglob("*") if path.is_file() and ".terraform" not in path.parts
    ]
    names = {path.name for path in files}

    assert {"terraform.example-event.tfstate", "cdk.tf.json", "kept.plan"} <= names
    assert len(logs_of(deployed.site.app.logs, "deploy example-event")) == 3, "of every attempt"
    for value in SECRETS.values():
        assert [path for path in files if value.encode() in path.read_bytes()] == []


def test_the_deployment_is_what_aws_says_it_is(deployed: Deployed, outputs: Deployment) -> None:
    ec2 = deployed.client("ec2")
    [instance] = ec2.describe_instances(InstanceIds=[outputs.instance_id])["Reservations"][0]["Instances"]
    [volume] = ec2.describe_volumes(VolumeIds=[outputs.home_volume_id])["Volumes"]
    address = ec2.describe_addresses(PublicIps=[outputs.public_ip])["Addresses"][0]
    [zone] = deployed.client("route53").list_hosted_zones()["HostedZones"]
    records = deployed.client("route53").list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]

    assert instance["State"]["Name"] == "running"
    assert instance["MetadataOptions"]["HttpTokens"] == "required"
    assert volume["Attachments"][0]["InstanceId"] == outputs.instance_id
    assert volume["Size"] == deployed.site.event.disk_gib
    assert address["NetworkInterfaceId"] == instance["NetworkInterfaces"][0]["NetworkInterfaceId"]
    assert {"Value": outputs.public_ip} in [value for each in records for value in each.get("ResourceRecords", ())]
    assert outputs.hub_url == f"https://{deployed.site.event.domain}"
    assert outputs.alerts_topic_arn in {each["TopicArn"] for each in deployed.client("sns").list_topics()["Topics"]}


def test_the_machine_s_bundle_is_the_event_s(deployed: Deployed, outputs: Deployment, tmp_path: Path) -> None:
    assert deployed.site.fetch_bundle(tmp_path) == outputs.bundle_sha256


@pytest.fixture(scope="module")
def edits(deployed: Deployed) -> dict[str, Path]:
    """The stack after one edit of the event file each, over the same state."""
    folder, name = deployed.site.app.folder, deployed.site.event.name
    for edit, (old, new) in EDITS.items():
        events = folder / f"{edit}-events"
        events.mkdir()
        text = EXAMPLE_EVENT.read_text()
        assert text.count(old) == 1
        (events / f"{name}.yaml").write_text(text.replace(old, new))
    subprocess.run(
        [sys.executable, "-c", SYNTHESIZE, *EDITS],
        cwd=folder,
        # with the AWS that says how the event is deployed
        env={**os.environ, **deployed.aws.environment, "CDKTF_OUTDIR": "edits", "PYTHONPATH": str(ROOT)},
        check=True,
    )
    stacks = {edit: folder / edit / "stacks" / name for edit in EDITS}
    for stack in stacks.values():
        deployed.terraform(stack, "init", "-input=false")
    return stacks


def changes(deployed: Deployed, stack: Path) -> dict[str, dict[str, Any]]:
    """Construct path → what a deploy of this stack would do there, where it would do something."""
    deployed.terraform(stack, "plan", "-out=plan", "-refresh=false")
    planned = json.loads(deployed.terraform(stack, "show", "-json", "plan").stdout)["resource_changes"]
    document = json.loads((stack / "cdk.tf.json").read_text())["resource"]
    return {
        document[each["type"]][each["name"]]["//"]["metadata"]["path"].partition("/")[2]: each["change"]
        for each in planned
        if each["change"]["actions"] != ["no-op"]
    }


def changed_keys(change: Mapping[str, Any]) -> set[str]:
    before, after = change["before"], change["after"]
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


def test_an_edit_of_idle_changes_the_bundle_its_pointer_and_the_guide_of_the_off_page_alone(
    deployed: Deployed, edits: dict[str, Path]
) -> None:
    found = changes(deployed, edits["idle"])

    assert {path: change["actions"] for path, change in found.items()} == {
        "bundle/object": ["create", "delete"],
        "bundle/pointer": ["update"],
        "off_page/function": ["update"],
    }
    assert changed_keys(found["bundle/pointer"]) - {"version", "insecure_value"} == {"value"}


def test_an_edit_of_participants_changes_the_machine_and_the_disk_in_place(
    deployed: Deployed, edits: dict[str, Path]
) -> None:
    found = changes(deployed, edits["participants"])

    assert {path: change["actions"] for path, change in found.items()} == {
        "bundle/object": ["create", "delete"],
        "bundle/pointer": ["update"],
        "hub/instance": ["update"],
        "home/volume": ["update"],
        "plan/parameter": ["update"],
    }
    assert changed_keys(found["home/volume"]) == {"size"}
    assert "instance_type" in changed_keys(found["hub/instance"])


def test_another_last_day_changes_tags_and_the_last_stop(deployed: Deployed, edits: dict[str, Path]) -> None:
    found = changes(deployed, edits["ends"])
    replaced = {path for path, change in found.items() if change["actions"] != ["update"]}
    nights = {path for path in found if path.startswith("schedule/night-")}
    others = {
        path: changed_keys(change) - {"tags_all"}
        for path, change in found.items()
        if path
        not in {"bundle/object", "bundle/pointer", "schedule/last-stop", "hub/instance", "off_page/function", *nights}
    }

    assert replaced == {"bundle/object"}
    # the nights of the month in which the event ends
    assert [changed_keys(found[path]) for path in nights] == [{"schedule_expression"}]
    assert {path: keys for path, keys in others.items() if keys} == {}
    assert {"schedule_expression", "description"} <= changed_keys(found["schedule/last-stop"])
    assert changed_keys(found["hub/instance"]) <= {"tags_all", "root_block_device"}


def test_a_deployed_edit_reaches_the_hub_and_the_machine_stays(
    deployed: Deployed, edits: dict[str, Path], outputs: Deployment, tmp_path: Path
) -> None:
    deployed.terraform(edits["idle"], "apply", "-auto-approve", "-refresh=false")
    now = read_deployment(edits["idle"].name, edits["idle"].parent)
    deployed.site.fetch_bundle(tmp_path)
    event_json = json.loads((tmp_path / "hub-config" / EVENT_FILE).read_text())

    assert event_json["idle"]["hub_minutes"] == 45
    assert now.bundle_sha256 != outputs.bundle_sha256
    assert (now.instance_id, now.home_volume_id) == (outputs.instance_id, outputs.home_volume_id)
    with pytest.raises(ClientError, match="404"):
        deployed.client("s3").head_object(Bucket=now.bucket, Key=outputs.bundle_key)


def use_up_the_budget(deployed: Deployed) -> str:
    """AWS Budgets carries its actions out in the role that the stack made for it; the schedule's role."""
    instance = deployed.site.deployment().instance_id
    actions = LabBudgets(deployed.aws).use_up(f"pophub-{deployed.site.event.name}")
    [found] = deployed.client("ec2").describe_instances(InstanceIds=[instance])["Reservations"][0]["Instances"]

    assert actions == {"RUN_SSM_DOCUMENTS": None, "APPLY_IAM_POLICY": None}
    assert found["State"]["Name"] == "stopped"
    # a person may start it all the same
    deployed.client("ec2").start_instances(InstanceIds=[instance])
    return f"pophub-{deployed.site.event.name}-schedule"


def attached_to(deployed: Deployed, role: str) -> list[str]:
    policies = deployed.client("iam").list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    return [policy["PolicyName"] for policy in policies]


def test_after_a_used_up_budget_the_schedule_starts_nothing_until_another_limit_is_deployed(
    deployed: Deployed, edits: dict[str, Path]
) -> None:
    role = use_up_the_budget(deployed)
    deployed.terraform(edits["idle"], "plan", "-detailed-exitcode", code=0)
    found = changes(deployed, edits["budget"])

    assert attached_to(deployed, role) == ["pophub-example-event-no-start"]
    assert attached_to(deployed, "pophub-example-event-off-page-400") == ["pophub-example-event-no-start"]
    assert {path for path, change in found.items() if "delete" in change["actions"]} == {
        "budget_actions/keep_stopped",
        "budget_actions/stop",
        "bundle/object",
        "off_page/permissions",
        "off_page/role",
        "schedule/permissions",
        "schedule/role",
    }
    assert not {"hub/instance", "home/volume", "schedule/no_start"} & found.keys()

    deployed.terraform(edits["budget"], "apply", "-auto-approve", "-refresh=false")

    assert attached_to(deployed, role) == attached_to(deployed, "pophub-example-event-off-page-500") == []
    deployed.terraform(edits["budget"], "plan", "-detailed-exitcode", code=0)
    # what follows destroys an event whose budget is used up again
    assert use_up_the_budget(deployed) == role


def event_context(deployed: Deployed) -> EventContext:
    event = deployed.site.event
    bucket = bucket_name(ACCOUNT_ID)
    where = {"domain": event.domain, "zone": event.zone, "archive_days": event.archive_days}
    aws = deployed.aws.as_scripts_see_it()
    return EventContext(aws, ACCOUNT_ID, event.name, event.region, bucket=bucket, bucket_region="us-west-2", **where)


def leftovers(deployed: Deployed) -> Findings:
    return find(event_context(deployed))


def test_leftovers_find_all_of_it_without_terraform_s_state(deployed: Deployed) -> None:
    made = take_inventory(deployed.aws, deployed.site.event.region) - deployed.before
    found = leftovers(deployed)
    # what a VPC or a topic has of its own goes with it, an object of the bucket stays, and a record has no id
    others = [kind for kind, id_ in made if id_ not in {resource.id for resource in found.left}]

    assert sorted(set(others)) == ["Objects", "ResourceRecordSets", "RouteTables", "SecurityGroups", "Subscriptions"]
    # the name's two records, for the machine and for the off page, count as one; so does the one for the certificate
    assert (others.count("RouteTables"), others.count("SecurityGroups"), others.count("ResourceRecordSets")) == (
        1,
        1,
        2,
    )
    records = [resource.id for resource in found.left if resource.type == "record"]
    assert records.count(f"{deployed.site.event.domain}.") == 2
    assert len([each for each in records if each.startswith("_")]) == len(records) - 2 == 1
    assert (found.unseen, [resource.type for resource in found.kept]) == ((), ["bucket"])


@pytest.fixture(scope="module")
def killed(deployed: Deployed, outputs: Deployment, tmp_path_factory: pytest.TempPathFactory) -> Killed:
    """The organizer's whole end, whose Terraform is at the home volume when everything is killed."""
    folder = tmp_path_factory.mktemp("end")
    machine = furnish(deployed.aws, outputs.instance_id)
    end_and_be_killed(deployed.site, deployed.aws, folder, "removing the home volume")
    left = take_inventory(deployed.aws, deployed.site.event.region) - deployed.before
    return Killed(machine, folder, left, end(deployed.site, deployed.aws, folder))


@pytest.fixture(scope="module")
def destroyed(deployed: Deployed, killed: Killed) -> Deployed:
    return deployed


def test_a_destroy_that_is_killed_in_the_middle_goes_on(killed: Killed) -> None:
    kinds = {kind for kind, _ in killed.left}

    assert "Volumes" in kinds, "it was killed before it was over"
    assert "Schedules" not in kinds, "and after it had begun"
    assert (killed.ended.archived, killed.ended.code, killed.ended.failed) == (True, ExitCode.DONE, ())


def test_and_every_home_is_there_bit_for_bit(destroyed: Deployed, killed: Killed, tmp_path: Path) -> None:
    bucket, homes = archive_of(event_context(destroyed)), killed.machine / "srv" / "home"
    for home in homes_in(homes):
        restore(bucket, home, tmp_path / home.folder)
        assert state(tmp_path / home.folder) == state(homes / home.folder)

    assert [path.name for path in sorted(tmp_path.iterdir())] == ["ada", "carol-2dx"]
    assert (killed.folder / f"{destroyed.site.event.name}-end.zip").exists()


def test_a_destroy_leaves_a_last_snapshot_of_the_homes_and_nothing_else(destroyed: Deployed) -> None:
    now = take_inventory(destroyed.aws, destroyed.site.event.region)
    left = sorted(entry for entry in now - destroyed.before if not KEPT_OBJECTS.search(entry[1]))

    # the kill came before or after AWS had begun the first one: then the second destroy makes another
    assert {kind for kind, _ in left} == {"Snapshots"}, left
    assert len(left) <= 2

    for snapshot in destroyed.client("ec2").describe_snapshots(SnapshotIds=[id_ for _, id_ in left])["Snapshots"]:
        assert {"Key": "pophub:event", "Value": "example-event"} in snapshot["Tags"]
        assert snapshot["VolumeSize"] == destroyed.site.event.disk_gib
    assert destroyed.before <= now


def test_leftovers_tell_that_snapshot_its_price_and_its_last_day(destroyed: Deployed) -> None:
    event = destroyed.site.event
    left = leftovers(destroyed).left

    assert left
    for snapshot in left:
        assert (snapshot.type, snapshot.holds_work) == ("snapshot", True)
        assert snapshot.usd_a_month == Decimal("0.05") * event.disk_gib
        assert snapshot.remove_by is not None
        assert snapshot.remove_by >= event.ends + timedelta(days=event.archive_days)


def test_a_second_destroy_finds_nothing_to_do(destroyed: Deployed) -> None:
    again = destroyed.terraform(destroyed.stack, "destroy", "-auto-approve", "-input=false", secrets={})

    assert "Resources: 0 destroyed" in again.stdout


def test_an_event_that_is_destroyed_is_not_deployed(destroyed: Deployed) -> None:
    with pytest.raises(PophubError, match="example-event is not deployed from here"):
        destroyed.site.deployment()


def delete_leftovers(deployed: Deployed, monkeypatch: pytest.MonkeyPatch, *given: str) -> str:
    """What is said last by `pophub leftovers`."""
    return run_leftovers(deployed, monkeypatch, "--delete", *given).stdout.splitlines()[-1]


def run_leftovers(deployed: Deployed, monkeypatch: pytest.MonkeyPatch, *given: str) -> Result:
    """Where somebody types the event's name."""
    for name, value in deployed.aws.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE")
    monkeypatch.setenv("POPHUB_EVENTS", str(deployed.site.file.parent))
    monkeypatch.setattr(organizer_answers, "require_answer", lambda remedy: None)
    name = deployed.site.event.name
    return CliRunner().invoke(app, ["leftovers", name, *given], input=f"{name}\n")


def test_the_snapshot_of_an_archived_event_goes_and_nothing_is_left(
    destroyed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert delete_leftovers(destroyed, monkeypatch) == "example-event in us-west-2: 0 left, $0.00 a month"


@pytest.fixture(scope="module")
def rescued(destroyed: Deployed) -> Deployed:
    """A part of the stack once more, destroyed by plain Terraform: it needs nothing of ours, and no secrets."""
    document = json.loads((destroyed.stack / "cdk.tf.json").read_text())["resource"]
    targets = [
        f"-target={kind}.{name}"
        for kind, resources in document.items()
        for name, resource in resources.items()
        if resource["//"]["metadata"]["path"].partition("/")[2] in RESCUED
    ]
    assert len(targets) == len(RESCUED)
    destroyed.terraform(destroyed.stack, "apply", "-auto-approve", "-input=false", *targets)
    destroyed.terraform(destroyed.stack, "destroy", "-auto-approve", "-input=false", secrets={})
    return destroyed


def test_plain_terraform_destroys_it_too_and_leaves_the_last_snapshot(
    rescued: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    [left] = leftovers(rescued).left

    assert left.type == "snapshot"
    assert delete_leftovers(rescued, monkeypatch).startswith("example-event in us-west-2: 1 left"), "it is not archived"
    assert "0 left" in delete_leftovers(rescued, monkeypatch, "--without-archive")


@pytest.fixture(scope="module")
def lost(rescued: Deployed) -> tuple[frozenset[Entry], frozenset[Entry]]:
    """Deployed once more, and the state is gone: what there was before, and what the stack has made."""
    before = take_inventory(rescued.aws, rescued.site.event.region)
    rescued.terraform(rescued.stack, "apply", "-auto-approve", "-input=false")
    furnish(rescued.aws, rescued.site.deployment().instance_id)
    for state_file in rescued.site.app.folder.glob("terraform.example-event.tfstate*"):
        state_file.unlink()
    return before, take_inventory(rescued.aws, rescued.site.event.region) - before


def test_without_the_state_leftovers_find_and_remove_all_that_was_made(
    deployed: Deployed, lost: tuple[frozenset[Entry], frozenset[Entry]], monkeypatch: pytest.MonkeyPatch
) -> None:
    before, made = lost
    found = {resource.id for resource in leftovers(deployed).left}
    # what every VPC has of its own goes with it; a record has no id
    others = sorted(kind for kind, id_ in made if id_ not in found)

    assert others == ["Objects", *["ResourceRecordSets"] * 2, "RouteTables", "SecurityGroups", "Subscriptions"]
    assert f"{deployed.site.event.domain}." in found
    refused = run_leftovers(deployed, monkeypatch, "--delete").stderr
    assert "can archive the homes on its volume" in refused, "people's work, and what only its machine can archive"
    assert {resource.id for resource in leftovers(deployed).left} == found
    assert "0 left, $0.00" in delete_leftovers(deployed, monkeypatch, "--without-archive")
    left = take_inventory(deployed.aws, deployed.site.event.region)
    assert before <= left, "the account bucket, and what lies there"
    assert {kind for kind, _ in left - before} <= {"Objects"}
    deployed.terraform(deployed.account, "plan", "-detailed-exitcode", code=0)


def test_the_bucket_is_protected_from_a_destroy_and_that_is_explained(destroyed: Deployed) -> None:
    refused = destroyed.terraform(destroyed.account, "plan", "-destroy", "-no-color", "-input=false", code=1)

    assert refused.stderr.count("Error: Instance cannot be destroyed") == 1
    assert "account bucket is protected" in diagnose("destroy account", refused.stderr, "").problem


def test_the_organizer_s_two_policies_allow_all_that_these_tests_have_asked_of_aws(
    lost: object, lab_aws: LabAws
) -> None:
    statements = [each for file in (POLICY, OFF_PAGE_POLICY) for each in json.loads(file.read_text())["Statement"]]
    allowed = [pattern.lower() for statement in statements for pattern in statement["Action"]]
    refused = {action for action in lab_aws.heard() if not any(matches(action.lower(), pattern) for pattern in allowed)}

    assert len(lab_aws.heard()) > 100
    # what the tests do themselves; the last needs no leave
    own = {"route53:CreateHostedZone", "s3:ListAllMyBuckets", "sns:ListSubscriptions", "sts:AssumeRole"}
    assert refused <= own | {"sts:GetCallerIdentity"}
