"""cloud-init/steps/image.sh with a Docker of paper: what it asks for, and what it says when that fails."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pophub.paths import CLOUD_INIT, HUB_CONFIG

BASE = "quay.io/jupyter/scipy-notebook:2026-10-06"
# DOES: words that fail; SILENT: words that say nothing; MADE_OF: the label of the image that is there
DOCKER = r"""#!/bin/sh
echo "$*" >>"$LOG"
case " $SILENT " in *" $1 "*) sleep 60 ;; esac
case " $DOES " in *" $1 "*) echo "${SAYS-ERROR: no matching distribution found for nbgitpuller}"; exit 1 ;; esac
case "$*" in
*Labels*) cat "$MADE_OF" 2>/dev/null ;;
*"{{.Id}}"*) echo sha256:1 ;;
build*) for word; do case $word in pophub.made-of=*) echo "${word#*=}" >"$MADE_OF" ;; esac; done ;;
esac
"""
STEP = """
set -eo pipefail
setting() { echo "$BASE"; }
. "$STEPS/../settle.sh"
. "$STEPS/image.sh"
setting() { echo "$BASE"; }
PATIENCE=${WAITS:-$PATIENCE}
on_ec2() { [ -n "$ON_EC2" ]; }
systemd-run() { echo "asked: $*"; }
systemctl() { [ -n "$WAITING" ]; }
image
"""
Step = Callable[..., tuple[int, str, list[str]]]


@pytest.fixture
def step(tmp_path: Path) -> Step:
    (tmp_path / "docker").write_text(DOCKER)
    (tmp_path / "docker").chmod(0o755)

    def run(does: str = "", **more: str) -> tuple[int, str, list[str]]:
        log = tmp_path / "asked"
        log.write_text("")
        environment = {
            "PATH": f"{tmp_path}:/usr/bin:/bin",
            "LOG": str(log),
            "DOES": does,
            **more,
            "MADE_OF": str(tmp_path / "made-of"),
            "BASE": BASE,
            "STEPS": str(CLOUD_INIT / "steps"),
            "CONFIG": str(HUB_CONFIG),
            "RUN": str(tmp_path),
            "STATE": str(tmp_path),
            "work": str(tmp_path),
        }
        done = subprocess.run(["bash", "-c", STEP], env=environment, capture_output=True, text=True, check=False)
        assert not done.stderr
        return done.returncode, done.stdout, log.read_text().splitlines()

    return run


def asked(lines: list[str], word: str) -> list[str]:
    return [line for line in lines if line.split()[0] == word]


def test_the_events_image_is_completed_and_a_second_run_asks_for_nothing(step: Step) -> None:
    code, _, first = step()
    again, said, second = step()

    assert (code, again, said) == (0, 0, "")
    assert "--tag pophub-server:event" in asked(first, "build")[0]
    assert f"BASE={BASE}" in asked(first, "build")[0]
    assert not asked(first, "pull")
    assert not asked(second, "build")
    assert not asked(second, "tag")


def test_an_image_that_is_not_there_and_cannot_be_pulled_is_told(step: Step) -> None:
    code, said, _ = step("image pull")

    assert code == 1
    assert f"the image {BASE} cannot be pulled: does it exist, is its registry reachable?" in said


@pytest.mark.parametrize(("does", "silent"), [("image", "pull"), ("run", "build")])
def test_a_registry_that_says_nothing_is_not_waited_for_for_ever(step: Step, does: str, silent: str) -> None:
    code, said, _ = step(does, SILENT=silent, WAITS="1")

    assert code == 1
    assert "cannot be pulled" in said or "adding them failed" in said


def test_an_image_that_cannot_be_completed_is_used_as_it_is_where_it_can_serve(step: Step) -> None:
    code, said, lines = step("build")

    assert code == 0
    assert "could not be completed: ERROR: no matching distribution found for nbgitpuller" in said
    assert asked(lines, "tag") == [f"tag {BASE} pophub-server:event"]


def test_what_an_image_lacks_is_tried_again_by_the_machine_itself(step: Step) -> None:
    _, told, _ = step("build", ON_EC2="yes")
    assert told.splitlines()[-1].endswith("--on-active 10min systemctl start --no-block pophub-install.service")
    _, told, _ = step("build")
    assert told.splitlines()[-1] == "the next run of scripts/install_jupyterhub.py tries again"
    code, told, _ = step("build", ON_EC2="yes", WAITING="yes")
    assert code == 0
    assert "--on-active" not in told


def test_a_build_that_says_nothing_of_its_own_is_told_all_the_same(step: Step) -> None:
    code, told, _ = step("build", SAYS="DEPRECATED: The legacy builder is deprecated\n  BuildKit is currently disabled")

    assert code == 0
    assert "could not be completed: in half an hour it came to no end" in told


def test_no_image_that_lacks_something_takes_the_place_of_a_whole_one(step: Step, tmp_path: Path) -> None:
    step()
    (tmp_path / "made-of").write_text("other settings")
    # before a hub is open there is nobody to lose anything
    assert step("build")[0] == 0
    (tmp_path / "open").touch()
    code, said, lines = step("build")

    assert code == 1
    assert "cannot be completed, and the one before it stays: ERROR: no matching distribution" in said
    assert not asked(lines, "tag")


def test_an_image_that_cannot_serve_and_cannot_be_completed_is_no_image(step: Step) -> None:
    code, said, lines = step("build run")

    assert code == 1
    assert said.splitlines()[-1] == (
        f"people's servers cannot run from {BASE}: it has no JupyterHub and JupyterLab, and adding them failed: "
        "ERROR: no matching distribution found for nbgitpuller"
    )
    assert not asked(lines, "tag")
