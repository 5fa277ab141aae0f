"""Which disk becomes the home volume, and which one is never touched. The disks are files here; tests/machine has real ones."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pophub.organizer.paths import CLOUD_INIT

MIB = 1 << 20
Run = Callable[..., subprocess.CompletedProcess[str]]
FOREIGN: dict[str, Callable[[Path], None]] = {
    "another file system": lambda disk: make(["mke2fs", "-q", "-F", str(disk)]),
    "a partition table": lambda disk: make(["sfdisk", "--quiet", str(disk)], "label: gpt\n,\n"),
    "swap": lambda disk: make(["mkswap", str(disk)]),
    "data without any signature": lambda disk: write(disk, 3 * MIB, b"the only copy"),
    "another label": lambda disk: make(["mke2fs", "-q", "-F", "-L", "pophub-homes", str(disk)]),
}


def make(command: list[str], stdin: str = "") -> None:
    subprocess.run(command, input=stdin, text=True, capture_output=True, check=True)


def write(disk: Path, offset: int, content: bytes) -> None:
    with disk.open("r+b") as file:
        file.seek(offset)
        file.write(content)


@pytest.fixture
def home_disk(tmp_path: Path) -> Run:
    """What the machine chooses among files that stand for its disks."""
    if not all(map(shutil.which, ("wipefs", "blkid", "mke2fs", "sfdisk", "mkswap"))):
        pytest.skip("util-linux and e2fsprogs are not there")

    def run(*disks: Path, command: str = "home_disk") -> subprocess.CompletedProcess[str]:
        script = f"""
            set -euo pipefail
            . {CLOUD_INIT}/steps/homes.sh
            VOLUME_SECONDS=0
            disks() {{ printf '%s\\n' {" ".join(map(str, disks))}; }}
            # of a file lsblk knows nothing: it has no parts and is mounted nowhere
            lsblk() {{ case "$*" in *MOUNTPOINTS*) ;; *) echo file ;; esac; }}
            {command}
        """
        return subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)

    return run


@pytest.fixture
def disk(tmp_path: Path) -> Callable[[str], Path]:
    def new(name: str) -> Path:
        path = tmp_path / name
        with path.open("wb") as file:
            file.truncate(64 * MIB)
        return path

    return new


def ours(disk: Path) -> Path:
    make(["mke2fs", "-q", "-F", "-L", "pophub-home", str(disk)])
    return disk


def test_a_blank_disk_is_taken_and_known_to_be_blank(home_disk: Run, disk: Callable[[str], Path]) -> None:
    blank = disk("blank")
    assert home_disk(blank).stdout.strip() == str(blank)
    assert home_disk(blank, command=f"is_blank {blank} && echo yes").stdout == "yes\n"


def test_a_disk_with_our_label_is_taken_whatever_else_is_there(home_disk: Run, disk: Callable[[str], Path]) -> None:
    labelled = ours(disk("labelled"))
    assert home_disk(disk("blank"), labelled).stdout.strip() == str(labelled)
    assert home_disk(labelled, command=f"is_blank {labelled} || echo no").stdout == "no\n"


@pytest.mark.parametrize("what", FOREIGN)
def test_a_disk_with_anything_else_on_it_is_not_touched(home_disk: Run, disk: Callable[[str], Path], what: str) -> None:
    foreign = disk("foreign")
    FOREIGN[what](foreign)
    before = hashlib.sha256(foreign.read_bytes()).digest()
    refused = home_disk(foreign)

    assert refused.returncode == 1
    assert refused.stdout == ""
    assert f"of {foreign}, there are 0 (none); what has anything else on it is not touched" in refused.stderr
    assert hashlib.sha256(foreign.read_bytes()).digest() == before


def test_between_two_disks_of_one_kind_it_does_not_choose(home_disk: Run, disk: Callable[[str], Path]) -> None:
    for two in ((disk("a"), disk("b")), (ours(disk("c")), ours(disk("d")))):
        refused = home_disk(*two)
        assert refused.returncode == 1
        assert f"there are 2 ({two[0]} {two[1]})" in refused.stderr


# as `lsblk --output NAME,MODEL` shows an m6id.large: the root disk, its own disk, and the volume
DISKS = """
/dev/nvme0n1 Amazon Elastic Block Store
/dev/nvme1n1 Amazon EC2 NVMe Instance Storage
/dev/nvme2n1 Amazon Elastic Block Store
/dev/xvdf
"""


def test_a_disk_that_every_stop_empties_is_none_of_the_choices() -> None:
    script = f". {CLOUD_INIT}/steps/homes.sh; lsblk() {{ echo '{DISKS.strip()}'; }}; disks"
    found = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)

    assert found.stdout.split() == ["/dev/nvme0n1", "/dev/nvme2n1", "/dev/xvdf"]


def test_without_a_disk_it_says_what_to_do(home_disk: Run) -> None:
    refused = home_disk()
    assert refused.returncode == 1
    assert refused.stderr.startswith("attach one disk for people's files, blank or labelled pophub-home")


# a machine on which something with a label is mounted at /srv
MOUNTED = """
findmnt() {{ case "$*" in *LABEL*) echo "{found}" ;; *) return 0 ;; esac; }}
install_packages() {{ echo "there: $*" >>"{asked}"; }}
xfs_growfs() {{ echo "grown: $*" >>"{asked}"; echo "data blocks changed"; }}
limit_homes() {{ echo limited >>"{asked}"; }}
install() {{ true; }}
first_id() {{ echo 1000000; }}
homes
"""


@pytest.mark.parametrize(
    ("found", "done"), [("pophub-home", ["there: xfsprogs", "grown: -d /srv", "limited"]), ("other", ["limited"])]
)
def test_a_disk_that_has_grown_is_used_whole_before_homes_get_more_of_it_and_nobody_elses_is(
    home_disk: Run, tmp_path: Path, found: str, done: list[str]
) -> None:
    asked = tmp_path / "asked"
    assert home_disk(command=MOUNTED.format(found=found, asked=asked)).stdout == "/srv is mounted\n"
    assert asked.read_text().splitlines() == done
