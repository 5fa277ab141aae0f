"""People's files on a volume of their own, with a quota for each home: what only a machine with disks and a kernel shows.

One machine for all, in the order of a volume's life; each test leaves what the next one begins with.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.fake_participant import FakeParticipant
from lab.machine.disk import HomeVolume
from lab.machine.internet import on_the_internet
from lab.machine.machine_lab import MachineLab
from lab.machine.virtual import VirtualMachine
from lab.plans import plan_of
from lab.wait import wait_until
from pophub.core.contract import BUNDLE_FOLDER, HOMES_FOLDER, HUB_FOLDER, SERVER_HOME
from pophub.organizer.deploy.bundle import build_bundle
from pophub.organizer.event.event import Event
from pophub.organizer.event.event_file import load_event

log = logging.getLogger(__name__)
pytestmark = [pytest.mark.vm, pytest.mark.timeout(3600)]
# everything takes its time on an emulated processor
PATIENCE = 3000
MIB, GIB = 1 << 20, 1 << 30
# what chattr does, from inside of a container that has none: leave the project, or have new files leave it
LEAVE = """
import fcntl, os, struct, sys
layout = struct.Struct("=IIIII8s")
home = os.open(sys.argv[1], os.O_RDONLY)
words = list(layout.unpack(fcntl.ioctl(home, 0x801C581F, bytes(28))))
print("project", words[3], "inherit", words[0] >> 9 & 1)
for place, value in ((3, 0), (3, 77), (0, words[0] & ~0x200)):
    changed = list(words)
    changed[place] = value
    try:
        fcntl.ioctl(home, 0x401C5820, layout.pack(*changed))
        print("changed")
    except OSError as error:
        print(error.strerror)
"""


@pytest.fixture(scope="module")
def event() -> Event:
    return load_event(Path(__file__).with_name("diskweek.yaml"))


@pytest.fixture(scope="module")
def lab(event: Event, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MachineLab]:
    with MachineLab(event, tmp_path_factory.mktemp("lab")) as lab:
        yield lab


@pytest.fixture(scope="module")
def home() -> Iterator[HomeVolume]:
    with HomeVolume(8) as home:
        yield home


@pytest.fixture(scope="module")
def machine(lab: MachineLab, home: HomeVolume) -> Iterator[VirtualMachine]:
    """It gets its volume as Terraform attaches it: when it runs already, and looks for it."""
    with lab.equip(VirtualMachine(lab.event, lab.instance, lab.backends)) as machine:
        wait_until(lambda: "(homes)" in machine.journal("pophub-install"), PATIENCE, "it looks for its volume")
        machine.attach(home)
        log.info("open after %.0f s", machine.await_open(PATIENCE))
        yield machine


@pytest.fixture(scope="module")
def people(machine: VirtualMachine) -> Iterator[tuple[FakeParticipant, FakeParticipant]]:
    """Both are at work."""
    ada, octocat = FakeParticipant(machine.url, "ada"), FakeParticipant(machine.url, "octocat")
    with on_the_internet(machine):
        for person in (ada, octocat):
            person.sign_in()
            person.start_server(seconds=PATIENCE)
        yield ada, octocat


def in_container(machine: VirtualMachine, person: str, *command: str) -> str:
    """What a participant's own command says, as its terminal would run it."""
    return machine.run("docker", "exec", "--workdir", SERVER_HOME, f"jupyter-{person}", *command, check=False)


def take(machine: VirtualMachine, person: str, file: str, size: int) -> str:
    """Have a file take room at once; nothing is said where that works."""
    return in_container(machine, person, "fallocate", "--length", str(size), file).strip()


def test_a_volume_attached_late_becomes_srv(machine: VirtualMachine, home: HomeVolume) -> None:
    assert machine.run("findmnt", "--noheadings", "--output", "FSTYPE,LABEL", "/srv").split() == ["xfs", "pophub-home"]
    assert "prjquota" in machine.run("findmnt", "--noheadings", "--output", "OPTIONS", "/srv")
    source = machine.run("findmnt", "--noheadings", "--output", "SOURCE", "/srv").strip()
    assert machine.run("lsblk", "--noheadings", "--nodeps", "--output", "SERIAL", source).strip() == home.serial


def test_it_is_a_machine_as_ec2_has_them(machine: VirtualMachine) -> None:
    assert machine.run("systemd-detect-virt", check=False).strip() == "amazon"
    assert machine.run("stat", "--file-system", "--format", "%T", "/sys/fs/cgroup").strip() == "cgroup2fs"
    assert machine.run("cloud-id").strip() == "aws"


def test_no_disk_of_a_running_machine_is_blank(machine: VirtualMachine) -> None:
    tell = "for disk in $(disks); do if is_blank $disk; then echo blank; else echo taken; fi; done"
    told = machine.run("bash", "-c", f"set -e; . {BUNDLE_FOLDER}/cloud-init/steps/homes.sh; {tell}")
    # its own, and the one for homes
    assert told.split() == ["taken", "taken"]


