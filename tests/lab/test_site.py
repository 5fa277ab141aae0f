"""The lab's folder: an event to deploy from, and a bundle that is fetched as the machine fetches it. Nothing is deployed."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from lab import site as module
from lab.aws import LabAws
from lab.kept_provider import VARIABLE
from lab.plans import plan_of
from lab.site import LabSite
from pophub.core.contract import EVENT_FILE
from pophub.core.errors import PophubError
from pophub.organizer.deploy import toolchain
from pophub.organizer.deploy.bundle import Bundle, build_bundle
from pophub.organizer.deploy.deployment import Deployment
from pophub.organizer.event.account import Account, load_account
from pophub.organizer.paths import EXAMPLE_EVENT, MAIN
from tests.lab.test_child import gone

BUCKET = "site-bucket"


@pytest.fixture
def site(lab_aws: LabAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LabSite:
    monkeypatch.setattr(toolchain, "check", lambda: None)
    return LabSite(tmp_path / "site", EXAMPLE_EVENT, lab_aws, {"github_client_id": "an id"}, lambda line: None)


@pytest.fixture
def stored(site: LabSite, lab_aws: LabAws, monkeypatch: pytest.MonkeyPatch) -> Bundle:
    """The event's bundle in a bucket, with a pointer to it, as a deployment leaves them."""
    bundle = build_bundle(plan_of(site.event))
    path = "/pophub/example-event"
    monkeypatch.setattr(site, "deployment", lambda: Deployment.model_construct(parameter_path=path))
    s3 = lab_aws.client("s3", "us-east-1")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_object(Bucket=BUCKET, Key="bundle.tar.gz", Body=bundle.content)
    pointer = {"bucket": BUCKET, "region": "us-east-1", "key": "bundle.tar.gz", "sha256": bundle.sha256}
    lab_aws.client("ssm", site.event.region).put_parameter(
        Name=f"{path}/bundle", Type="String", Value=json.dumps(pointer), Overwrite=True
    )
    return bundle


def test_the_event_is_a_copy_that_a_test_may_edit(site: LabSite) -> None:
    assert site.file != EXAMPLE_EVENT
    assert site.file.read_bytes() == EXAMPLE_EVENT.read_bytes()
    assert site.event.name == "example-event"


def test_the_folder_is_a_cdktf_app_of_this_checkout_and_this_python(site: LabSite) -> None:
    settings = json.loads((site.app.folder / "cdktf.json").read_text())

    assert shlex.split(settings["app"]) == [sys.executable, str(MAIN)]
    assert settings["sendCrashReports"] == "false"


