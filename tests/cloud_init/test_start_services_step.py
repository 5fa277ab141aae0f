"""The server that cloud-init/steps/start_services.sh tries before the hub opens, with a fake Docker and systemd."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pophub.core.contract import EVENT_FILE, POINTER_FILE, SERVER_IMAGE, WATCH_TOKEN, WATCH_TOKEN_FILE, for_bash
from pophub.organizer.paths import CLOUD_INIT

STEP = """
set -euo pipefail
. "$STEPS/../helpers.sh"
. "$STEPS/start_services.sh"
docker() { cat "$IMAGE_ID"; }
systemd-run() {
    echo "tried: $*" >>"$LOG"
    [ -z "$SAYS" ] || { printf '%b' "$SAYS" >&2; return 1; }
}
# the hub; if it refuses, curl fails
curl() {
    echo "tried: $*" >>"$LOG"
    cat >>"$LOG.input"
    printf '%b' "$SAYS"
    [ -z "$REFUSES" ]
}
"""
TRY = f"{STEP}try_server"
AT_HUB = f"{STEP}try_server trial_at_hub"
OPEN = f"""{STEP}
start_hub() {{ echo "starts: hub" >>"$LOG"; }}
start_page() {{ echo "starts: $1" >>"$LOG"; }}
setting() {{ echo none; }}
systemctl() {{ :; }}
last_words() {{ echo "its last words"; }}
answers() {{ echo "asks: the hub" >>"$LOG"; [ "$ANSWERS" = yes ]; }}
listens() {{ [ -n "$ANSWERS" ]; }}
WITH_WORKERS=
start_services
"""
Step = Callable[..., tuple[int, str, int]]


@pytest.fixture
def step(tmp_path: Path) -> Step:
    """An exit code, what was said, and how many servers have been tried by now."""
    for name in ("config", "started"):
        (tmp_path / name).mkdir()
    log, image = tmp_path / "log", tmp_path / "image"
    log.touch()
    image.write_text("sha256:1")
    (tmp_path / f"config/{EVENT_FILE}").write_text("{}")
    (tmp_path / POINTER_FILE).write_text("this")
    (tmp_path / WATCH_TOKEN_FILE).write_text(f"{WATCH_TOKEN}=hush-hush\n")

    def run(says: str = "", script: str = TRY, answers: str = "yes", refuses: str = "") -> tuple[int, str, int]:
        places = dict.fromkeys(("STATE", "OWN", "HUB", "BUNDLE", "WORK"), str(tmp_path))
        environment = {
            **places,
            "PATH": "/usr/bin:/bin",
            "CONFIG": str(tmp_path / "config"),
            "STEPS": str(CLOUD_INIT / "steps"),
            "LOG": str(log),
            "IMAGE_ID": str(image),
            "SAYS": says,
            "RUN": str(tmp_path),
            "ANSWERS": answers,
            "REFUSES": refuses,
        }
        done = subprocess.run(
            ["bash", "-c", for_bash() + script], env=environment, capture_output=True, text=True, check=False
        )
        assert not done.stderr
        return done.returncode, done.stdout, len(log.read_text().splitlines())

    return run


def test_a_server_is_tried_once_for_an_image_and_its_settings(step: Step, tmp_path: Path) -> None:
    assert step() == (0, "", 1)
    assert f"{tmp_path}/config/trial.py {tmp_path}/config/jupyterhub_config.py" in (tmp_path / "log").read_text()
    assert step() == (0, "", 1)
    (tmp_path / f"config/{EVENT_FILE}").write_text('{"new": 1}')
    assert step() == (0, "", 2)
    (tmp_path / "image").write_text("sha256:2")
    assert step() == (0, "", 3)


def test_why_no_server_starts_is_the_steps_last_line_and_is_tried_again(step: Step, tmp_path: Path) -> None:
    code, said, tried = step(r"a warning of JupyterHub\nYour server ended while it started.\n")

    assert code == 1
    assert said.splitlines() == [
        "a warning of JupyterHub",
        "Your server ended while it started.",
        "no participant's server can be started: Your server ended while it started.",
    ]
    assert (tmp_path / "failed-trial.json").read_text() == "this"
    assert step() == (0, "", tried + 1)
    assert not (tmp_path / "failed-trial.json").exists()


def test_the_running_hub_tries_a_server_with_its_machines_token(step: Step, tmp_path: Path) -> None:
    assert step(script=AT_HUB) == (0, "", 1)

    (asked,) = (tmp_path / "log").read_text().splitlines()
    assert asked.endswith(f"/hub/api/trial?image={SERVER_IMAGE}")
    # which no process list has
    assert "hush-hush" not in asked
    assert (tmp_path / "log.input").read_text() == 'header = "Authorization: token hush-hush"\n'


@pytest.mark.parametrize(
    ("says", "refuses"),
    [(r"Your server ended while it started.", ""), (r"{}\ncurl: (22) The requested URL returned error: 403\n", "yes")],
)
def test_what_the_hub_says_of_a_server_is_the_reason(step: Step, tmp_path: Path, says: str, refuses: str) -> None:
    code, said, _ = step(says, script=AT_HUB, refuses=refuses)

    assert code == 1
    last = says.replace(r"\n", "\n").splitlines()[-1]
    assert said.splitlines()[-1] == f"no participant's server can be started: {last}"
    assert (tmp_path / "failed-trial.json").exists()
    assert not (tmp_path / "started/server").exists()


def test_a_server_is_tried_once_the_hub_answers_and_the_pages_wait_until_it_is_open(step: Step, tmp_path: Path) -> None:
    assert step(script=OPEN)[:2] == (0, "")
    assert [line.split()[0] for line in (tmp_path / "log").read_text().splitlines()] == ["starts:", "asks:", "tried:"]
    assert (tmp_path / "started/server").exists()

    step(script=f"{OPEN}start_pages")
    said = [line.split()[1] for line in (tmp_path / "log").read_text().splitlines()]
    assert said[-2:] == ["pophub-costs.service", "pophub-helpers.service"]


def test_a_trial_that_fails_is_the_reason(step: Step, tmp_path: Path) -> None:
    code, said, _ = step(r"a warning\nYour server ended while it started.\n", script=OPEN)

    assert code == 1
    reason = "no participant's server can be started: Your server ended while it started."
    assert said.splitlines() == ["a warning", "Your server ended while it started.", reason]
    assert (tmp_path / "failed-trial.json").exists()


@pytest.mark.parametrize("answers", ["", "only listens"])
def test_a_hub_that_does_not_answer_is_the_reason_and_no_server_is_tried(
    step: Step, tmp_path: Path, answers: str
) -> None:
    code, said, _ = step(script=OPEN, answers=answers)

    assert (code, said) == (1, "JupyterHub does not answer: journalctl -u pophub-hub. its last words\n")
    assert "tried" not in (tmp_path / "log").read_text()
    assert not (tmp_path / "failed-trial.json").exists()
    assert not (tmp_path / "started/server").exists()


NAME = """
set -euo pipefail
. "$STEPS/../helpers.sh"
. "$STEPS/https.sh"
. "$STEPS/start_services.sh"
number=9
setting() { case $1 in domain) echo hub.example.org ;; url) echo https://hub.example.org ;; *) echo acme ;; esac }
systemctl() {
    case "$*" in
    is-active*) cat "$RUN/unit" && [ "$(cat "$RUN/unit")" = active ] ;;
    start*) cp "$RUN/then" "$RUN/unit" ;;
    is-failed*) [ "$(cat "$RUN/unit")" = failed ] ;;
    esac
}
write_status() { echo "status: $*"; }
last_words() { echo "its last words"; }
caddys_error() { echo "it refuses: unauthorized"; }
answers() { false; }
"""
WAITS = "status: preparing 9 the certificate, once hub.example.org leads to this machine"
FAILED = "Caddy could not be let ask for a certificate: its last words"


def name(folder: Path, command: str, *, unit: str = "inactive", then: str = "inactive", reason: str = "") -> list[str]:
    for file, content in {"unit": unit, "then": then, "asked-for-hub.example.org": reason}.items():
        (folder / file).write_text(f"{content}\n")
    environment = {"PATH": "/usr/bin:/bin", "STEPS": str(CLOUD_INIT / "steps"), "RUN": str(folder)}
    script = f"{for_bash()}{NAME}HUB_FOLDER=$RUN\n{command}"
    done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert not done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("unit", "then", "said"),
    [
        # on a server of one's own there is no such unit, and a good certificate needs none
        ("inactive", "inactive", []),
        ("activating", "inactive", [WAITS]),
        ("activating", "failed", [WAITS, FAILED]),
        ("failed", "failed", [FAILED]),
    ],
)
def test_the_page_says_that_the_certificate_waits_for_the_name(
    tmp_path: Path, unit: str, then: str, said: list[str]
) -> None:
    assert name(tmp_path, "await_name", unit=unit, then=then) == said


@pytest.mark.parametrize("reason", ["", "hub.example.org leads to 198.51.100.7 and not to this machine (192.0.2.1)"])
def test_a_refusal_is_told_with_where_the_name_led(tmp_path: Path, reason: str) -> None:
    [said] = name(tmp_path, "await_certificate", reason=reason)

    why = f"{reason}; " if reason else ""
    assert said.startswith(f"there is no certificate ({why}it refuses: unauthorized). Caddy tries again by itself")
