"""What the machine reads: the same bytes for the same event, everything it needs, nothing that is not its business."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from lab.plans import plan_of
from pophub.core.contract import EVENT_FILE, GUIDE_FILE, WATCH_SETTINGS_FILE
from pophub.core.errors import PophubError
from pophub.organizer.deploy.bundle import (
    BEFORE_THE_BUNDLE,
    NOT_FOR_THE_HUB,
    SHIPPED,
    USER_DATA_LIMIT_BYTES,
    Bundle,
    build_bundle,
    hub_settings,
    unpack,
    user_data,
)
from pophub.organizer.event.event import Event
from pophub.organizer.guide.guide_pages import as_json
from pophub.organizer.paths import HUB_CONFIG, ROOT
from pophub.organizer.people.roster import Person

MakeEvent = Callable[..., Event]
KEPT_BACK = (
    "events/secret-plans.yaml",
    "event.schema.json",
    "example-event.yaml",
    "account.yaml",
    ".env",
    "__pycache__/x.pyc",
    "a/.git/HEAD",
)


def unpacked(bundle: Bundle) -> dict[str, tarfile.TarInfo]:
    with tarfile.open(fileobj=io.BytesIO(bundle.content)) as archive:
        return {member.name: member for member in archive.getmembers()}


def content(bundle: Bundle, name: str) -> bytes:
    with tarfile.open(fileobj=io.BytesIO(bundle.content)) as archive:
        member = archive.extractfile(name)
        assert member is not None
        return member.read()


def tracked(*folders: str) -> list[str]:
    listed = ["git", "ls-files", "--", *folders]
    return subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A copy of the folders that travel, which a test may change."""
    for folder in SHIPPED:
        shutil.copytree(ROOT / folder, tmp_path / folder)
    shutil.copy(ROOT / "pophub" / "__init__.py", tmp_path / "pophub")
    return tmp_path