def test_a_checkout_in_any_folder_is_deployed_from(
    lab_aws: LabAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The app is a line of shell."""
    checkout = tmp_path / "Zoë's hub" / "pop $HOME hub"
    checkout.mkdir(parents=True)
    (checkout / "python").symlink_to(sys.executable)
    (checkout / "main.py").write_text("print('it runs')")
    monkeypatch.setattr(toolchain, "check", lambda: None)
    monkeypatch.setattr(module, "MAIN", checkout / "main.py")
    monkeypatch.setattr(sys, "executable", str(checkout / "python"))
    LabSite(tmp_path / "site", EXAMPLE_EVENT, lab_aws, {}, lambda line: None)
    command = json.loads((tmp_path / "site" / "cdktf.json").read_text())["app"]

    assert subprocess.check_output(command, shell=True, text=True) == "it runs\n"


def test_the_zone_is_there_before_the_event(site: LabSite, lab_aws: LabAws) -> None:
    zones = {zone["Name"] for zone in lab_aws.client("route53", "us-east-1").list_hosted_zones()["HostedZones"]}

    assert f"{site.event.zone}." in zones


def test_terraform_gets_the_lab_s_aws_the_events_and_the_secrets_by_environment(site: LabSite, lab_aws: LabAws) -> None:
    environment = site.app._environment

    assert environment["AWS_ENDPOINT_URL"] == lab_aws.url
    assert environment["POPHUB_EVENTS"] == str(site.file.parent)
    assert load_account(Path(environment["POPHUB_ACCOUNT"])).state == "local"
    assert environment["TF_VAR_github_client_id"] == "an id"


def test_terraform_uses_the_provider_that_the_lab_keeps_if_the_stack_has_only_one(
    lab_aws: LabAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = {VARIABLE: "its address"}
    monkeypatch.setattr(lab_aws, "kept_provider", lambda stack: kept)
    monkeypatch.setattr(toolchain, "check", lambda: None)
    far = tmp_path / "far.yaml"
    far.write_text(EXAMPLE_EVENT.read_text().replace("region: us-west-2", "region: eu-central-1"))

    def environment_of(name: str, file: Path, **options: bool) -> dict[str, str]:
        return LabSite(tmp_path / name, file, lab_aws, {}, lambda line: None, **options).app._environment

    assert kept.items() <= environment_of("one", EXAMPLE_EVENT).items()
    assert VARIABLE not in environment_of("two", far), "its bucket is in another region"
    assert VARIABLE not in environment_of("own", EXAMPLE_EVENT, keeps_provider=False)


def test_the_app_that_does_all_synths_is_kept_until_the_lab_aws_ends(
    lab_aws: LabAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    main = tmp_path / "main.py"
    main.write_text("import os\ndef main():\n    print(os.getpid())\n")
    monkeypatch.setattr(toolchain, "check", lambda: None)
    monkeypatch.setattr(module, "MAIN", main)
    monkeypatch.setattr(lab_aws, "_kept", [])
    keeps = {"keeps_provider": False, "keeps_app": True}
    site = LabSite(tmp_path / "site", EXAMPLE_EVENT, lab_aws, {}, lambda line: None, **keeps)
    command = json.loads((site.app.folder / "cdktf.json").read_text())["app"]

    first, second = (subprocess.check_output(command, shell=True, cwd=tmp_path, text=True) for _ in range(2))
    assert first == second
    [kept] = lab_aws._kept
    kept.stop()
    assert gone(int(first))


def test_a_site_has_the_ordinary_way_too(site: LabSite) -> None:
    site.app._environment[VARIABLE] = "its address"

    assert site.ordinary_environment.keys() == site.app._environment.keys() - {VARIABLE}


def test_an_organizers_account_keeps_its_bucket_and_no_state_of_its_own(
    lab_aws: LabAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = tmp_path / "theirs.yaml"
    theirs.write_text(
        "region: eu-central-1\nbucket: our-lab-bucket\nstate: bucket\n"
        "permissions_boundary: arn:aws:iam::111122223333:policy/ours\n"
    )
    monkeypatch.setattr(module, "ACCOUNT_FILE", theirs)
    site = LabSite(tmp_path / "site", EXAMPLE_EVENT, lab_aws, {}, lambda line: None)
    account = load_account(Path(site.app._environment["POPHUB_ACCOUNT"]))

    assert account == Account(region="eu-central-1", bucket="our-lab-bucket")


def test_roster_and_logo_come_along(lab_aws: LabAws, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    (theirs / "files").mkdir(parents=True)
    (theirs / "people.csv").write_text("name,account\n")
    (theirs / "files" / "logo.svg").write_text("<svg/>")
    event = theirs / "geo.yaml"
    more = "roster: people.csv\nbranding: {logo: files/logo.svg}\n"
    kept = re.sub(r"^(roster|branding):.*\n(  .*\n)*", "", EXAMPLE_EVENT.read_text(), flags=re.MULTILINE)
    event.write_text(kept + more)
    site = LabSite(tmp_path / "site", event, lab_aws, {}, lambda line: None)

    assert (site.file.parent / "people.csv").read_text() == "name,account\n"
    assert (site.file.parent / "files" / "logo.svg").read_text() == "<svg/>"


def test_the_bundle_is_fetched_and_unpacked(site: LabSite, stored: Bundle, tmp_path: Path) -> None:
    sha256 = site.fetch_bundle(tmp_path / "hub")

    assert sha256 == stored.sha256
    assert (tmp_path / "hub" / "hub-config" / EVENT_FILE).exists()


@pytest.mark.usefixtures("stored")
def test_a_bundle_that_somebody_has_changed_is_refused_and_not_unpacked(
    site: LabSite, lab_aws: LabAws, tmp_path: Path
) -> None:
    changed = build_bundle(plan_of(site.event.model_copy(update={"title": "Another"}))).content
    lab_aws.client("s3", "us-east-1").put_object(Bucket=BUCKET, Key="bundle.tar.gz", Body=changed)

    with pytest.raises(PophubError, match=r"the bundle's sha256 is \w+, not \w+"):
        site.fetch_bundle(tmp_path / "hub")
    assert not (tmp_path / "hub").exists()
