"""The units of systemd, as texts. tests/cloud_init/one_machine shows them at work."""

from __future__ import annotations

from pathlib import Path

import pytest

from pophub.organizer.paths import CLOUD_INIT

UNITS = CLOUD_INIT / "systemd"


def values(unit: Path, key: str) -> list[str]:
    """What a unit's lines of this key say, in words."""
    lines = [line.partition("=") for line in unit.read_text().splitlines()]
    return [word for name, _, value in lines if name == key for word in value.split()]


MOUNTED = [it for it in sorted(UNITS.glob("*.service")) if "srv.mount" in values(it, "WantedBy")]
# and what these want, which systemd starts too, even if their own conditions do not hold
STARTED_BY_THE_DISK = {
    *MOUNTED,
    *(UNITS / name for it in MOUNTED for name in values(it, "Wants") if (UNITS / name).exists()),
}


@pytest.mark.parametrize("unit", sorted(STARTED_BY_THE_DISK), ids=lambda it: it.stem)
def test_the_mount_of_the_disk_does_not_start_what_is_not_installed_yet(unit: Path) -> None:
    """The first installation mounts the disk long before it writes these files or makes these folders. Without them the unit
    would start in vain, some again and again.
    """
    needed = values(unit, "EnvironmentFile") or values(unit, "ReadWritePaths")
    assert set(needed) & set(values(unit, "ConditionPathExists"))


def test_the_disk_starts_units_with_files_of_their_own() -> None:
    of_hub = {f"pophub-{name}" for name in ("hub", "proxy", "costs", "helpers", "stop")}
    assert of_hub <= {it.stem for it in STARTED_BY_THE_DISK}
