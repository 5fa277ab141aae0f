"""cloud-init/steps/image.sh with a Docker of paper: what it asks for, and what it says when that fails."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pophub.core.contract import SERVER_HOME, SERVER_IMAGE, for_bash
from pophub.organizer.paths import CLOUD_INIT, HUB_CONFIG

BASE = "quay.io/jupyter/scipy-notebook:2026-10-06"
PROBED = {"python": "/opt/x/bin/python3", "version": [3, 13], "home": SERVER_HOME, "shell": "/bin/bash"}
PROBED |= {"environment": {"PATH": "/opt/x/bin:/bin", "GREETING": "it's"}}
# DOES: words that fail; SILENT: words that say nothing; MADE_OF: the label of the image that is there; PROBE: a server's
DOCKER = r"""#!/bin/sh
echo $* >>"$LOG"
case " $SILENT " in *" $1 "*) sleep 60 ;; esac
case "$*" in build*ADDS=account*) set -- "as-it-is"; [ -z "$WITHOUT" ] || SAYS=$WITHOUT ;; esac
case " $DOES " in *" $1 "*) echo "${SAYS-ERROR: no matching distribution found for nbgitpuller}"; exit 1 ;; esac
case "$*" in
*Labels*) cat "$MADE_OF${ANEW:+/none}" 2>/dev/null ;;
*"{{.Id}}"*) echo sha256:1 ;;
*"{{json .}}"*)
    config="\"Volumes\": ${VOLUMES-null}, \"Entrypoint\": ${ENTRYPOINT-null}, \"Env\": [\"PATH=${IMAGE_PATH-/bin}\"]"
    echo "{\"Architecture\": \"${BUILT_FOR-amd64}\", \"Config\": {$config}}" ;;
