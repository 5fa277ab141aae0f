"""cloud-init/refused.sh in the installation: what a refused bundle leaves as it is, and what it has put back."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pophub.core.contract import CLOSED_FILE, HUB_ROLE, POINTER_FILE, RUN_FOLDER, WORKER_ROLE, for_bash
from pophub.organizer.paths import CLOUD_INIT

# `first` and `second` are its steps; IN_SECOND is what the second one does
INSTALL = r"""
set -euo pipefail
. "$CLOUD_INIT/refused.sh"
for function in install_hub run_step say; do
    eval "$(sed -n "/^$function() {/,/^}/p" "$CLOUD_INIT/install-hub.sh")"
done
STEPS=("first|the first|again" "second|the second|again")
WORKER_STEPS=("${STEPS[@]}")
first() { :; }
second() { eval "$IN_SECOND"; }
role() { echo "$MACHINE"; }
read_settings() { :; }
has_workers() { false; }
failed_trial() { false; }
compile_modules() { :; }
forget_images() { :; }
keep_certificate() { :; }
on_ec2() { true; }
setting() { echo https://hub.example.org; }
hub_install() { tail -n 1 "$2"; }
put_units() { echo units; }
start_pages() { echo pages; }
write_status() { echo "status: $*"; }
remove_unused_bundles() { echo bundles; }
remove_unused_environments() { echo environments; }
install_hub
"""
STEPS = ["step 1 of 2 (first): the first", "step 2 of 2 (second): the second"]
WHOLE = [*STEPS, "the hub is ready at https://hub.example.org"]
Install = Callable[..., list[str]]


@pytest.fixture
def install(tmp_path: Path) -> Install:
    """A run on a machine with the bundle `this`, and what it said. `news`: pophub-refresh has started it."""
    for name in ("run", "work", "this", "another"):
        (tmp_path / name).mkdir()
    (tmp_path / "bundle").symlink_to("this")

    def run(*, news: bool = False, role: str = HUB_ROLE, in_second: str = ":", ends_with: int = 0) -> list[str]:
        if news:
            (tmp_path / "run/news").touch()
        places = {"RUN": "run", "STATE": "state", "OWN": "own", "PAGE": "page", "WORK": "work", "LOG": "log"}
        environment = {
            **{name: str(tmp_path / place) for name, place in places.items()},
            **{"PATH": "/usr/bin:/bin", "CLOUD_INIT": str(CLOUD_INIT), "HERE": str(tmp_path / "bundle/cloud-init")},
            **{"BUNDLE": str(tmp_path / "bundle"), "MACHINE": role, "IN_SECOND": in_second},
        }
        done = subprocess.run(
            ["bash", "-c", for_bash() + INSTALL], env=environment, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (ends_with, "")
        assert not (tmp_path / "run/news").exists()
        return done.stdout.splitlines()

    return run


def is_whole(said: list[str]) -> bool:
    """Whether it went through all steps."""
    return [line for line in said if line in WHOLE] == WHOLE


def test_what_is_installed_stays_when_a_new_bundle_is_refused_before_it_replaces_it(
    install: Install, tmp_path: Path
) -> None:
    assert is_whole(install())
    (tmp_path / "state/refusal").write_text("the new bundle is bad: it lacks a title\n")
    told = "the new bundle is refused, and has changed nothing: the new bundle is bad: it lacks a title"

    for _ in range(2):
        # what came with it goes
        assert install(news=True) == [told, "bundles", "environments", "status: ready 2 the hub is ready"]
    (tmp_path / "state/refusal").unlink()
    assert install(news=True)[0].endswith("nothing: it could not be fetched")


def test_a_run_by_hand_or_at_boot_goes_through_all_steps(install: Install, tmp_path: Path) -> None:
    assert is_whole(install())
    assert is_whole(install())
    # a boot empties this folder
    (tmp_path / "run/installed").unlink()
    assert is_whole(install(news=True))


def test_a_bundle_that_was_taken_over_is_installed(install: Install, tmp_path: Path) -> None:
    assert is_whole(install())
    (tmp_path / "bundle").unlink()
    (tmp_path / "bundle").symlink_to("another")
    assert is_whole(install(news=True))
    # and the one before, if it comes back
    (tmp_path / "bundle").unlink()
    (tmp_path / "bundle").symlink_to("this")
    assert is_whole(install(news=True))


@pytest.mark.parametrize("again", [True, False])
@pytest.mark.parametrize(
    ("in_second", "code"), [("exit 1", 1), ("kill -KILL $$", -signal.SIGKILL), ("kill -TERM $$; wait", -signal.SIGTERM)]
)
def test_an_installation_that_came_to_no_end_is_repeated(
    install: Install, in_second: str, code: int, again: bool
) -> None:
    """The first one of a bundle, and a later one, whatever ended it."""
    if again:
        assert is_whole(install())
    assert not is_whole(install(in_second=in_second, ends_with=code))
    assert is_whole(install(news=True))
    assert STEPS[0] not in install(news=True)


def test_an_image_that_is_incomplete_is_tried_again(install: Install) -> None:
    assert is_whole(install(in_second='touch "$WORK/incomplete"'))
    assert is_whole(install(news=True))


def test_the_end_of_the_event_is_told_as_at_every_run(install: Install, tmp_path: Path) -> None:
    install()
    (tmp_path / "run" / CLOSED_FILE).touch()
    assert install(news=True) == ["units", "the hub stays closed until the next boot, because its event ends"]


def test_a_worker_stays_as_it_is_too(install: Install) -> None:
    assert install(role=WORKER_ROLE)[-1] == "the worker is ready"
    assert not {*STEPS, "units", "environments"} & {*install(role=WORKER_ROLE, news=True)}
    assert {*STEPS} <= {*install(role=WORKER_ROLE)}


def test_the_search_for_a_bundle_says_who_starts_the_installation() -> None:
    lines = (CLOUD_INIT / "systemd/pophub-refresh.service").read_text().splitlines()
    assert [line for line in lines if line.startswith("ExecStart=")] == [
        f"ExecStart=/usr/bin/touch {RUN_FOLDER}/news",
        "ExecStart=/usr/bin/systemctl start --no-block pophub-install.service",
    ]


GO_BACK = """
set -euo pipefail
. "$STEPS/start_services.sh"
. "$STEPS/../refused.sh"
say() { echo "$*"; }
exec 3>&1 9>/dev/null
go_back "$1" "the reason"
"""


@pytest.mark.parametrize(
    ("again", "server", "verdict"),
    [
        ("again", "", "tried.json"),
        ("refused", "", "refused.json"),
        ("refused", "this", "tried.json"),
        ("refused", "another", "refused.json"),
    ],
)
def test_a_bundle_with_which_no_server_starts_is_tried_again(
    tmp_path: Path, again: str, server: str, verdict: str
) -> None:
    for name, pointer in {"bundle": "this", "bundle.old": "before"}.items():
        program = tmp_path / pointer / "cloud-init/install-hub.sh"
        program.parent.mkdir(parents=True)
        program.write_text("#!/bin/sh\necho the one before\n")
        program.chmod(0o755)
        (tmp_path / pointer / POINTER_FILE).write_text(pointer)
        (tmp_path / name).symlink_to(pointer)
    (tmp_path / "open").touch()
    if server:
        (tmp_path / "failed-trial.json").write_text(server)
    bundle = str(tmp_path / "bundle")
    environment = {"PATH": "/usr/bin:/bin", "STEPS": str(CLOUD_INIT / "steps"), "STATE": str(tmp_path), "WORK": "/none"}
    environment |= {"BUNDLE": bundle, "HERE": f"{bundle}/cloud-init"}
    command = ["bash", "-c", for_bash() + GO_BACK, "bash", again]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)

    assert done.stdout.splitlines()[-1] == "the one before"
    assert [file.read_text() for file in tmp_path.glob("*ed.json")] == ["this"]
    assert (tmp_path / verdict).exists()