def test_a_full_home_is_its_owners_trouble_alone(
    machine: VirtualMachine, people: tuple[FakeParticipant, FakeParticipant]
) -> None:
    assert take(machine, "ada", "most", GIB - 8 * MIB) == ""
    assert "No space left on device" in take(machine, "ada", "more", 64 * MIB)
    filled = in_container(machine, "ada", "sh", "-c", "cat /dev/zero > rest")
    assert "No space left on device" in filled
    assert take(machine, "octocat", "own", 512 * MIB) == ""
    # the hub's own memory is nobody's home
    machine.run("sh", "-c", f"fallocate --length {2 * GIB} {HUB_FOLDER}/test && rm {HUB_FOLDER}/test")
    size, left = map(int, in_container(machine, "ada", "df", "--output=size,avail", "-B", "1M", ".").split()[2:])
    assert size == 1024
    assert left <= 1


def test_a_program_that_is_ended_for_its_memory_is_told_in_jupyterlab(
    machine: VirtualMachine, people: tuple[FakeParticipant, FakeParticipant]
) -> None:
    # here, because the lab's other machines have cgroups of version 1
    with people[0].events(seconds=PATIENCE) as event:
        in_container(machine, "ada", "python3", "-c", "bytearray(2 << 30)")
        told = event("https://pophub.invalid/events/ended-for-memory")

    assert (told["programs"], told["limit"]) == (1, "1 GiB")


def test_nobody_leaves_the_own_quota(machine: VirtualMachine, people: tuple[FakeParticipant, FakeParticipant]) -> None:
    said = in_container(machine, "ada", "python3", "-c", LEAVE, SERVER_HOME).splitlines()
    assert re.fullmatch("project [1-9] inherit 1", said[0])
    assert said[1:] == ["Invalid argument"] * 3


def test_the_owner_of_a_full_home_starts_the_server_and_makes_room(
    machine: VirtualMachine, people: tuple[FakeParticipant, FakeParticipant]
) -> None:
    ada = people[0]
    ada.sign_out()
    wait_until(lambda: "jupyter-ada" not in machine.run("docker", "ps"), PATIENCE, "her server has stopped")
    ada.sign_in()
    ada.start_server(seconds=PATIENCE)
    ada.delete_file("most")
    ada.write_file("notes.txt", "kept")
    assert ada.read_file("notes.txt") == "kept"


def test_more_room_for_everybody_comes_with_the_event_file(
    machine: VirtualMachine, lab: MachineLab, people: tuple[FakeParticipant, FakeParticipant]
) -> None:
    larger = lab.event.model_copy(update={"server": lab.event.server.model_copy(update={"home_gib": 2})})
    lab.put_in_bucket(build_bundle(plan_of(larger)))
    machine.run("systemctl", "restart", "pophub-install", seconds=PATIENCE)
    assert take(machine, "ada", "larger", 3 * GIB // 2) == ""
    assert "No space left on device" in take(machine, "ada", "too-large", GIB)
    assert machine.run("docker", "ps", "--quiet").count("\n") == 2


def size_of(machine: VirtualMachine, folder: str) -> int:
    """Of the file system that a folder lies on, in bytes."""
    return int(machine.run("df", "--output=size", "-B", "1", folder).split()[1])


def test_a_reboot_keeps_homes_and_quotas_under_whatever_names_the_disks_have_and_takes_what_the_volume_has_grown(
    machine: VirtualMachine, home: HomeVolume, people: tuple[FakeParticipant, FakeParticipant]
) -> None:
    before = machine.run("findmnt", "--noheadings", "--output", "SOURCE", "/srv")
    small = size_of(machine, "/srv")
    # as a bare Debian that is given a volume with files: it meets it before it has the programs for one
    machine.run("apt-get", "-qq", "remove", "--yes", "xfsprogs", seconds=PATIENCE)
    machine.shut_down()
    home.enlarge(9)
    machine.boot()
    log.info("open after a reboot: %.0f s", machine.await_open(PATIENCE))
    assert machine.run("findmnt", "--noheadings", "--output", "SOURCE", "/srv") != before
    wait_until(lambda: size_of(machine, "/srv") == small + GIB, PATIENCE, "the file system is as large as its volume")
    assert machine.run("cat", f"{HOMES_FOLDER}/ada/notes.txt") == "kept"
    assert "No space left on device" in machine.run(
        "fallocate", "--length", str(2 * GIB), f"{HOMES_FOLDER}/octocat/too-large", check=False
    )


def test_a_new_instance_with_the_old_volume_is_the_old_hub(
    machine: VirtualMachine, lab: MachineLab, home: HomeVolume, people: tuple[FakeParticipant, FakeParticipant]
) -> None:
    machine.shut_down()
    with lab.equip(VirtualMachine(lab.event, lab.instance, lab.backends, home=home)) as new:
        log.info("a new instance was open after %.0f s", new.await_open(PATIENCE))
        with on_the_internet(new):
            # signed in still: the hub knows her, and its own cookies
            assert people[0].get("/hub/home").url.endswith("/hub/home")
        assert new.acme.issued == 0
        assert new.run("cat", f"{HOMES_FOLDER}/ada/notes.txt") == "kept"
        assert "No space left on device" in new.run(
            "fallocate", "--length", str(2 * GIB), f"{HOMES_FOLDER}/octocat/too-large", check=False
        )