version*) echo amd64 ;;
run*) echo "Welcome!"; echo "pophub: $PROBE" ;;
build*) for word; do case $word in pophub.made-of=*) echo "${word#*=}" >"$MADE_OF" ;; esac; done ;;
esac
"""
STEP = """
set -eo pipefail
setting() { echo "$BASE"; }
. "$STEPS/../helpers.sh"
. "$STEPS/image.sh"
setting() { echo "$BASE"; }
PULL_TIMEOUT_SECONDS=${WAITS:-$PULL_TIMEOUT_SECONDS} WHEELS=$WORK
on_ec2() { [ -n "$ON_EC2" ]; }
answers() { true; }
failed_trial() { [ -n "$FAILED" ]; }
start_hub() { docker starts the hub; }
has_workers() { [ -n "$WITH_WORKERS" ]; }
HOMES_FOLDER=$WORK/home
try_server() { docker try "$SERVER_IMAGE" || fail "no server"; }
systemd-run() { echo "asked: $*"; }
systemctl() { [ -n "$WAITING" ]; }
if [ -n "$BEGUN" ]; then begin_image; wait; fi
image
"""
# https://github.com/just-containers/s6-overlay/issues/600
S6_OVERLAY = """\
/package/admin/s6-overlay/libexec/preinit: fatal: /run belongs to uid 0 instead of 1000 and we're lacking the privileges \
to fix it.
s6-overlay-suexec: fatal: child failed with exit code 100"""
Step = Callable[..., tuple[int, str, list[str]]]


@pytest.fixture
def step(tmp_path: Path) -> Step:
    (tmp_path / "docker").write_text(DOCKER)
    (tmp_path / "home").mkdir()
    (tmp_path / "docker").chmod(0o755)
    (tmp_path / "pip-25.1.1-py3-none-any.whl").touch()

    def run(does: str = "", **more: str) -> tuple[int, str, list[str]]:
        log = tmp_path / "asked"
        log.write_text("")
        # each run has a folder of its own
        for file in ("image-begun", "not-completed"):
            (tmp_path / file).unlink(missing_ok=True)
        environment = {
            "PATH": f"{tmp_path}:/usr/bin:/bin",
            "LOG": str(log),
            "DOES": does,
            "PROBE": json.dumps(PROBED),
            **more,
            "MADE_OF": str(tmp_path / "made-of"),
            "BASE": BASE,
            "STEPS": str(CLOUD_INIT / "steps"),
            "CONFIG": str(HUB_CONFIG),
            "RUN": str(tmp_path),
            "STATE": str(tmp_path),
            "WORK": str(tmp_path),
        }
        done = subprocess.run(
            ["bash", "-c", f"{for_bash()}exec 2>&1\n{STEP}"],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout, log.read_text().splitlines()

    return run


def asked(lines: list[str], word: str) -> list[str]:
    return [line for line in lines if line.split()[0] == word]


def test_the_events_image_is_completed_and_a_second_run_asks_for_nothing(step: Step) -> None:
    code, _, first = step()
    again, said, second = step()

    assert (code, again, said) == (0, 0, "")
    assert f"--tag {SERVER_IMAGE}" in asked(first, "build")[0]
    assert f"BASE={BASE}" in asked(first, "build")[0]
    assert not asked(first, "pull")
    assert not asked(second, "build")
    assert not asked(second, "tag")


@pytest.mark.parametrize(
    ("known", "workers", "starts"), [("", "", True), ("open", "", False), ("home/ada", "", False), ("", "yes", False)]
)
def test_a_hub_without_users_starts_while_its_image_comes(
    step: Step, tmp_path: Path, known: str, workers: str, *, starts: bool
) -> None:
    if known:
        (tmp_path / known).mkdir()
    _, _, lines = step(WITH_WORKERS=workers)

    assert (lines[0] == "starts the hub") is starts


def test_the_python_is_completed_that_the_entrypoint_leads_to(step: Step, tmp_path: Path) -> None:
    _, _, lines = step()

    assert f"--user 1000:100 --env HOME={SERVER_HOME} --tmpfs {SERVER_HOME}:exec" in asked(lines, "run")[0]
    assert "--entrypoint" not in asked(lines, "run")[0]
    # `conda run` takes no argument of several lines
    assert asked(lines, "run")[0].endswith(
        f"/image/probe.py:/opt/pophub-probe.py:ro {BASE} python3 -s /opt/pophub-probe.py"
    )
    assert (tmp_path / "image/server.sh").read_text() == (
        "export SERVER_PYTHON=/opt/x/bin/python3\nexport PATH=/opt/x/bin:/bin\nexport GREETING='it'\"'\"'s'\n"
    )
    assert (tmp_path / "image/pip.whl").exists()
    assert "SERVER_SHELL=/bin/bash" in asked(lines, "build")[0]


@pytest.mark.parametrize(
    ("image", "words"),
    [
        (
            {"does": "run", "SAYS": "exec python3 failed"},
            "it has no python3 on its PATH (/bin) that user 1000 can run: exec python3 failed",
        ),
        (
            {"does": "run", "IMAGE_PATH": f"{SERVER_HOME}/.venv/bin:/bin"},
            f"its PATH leads into {SERVER_HOME}, where each participant has a home of their own",
        ),
        (
            {"does": "run", "ENTRYPOINT": '["/init"]', "SAYS": "mkdir: cannot create directory '/run/s6'"},
            """its ENTRYPOINT ["/init"] does not run a server's command (it should end with: exec "$@"): mkdir: cannot""",
        ),
        (
            {"does": "run", "ENTRYPOINT": '["/init"]', "SAYS": S6_OVERLAY},
            "preinit: fatal: /run belongs to uid 0 instead of 1000 and we're lacking the privileges to fix it.",
        ),
        (
            {"does": "run", "ENTRYPOINT": '["/bin/sh","-c","start.sh"]'},
            """its ENTRYPOINT ["/bin/sh","-c","start.sh"] is in shell form, which drops a server's command""",
        ),
        (
            {"BUILT_FOR": "arm64"},
            "it is built for arm64, and this machine is amd64 (docker build --platform linux/amd64)",
        ),
        ({"PROBE": json.dumps(PROBED | {"home": "/root"})}, "because the image's entrypoint sets HOME to /root"),
        ({"PROBE": json.dumps(PROBED | {"version": [3, 9]})}, "its Python is 3.9, and JupyterHub wants 3.10 or later"),
        (
            {"VOLUMES": f'{{"/data":{{}},"{SERVER_HOME}/work":{{}}}}'},
            f"what people write into {SERVER_HOME}/work is lost",
        ),
    ],
)
def test_an_image_that_no_server_can_run_from_is_refused_with_what_is_in_the_way(
    step: Step, image: dict[str, str], words: str
) -> None:
    code, said, lines = step(**image)

    assert code == 1
    assert said.splitlines()[-1].startswith(f"people's servers cannot run from {BASE}: ")
    assert words in said
    assert not asked(lines, "build")


def test_an_image_that_cannot_be_pulled_is_told_in_dockers_words(step: Step) -> None:
    code, said, _ = step("image pull", SAYS="Error response from daemon: manifest for x:1 not found: manifest unknown")

    assert code == 1
    assert said.splitlines()[-1] == (
        f"the image {BASE} cannot be pulled: manifest for x:1 not found: manifest unknown. "
        "Is `server.image` right, and open to everybody?"
    )


@pytest.mark.parametrize(("does", "silent"), [("image", "pull"), ("as-it-is", "build")])
def test_a_registry_that_says_nothing_is_not_waited_for_for_ever(step: Step, does: str, silent: str) -> None:
    code, said, _ = step(does, SILENT=silent, WAITS="1")

    assert code == 1
    assert "it came to no end in time" in said.splitlines()[-1]


def test_an_image_that_cannot_be_completed_is_used_as_it_is_where_it_can_serve(step: Step) -> None:
    code, said, lines = step("build")

    assert code == 0
    assert "could not be completed: ERROR: no matching distribution found for nbgitpuller" in said
    assert f"--label pophub.made-of=incomplete --tag {SERVER_IMAGE}" in asked(lines, "build")[-1]
    assert "ADDS=account" in asked(lines, "build")[-1]


