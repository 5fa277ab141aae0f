"""The contract's values, and that whoever cannot read it says the same."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from pophub.core import contract
from pophub.core.contract import ENDS_TAG, EVENT_TAG, KEEP_DAYS, KEEP_TAG, keep_days, parameter_path, resource_name
from pophub.hub.install import fetch_bundle
from pophub.organizer.paths import CLOUD_INIT, HUB_CONFIG, ROOT
from tests.test_house import tree

LONGEST_NAME = "g" * 31
READERS = ("pophub/", "hub-config/", "cloud-init/", "stacks/", "lab/", "bench/", "tests/")
# the contract and its test; what is there before the bundle, what systemd reads, what runs inside of a chroot
CANNOT_READ = (
    "pophub/core/contract.py",
    "tests/pophub/core/test_contract.py",
    "cloud-init/early/",
    "pophub/hub/install/fetch_bundle.py",
    "cloud-init/systemd/",
    "cloud-init/user-data.yaml",
    "lab/machine/",
)


def test_an_event_and_its_parts_have_names_of_their_own() -> None:
    assert resource_name("geo") == "pophub-geo"
    assert resource_name("geo", "hub") == "pophub-geo-hub"


@pytest.mark.parametrize("part", ["schedule", "budget", "hub"])
def test_the_longest_event_name_still_fits_a_role(part: str) -> None:
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    assert len(resource_name(LONGEST_NAME, part)) <= 64


def test_one_event_s_parameters_are_no_part_of_another_s() -> None:
    assert not parameter_path("geo-two").startswith(f"{parameter_path('geo')}/")


def test_what_lies_on_disks_and_in_buckets_keeps_its_name() -> None:
    # a new value leaves homes, archives, certificates and Terraform's state of a deployed event behind
    assert contract.bucket_name("123456789012") == "pophub-123456789012"
    assert contract.bundle_key("geo", "b") == "bundles/geo/b.tar.gz"
    assert contract.state_key("geo") == "state/geo.tfstate"
    assert (contract.ARCHIVE, contract.REPORTS, contract.CERTIFICATES) == ("archive", "reports", "certificates")
    assert (EVENT_TAG, ENDS_TAG, KEEP_TAG) == ("pophub:event", "pophub:ends", "pophub:keep-days")
    assert contract.bundle_parameter("geo") == "/pophub/geo/bundle"
    assert (contract.HOMES_FOLDER, contract.SHARED_FOLDER, contract.HUB_FOLDER) == (
        "/srv/home",
        "/srv/data",
        "/srv/pophub",
    )
    assert (contract.METER_FILE, contract.CERTIFICATE_FILE, contract.FINAL_FILE) == (
        "meter.jsonl",
        "caddy.tar.gz",
        "final.json",
    )
    assert (contract.FIRST_ID, contract.IDS, contract.SERVER_UID, contract.SERVER_GID) == (1_000_000, 65536, 1000, 100)
    assert contract.SERVER_HOME == "/home/jovyan"


def test_no_file_of_one_folder_has_the_name_of_another() -> None:
    reports = [contract.METER_FILE, contract.WATCH_REPORT_FILE, contract.WATCH_SETTINGS_FILE, contract.ANSWER_FILE]
    reports += [contract.KEEP_FILE, contract.STARTED_FILE, contract.REQUEST_FILE]
    run = [
        contract.STATUS_FILE,
        contract.CLOSED_FILE,
        contract.WATCH_STATE_FILE,
        contract.TERMS_FILE,
        contract.BANNER_FILE,
    ]
    run += [contract.WATCH_REPORT_FILE, contract.KEEP_FILE, contract.STARTED_FILE]

    for names in (reports, run):
        assert len(set(names)) == len(names)


def test_bash_reads_the_same_values() -> None:
    words = ("$HUB_ADDRESS", "$HUB_PORT", "$EVENT_TAG", "${CERTIFICATE_SECRETS[1]}")
    script = f"set -eu\n{contract.for_bash()}\n" + "\n".join(f'echo "{word}"' for word in words)
    read = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True).stdout

    expected = [contract.HUB_ADDRESS, str(contract.HUB_PORT), EVENT_TAG, contract.CERTIFICATE_SECRETS[1]]
    assert read.splitlines() == expected


def test_the_user_data_says_what_the_contract_says() -> None:
    script = Path(fetch_bundle.__file__).read_text()
    folders = (contract.SETTINGS_FOLDER, contract.RUN_FOLDER, contract.STATE_FOLDER)

    assert tuple(map(Path, folders)) == (fetch_bundle.SETTINGS, fetch_bundle.RUN, fetch_bundle.STATE)
    assert fetch_bundle.POINTER == contract.POINTER_FILE
    assert f'metadata("tags/instance/{EVENT_TAG}")' in script
    assert f'"{contract.bundle_parameter("{event}")}"' in script
    assert f'new.replace(RUN / "{contract.STATUS_FILE}")' in script
    assert f"root * {contract.RUN_FOLDER}\n" in (CLOUD_INIT / "early" / "Caddyfile").read_text()
    for file in (CLOUD_INIT / "early" / "Caddyfile", Path(fetch_bundle.__file__).with_name("waiting.js")):
        assert f"/pophub/{contract.STATUS_FILE}" in file.read_text()


def test_units_name_no_place_and_no_port_of_their_own() -> None:
    environments = (contract.HUB_ENVIRONMENT, contract.WORKERS_ENVIRONMENT)
    folders = (contract.BUNDLE_FOLDER, *environments, contract.SETTINGS_FOLDER, contract.RUN_FOLDER)
    units = {file.name: file.read_text() for file in (CLOUD_INIT / "systemd").iterdir()}
    named = [
        (name, place)
        for name, text in units.items()
        for place in re.findall(r"/(?:opt|etc|run|srv|var/lib)/[\w./-]+", "\n".join(_settings(text)))
    ]
    files = [place for _, place in named if place.endswith(".env")]

    assert len(named) > 20
    others = (contract.HUB_FOLDER, contract.HOMES_FOLDER, contract.IMAGE_FOLDER)
    assert not [it for it in named if not it[1].startswith((*folders, *others))]
    known = {
        contract.SECRETS_FILE,
        contract.PROXY_TOKEN_FILE,
        contract.WATCH_TOKEN_FILE,
        contract.REHEARSAL_TOKEN_FILE,
        contract.COSTS_TOKEN_FILE,
        contract.HELPERS_TOKEN_FILE,
        "caddy.env",
    }
    assert {Path(place).name for place in files} == known
    assert f"ConditionPathExists=!{contract.RUN_FOLDER}/{contract.CLOSED_FILE}\n" in units["pophub-hub.service"]
    proxy = units["pophub-proxy.service"]
    assert f"--port {contract.PROXY_PORT} --api-ip 127.0.0.1 --api-port {contract.PROXY_API_PORT} " in proxy
    at = contract.HUB_PRIVATE_ADDRESS
    assert f" --listen {at}:{contract.IMAGE_PORT} --root {contract.IMAGE_FOLDER}\n" in units["pophub-image.service"]
    assert f"\nhost={at}\n" in (CLOUD_INIT / "nfs.conf").read_text()


def _settings(unit: str) -> list[str]:
    return [line for line in unit.splitlines() if not line.startswith("#")]


def test_the_image_and_docker_know_the_same_user_and_home() -> None:
    dockerfile = (HUB_CONFIG / "image" / "Dockerfile").read_text()
    complete = (HUB_CONFIG / "image" / "complete.py").read_text()
    uid, gid, home = contract.SERVER_UID, contract.SERVER_GID, contract.SERVER_HOME

    assert f"\nUSER {uid}:{gid}\nENV HOME={home} " in dockerfile
    assert f'\nUID, GID = {uid}, {gid}\nHOME, ROOTS_HOME = Path("{home}"), ' in complete
    assert json.loads((CLOUD_INIT / "docker.json").read_text())["userns-remap"] == "default"
    # https://docs.docker.com/engine/security/userns-remap/
    assert contract.CONTAINER_USER == "dockremap"


def test_nothing_else_spells_the_places() -> None:
    """The folders, the hub's address and the tokens; messages to people may name a folder."""
    spelled = re.compile(
        "|".join(
            rf"{re.escape(value)}(?![\w.])"
            for value in (
                contract.BUNDLE_FOLDER,
                contract.HUB_ENVIRONMENT,
                contract.WORKERS_ENVIRONMENT,
                contract.STATE_FOLDER,
                contract.RUN_FOLDER,
                contract.HUB_FOLDER,
                contract.HUB_ADDRESS,
                contract.SERVER_IMAGE,
                contract.WATCH_TOKEN,
                contract.PROXY_TOKEN,
                contract.REHEARSAL_TOKEN,
            )
        )
    )
    files = [name for name in tree() if name.startswith(READERS) and not name.startswith(CANNOT_READ)]
    found = {
        f"{name}:{number}"
        for name in files
        if (ROOT / name).suffix in (".py", ".sh", ".nft", "")
        for number, line in enumerate((ROOT / name).read_text().splitlines(), 1)
        if spelled.search(line.partition("#")[0])
    }

    assert len(files) > 300
    assert not found


@pytest.mark.parametrize("tag", [EVENT_TAG, ENDS_TAG, KEEP_TAG])
def test_a_tag_can_be_read_from_inside_the_machine(tag: str) -> None:
    # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/work-with-tags-in-IMDS.html
    assert re.fullmatch(r"[A-Za-z0-9+\-=.,_:@]+", tag)


def test_an_archive_is_kept_at_least_as_long_as_wished() -> None:
    assert [keep_days(days) for days in (1, 7, 8, 90, 91, 3650)] == [7, 7, 14, 90, 120, 3650]
    assert all(keep_days(days) >= days for days in range(1, KEEP_DAYS[-1] + 1))