def test_one_event_gives_the_same_bytes_whoever_packs_them_and_when(
    make_event: MakeEvent, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = build_bundle(plan_of(make_event()), root=checkout)
    monkeypatch.setattr(time, "time", lambda: 1.0)
    for path in checkout.rglob("*"):
        os.utime(path, (1, 1))
        path.chmod(path.stat().st_mode & 0o711 | 0o600)

    assert build_bundle(plan_of(make_event()), root=checkout) == before == build_bundle(plan_of(make_event()))


def test_another_setting_is_another_bundle(make_event: MakeEvent) -> None:
    one, two = build_bundle(plan_of(make_event())), build_bundle(plan_of(make_event(participants=61)))

    assert one.sha256 != two.sha256


def test_the_bundle_is_whole_folders_and_what_the_event_says(make_event: MakeEvent) -> None:
    members = unpacked(build_bundle(plan_of(make_event())))
    said = {f"hub-config/{EVENT_FILE}", f"hub-config/{GUIDE_FILE}", f"hub-config/{WATCH_SETTINGS_FILE}"}

    assert said <= members.keys()
    assert all(name.startswith((*SHIPPED, "pophub/__init__.py")) for name in members)
    assert {file for file in tracked(*SHIPPED) if not file.startswith(NOT_FOR_THE_HUB)} <= members.keys()


def test_files_are_packed_byte_for_byte(make_event: MakeEvent) -> None:
    packed = content(build_bundle(plan_of(make_event())), "hub-config/jupyterhub_config.py")

    assert packed == (HUB_CONFIG / "jupyterhub_config.py").read_bytes()


@pytest.mark.parametrize("filters", [True, False], ids=["filters", "Debian 12"])
def test_it_is_unpacked_as_it_was_packed(
    make_event: MakeEvent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, filters: bool
) -> None:
    if not filters:
        monkeypatch.delattr(tarfile, "data_filter", raising=False)
    unpack(build_bundle(plan_of(make_event())).content, tmp_path)

    script = tmp_path / "cloud-init" / "install-hub.sh"
    assert script.read_bytes() == (ROOT / "cloud-init" / "install-hub.sh").read_bytes()
    assert os.access(script, os.X_OK)


def test_what_an_organizer_keeps_there_stays_there(make_event: MakeEvent, checkout: Path) -> None:
    for name in KEPT_BACK:
        path = checkout / "hub-config" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("kept back")
    members = unpacked(build_bundle(plan_of(make_event()), root=checkout))

    assert not {f"hub-config/{name}" for name in KEPT_BACK} & members.keys()


def test_an_organizer_s_own_settings_travel_along(make_event: MakeEvent, checkout: Path) -> None:
    own = checkout / "hub-config" / "config.d" / "10-own.py"
    own.parent.mkdir(exist_ok=True)
    own.write_text("c.JupyterHub.log_level = 10\n")

    assert (
        content(build_bundle(plan_of(make_event()), root=checkout), "hub-config/config.d/10-own.py") == own.read_bytes()
    )


def test_scripts_can_be_run_and_nothing_else_can(make_event: MakeEvent) -> None:
    members = unpacked(build_bundle(plan_of(make_event())))

    assert members["cloud-init/install-hub.sh"].mode == 0o755
    assert members[f"hub-config/{EVENT_FILE}"].mode == 0o644
    assert {member.uid for member in members.values()} == {0}


def test_the_guide_goes_along(make_event: MakeEvent) -> None:
    event = make_event()

    assert json.loads(content(build_bundle(plan_of(event)), f"hub-config/{GUIDE_FILE}")) == as_json(plan_of(event))


def test_a_hub_without_tls_stands_at_plain_http(make_event: MakeEvent) -> None:
    assert hub_settings(plan_of(make_event(tls={"mode": "none"})))["url"].startswith("http://")
    assert hub_settings(plan_of(make_event()))["url"].startswith("https://")


def test_event_json_has_the_keys_of_the_file_and_the_hub_s_address(make_event: MakeEvent) -> None:
    settings = json.loads(content(build_bundle(plan_of(make_event())), f"hub-config/{EVENT_FILE}"))

    assert settings["url"] == "https://hub.geohackweek.example.org"
    assert settings["sessions"] == [{"from": "2027-03-01", "to": "2027-03-05", "start": "09:00:00", "end": "17:30:00"}]
    assert settings["login"] == {
        "github": {
            "allow": ["geohackweek", "geohackweek:participants-2027"],
            "create_users": False,
            "admins": ["octocat"],
        }
    }


def test_event_json_has_numbers_where_the_file_has_numbers(make_event: MakeEvent) -> None:
    settings = hub_settings(plan_of(make_event(server={"memory_gib": 4, "cpus": 2})))

    assert (settings["server"]["memory_gib"], settings["server"]["cpus"]) == (4.0, 2.0)
    assert settings["budget_usd"] == 400.0


def test_what_is_not_said_does_not_stand_in_event_json(make_event: MakeEvent) -> None:
    settings = hub_settings(plan_of(make_event(host={"instance_type": None})))

    assert "instance_type" not in settings["host"]
    assert "google" not in settings["login"]


def test_event_json_says_what_became_of_the_key_workers(make_event: MakeEvent) -> None:
    wanted = {"type": "r7i.2xlarge", "spot": True, "warm_minutes": 20}

    assert hub_settings(plan_of(make_event(workers=wanted)))["workers"] == {
        "slots": 15,
        "count": 4,
        "most": 5,
        "spot": True,
        "reserve_gib": 4.062,
    }
    assert "workers" not in hub_settings(plan_of(make_event()))


def written_files() -> dict[str, dict[str, str]]:
    return {entry["path"]: entry for entry in YAML(typ="safe").load(user_data())["write_files"]}


@pytest.mark.parametrize(("name", "place"), BEFORE_THE_BUNDLE.items(), ids=BEFORE_THE_BUNDLE)
def test_what_comes_before_the_bundle_is_in_the_user_data_byte_for_byte(name: str, place: str) -> None:
    written = written_files()[place]
    content = written["content"].encode()
    if written.get("encoding") == "gz+b64":
        content = gzip.decompress(base64.b64decode(content))
    assert content == (ROOT / name).read_bytes()


def test_only_what_is_long_is_packed() -> None:
    packed = [place for place, written in written_files().items() if "encoding" in written]

    assert len(packed) == 4
    assert "/usr/local/lib/pophub/pophub/hub/install/fetch_bundle.py" in packed


def test_the_first_script_can_be_run() -> None:
    assert written_files()["/usr/local/sbin/pophub-fetch-bundle"]["permissions"] == "0755"


def test_user_data_starts_as_cloud_init_wants_it_and_fits() -> None:
    assert user_data().startswith("#cloud-config\n")
    assert len(user_data().encode()) <= USER_DATA_LIMIT_BYTES


def test_user_data_that_does_not_fit_is_refused_with_where_to_put_it(checkout: Path) -> None:
    with (checkout / "pophub/hub/install/fetch_bundle.py").open("a") as script:
        script.write("".join(f"# {hashlib.sha256(bytes(number)).hexdigest()}\n" for number in range(400)))

    with pytest.raises(PophubError, match=r"the user data is \d+ bytes, EC2 takes 16384") as refused:
        user_data(checkout)
    assert "install-hub.sh" in refused.value.hint


def schema_errors(tmp_path: Path, text: str) -> str:
    file = tmp_path / "user-data.yaml"
    file.write_text(text)
    done = subprocess.run(
        ["cloud-init", "schema", "--config-file", str(file)], capture_output=True, text=True, check=False
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.cloud_init
def test_cloud_init_s_own_schema_accepts_the_user_data(tmp_path: Path) -> None:
    assert schema_errors(tmp_path, user_data()) == ""


@pytest.mark.cloud_init
@pytest.mark.parametrize(("right", "wrong"), [("bootcmd:", "bootcmd: nothing\nruncmd:"), ("- path:", "- place:")])
def test_cloud_init_s_own_schema_would_tell_a_mistake(tmp_path: Path, right: str, wrong: str) -> None:
    assert right in user_data()
    assert "schema" in schema_errors(tmp_path, user_data().replace(right, wrong, 1))


def test_the_hub_knows_the_rosters_accounts_and_names_and_no_mail_address(make_event: MakeEvent) -> None:
    people = (Person("Ada Lovelace", "ada@uni.example", "Ada-L", 2), Person("Zoë", "zoe@uni.example", "", 3))
    plan = plan_of(make_event(roster="people.csv").with_people(people))

    assert hub_settings(plan)["people"] == {"ada-l": "Ada Lovelace"}
    assert b"uni.example" not in gzip.decompress(build_bundle(plan).content)
    assert "people" not in hub_settings(plan_of(make_event()))


def test_a_roster_that_lies_among_the_hubs_files_stays_there(make_event: MakeEvent, checkout: Path) -> None:
    (checkout / "hub-config" / "people.csv").write_text("mail\nada@uni.example\n")
    plan = plan_of(make_event(roster="../people.csv").with_people((Person("", "ada@uni.example", "", 2),)))

    assert b"uni.example" not in gzip.decompress(build_bundle(plan, root=checkout).content)
