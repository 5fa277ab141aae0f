"""cloud-init/tidy.sh with a Docker of paper: what goes when a hub stands, and what somebody's server keeps."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pophub.core.contract import HOMES_FOLDER
from pophub.organizer.paths import CLOUD_INIT

# DOES: words that fail; READ: what containers have of the machine's files; LEFT: an image of an earlier build
DOCKER = r"""#!/bin/sh
echo "$*" >>"$LOG"
case " $DOES " in *" $1 "*|*" $2 "*) exit 1 ;; esac
case "$*" in
ps*) echo 1 ;;
inspect*) printf '%s\n' $READ ;;
"image ls"*) printf '%s' "$LEFT" ;;
esac
"""
TIDY = """
set -euo pipefail
. "$CLOUD_INIT/helpers.sh"
. "$CLOUD_INIT/tidy.sh"
setting() { echo now:1; }
TRIAL_IMAGE=pophub-server:trial
on_ec2() { [ -z "$OWN_SERVER" ]; }
"""
Tidy = Callable[..., list[str]]


@pytest.fixture
def tidy(tmp_path: Path) -> Tidy:
    (tmp_path / "docker").write_text(DOCKER)
    (tmp_path / "docker").chmod(0o755)

    def run(what: str, **known: str) -> list[str]:
        log = tmp_path / "asked"
        log.write_text("")
        (tmp_path / "work").mkdir(exist_ok=True)
        names = {"BUNDLE": "bundle", "STATE": ".", "WORK": "work", "LOG": log.name}
        places = {name: str(tmp_path / place) for name, place in names.items()}
        environment = {
            **{"PATH": f"{tmp_path}:/usr/bin:/bin", "CLOUD_INIT": str(CLOUD_INIT)},
            **{"DOES": "", "READ": "", "LEFT": "", "OWN_SERVER": "", **places, **known},
        }
        subprocess.run(["bash", "-c", TIDY + what], env=environment, check=True)
        return log.read_text().splitlines()

    return run


@pytest.fixture
def bundles(tmp_path: Path) -> Path:
    """Three, of which the last one is in use."""
    folder = tmp_path / "bundles"
    for name in ("a1", "a12", "b2", "c3", "d4.new"):
        (folder / name / "hub-config").mkdir(parents=True)
    (tmp_path / "bundle").symlink_to("bundles/c3")
    return folder


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_a_bundle_goes_when_no_server_reads_from_it(tidy: Tidy, bundles: Path) -> None:
    tidy("remove_unused_bundles", READ=f"{HOMES_FOLDER}/ada {bundles}/a12/hub-config/jupyter")
    assert names(bundles) == ["a12", "c3"]


def test_a_docker_that_does_not_answer_costs_nobody_a_bundle(tidy: Tidy, bundles: Path) -> None:
    tidy("remove_unused_bundles", DOES="ps")
    assert len(names(bundles)) == 5


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """The list of what earlier settings have pulled."""
    (tmp_path / "images").write_text("before:1\nnow:1\n")
    return tmp_path / "images"


def test_replaced_images_go_the_events_own_after_what_was_made_of_them(tidy: Tidy, images: Path) -> None:
    first = tidy("forget_images", LEFT="sha256:1")
    assert "image prune --force --filter label=pophub.made-of" in first
    assert not [line for line in first if line.startswith("image rm")]
    assert images.read_text() == "before:1\nnow:1\n"
    assert "image rm before:1" in tidy("forget_images")
    assert images.read_text() == "now:1\n"
    assert not [line for line in tidy("forget_images") if line.startswith("image rm")]


def test_an_image_that_somebodys_server_runs_from_goes_another_time(tidy: Tidy, images: Path) -> None:
    tidy("forget_images", DOES="rm")
    assert images.read_text() == "before:1\nnow:1\n"


def test_elsewhere_than_on_ec2_an_image_may_be_somebody_elses(tidy: Tidy, images: Path) -> None:
    asked = tidy("forget_images", OWN_SERVER="yes")
    assert not [line for line in asked if line.startswith("image rm")]