def test_what_could_not_be_completed_beside_the_first_steps_is_not_tried_a_second_time_but_told(step: Step) -> None:
    code, said, lines = step("build", BEGUN="yes")

    assert code == 0
    assert "could not be completed: ERROR: no matching distribution found for nbgitpuller" in said
    assert ["ADDS=all" in line for line in asked(lines, "build")] == [True, False, False]


def test_a_whole_image_that_stays_is_told_though_it_was_tried_beside_the_first_steps(
    step: Step, tmp_path: Path
) -> None:
    (tmp_path / "made-of").write_text("other settings")
    (tmp_path / "open").touch()
    code, said, lines = step("build", BEGUN="yes")

    assert code == 1
    assert "cannot be completed, and the one before it stays: ERROR: no matching distribution" in said
    assert len(asked(lines, "build")) == 1


def test_what_an_image_lacks_is_tried_again_by_the_machine_itself(step: Step) -> None:
    _, told, _ = step("build", ON_EC2="yes")
    assert told.splitlines()[-1].endswith("--on-active 10min systemctl start --no-block pophub-install.service")
    _, told, _ = step("build")
    assert told.splitlines()[-1] == "the next run of scripts/install_jupyterhub.py tries again"
    code, told, _ = step("build", ON_EC2="yes", WAITING="yes")
    assert code == 0
    assert "--on-active" not in told


def test_an_image_whose_server_did_not_start_is_tried_beside_the_one_that_people_use(step: Step) -> None:
    code, _, lines = step("try", FAILED="yes")
    assert code == 1
    assert asked(lines, "try") == ["try pophub-server:trial"]
    assert [f"--tag {SERVER_IMAGE}" in line for line in asked(lines, "build")] == [False]


def test_an_image_whose_server_starts_now_is_the_hubs(step: Step) -> None:
    code, _, lines = step(FAILED="yes", ANEW="yes")
    assert code == 0
    assert [f"--tag {SERVER_IMAGE}" in line for line in asked(lines, "build")] == [False, True]


def test_a_build_that_says_nothing_of_its_own_is_told_all_the_same(step: Step) -> None:
    code, told, _ = step("build", SAYS="DEPRECATED: The legacy builder is deprecated\n  BuildKit is currently disabled")

    assert code == 0
    assert "could not be completed: it came to no end in time" in told


def test_no_image_that_lacks_something_takes_the_place_of_a_whole_one(step: Step, tmp_path: Path) -> None:
    step()
    (tmp_path / "made-of").write_text("other settings")
    # before a hub is open there is nobody to lose anything
    assert step("build")[0] == 0
    (tmp_path / "open").touch()
    code, said, lines = step("build")

    assert code == 1
    assert "cannot be completed, and the one before it stays: ERROR: no matching distribution" in said
    assert "ADDS=account" not in str(lines)


def test_an_image_that_cannot_serve_and_cannot_be_completed_is_no_image(step: Step) -> None:
    code, said, _ = step("build as-it-is")

    assert code == 1
    why = "ERROR: no matching distribution found for nbgitpuller"
    assert said.splitlines()[-1] == f"people's servers cannot run from {BASE}: {why}"
    _, said, _ = step("build as-it-is", WITHOUT="ModuleNotFoundError: No module named 'jupyterlab'")
    assert said.splitlines()[-1] == (
        f"people's servers cannot run from {BASE}: what it lacks cannot be added ({why}), "
        "and without that: ModuleNotFoundError: No module named 'jupyterlab'"
    )


# what Docker's plain builder and pip 25 really print
FAILED_BUILD = """\
DEPRECATED: The legacy builder is deprecated and will be removed in a future release.
            BuildKit is currently disabled; enable it by removing the DOCKER_BUILDKIT=0
            environment-variable.
Step 7/12 : RUN
{said}
\x1b[0m ---> Removed intermediate container 1a8f36be3e61
The command '/bin/sh -c …' returned a non-zero code: 1"""
NO_INDEX = """\
WARNING: Retrying (Retry(total=1)) after connection broken by 'NewConnectionError('<pip object at 0x7f>: \
Failed to establish a new connection: [Errno -3] Temporary failure in name resolution')': /simple/nbgitpuller/
ERROR: No matching distribution found for nbgitpuller==1.3.0"""
TRACEBACK = """\
\x1b[91mModuleNotFoundError: No module named 'jupyterhub'
\x1b[0m\x1b[91mTraceback (most recent call last):
    raise CalledProcessError(retcode, process.args,
\x1b[0m\x1b[91msubprocess.CalledProcessError: Command '[…]' returned non-zero exit status 1."""


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (NO_INDEX, "the package index cannot be reached: [Errno -3] Temporary failure in name resolution"),
        (TRACEBACK, "ModuleNotFoundError: No module named 'jupyterhub'"),
        ("E: Unable to locate package git", "E: Unable to locate package git"),
    ],
)
def test_why_a_build_failed_is_told_in_the_words_of_what_failed(step: Step, said: str, reason: str) -> None:
    _, told, _ = step("build", SAYS=FAILED_BUILD.format(said=said))

    assert f"the image {BASE} is used as it is, because it could not be completed: {reason}\n" in told
