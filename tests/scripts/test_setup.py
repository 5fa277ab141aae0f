"""scripts/setup.sh with programs that only pretend, and a PATH that has nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from lab.wait import wait_until
from pophub.organizer.paths import ROOT

# what every computer has; Node.js, npm, Terraform, git and a compiler are not among it
ORDINARY = (
    *("awk", "bash", "cat", "chmod", "cksum", "cp", "cut", "df", "dirname", "env", "find"),
    *("grep", "head", "kill", "ln", "ls", "mkdir", "mkfifo", "mktemp", "mv", "paste", "rm"),
    *("sed", "sh", "sleep", "sort", "sync", "tail", "tar", "touch", "tr", "uname"),
)
# each notes that it ran; BROKEN names the one that fails, KILLED the one during which the whole set-up is killed
STEP = """step() {
    echo "$1" >>"$LOG"
    [ "$KILLED" != "$1" ] || { kill -9 "$PPID"; exit 1; }
    [ "$BROKEN" != "$1" ] || { echo "$WORDS" >&2; exit 1; }
}
"""
# `python -m venv` makes a Python; pip makes a uv; what locks is the real Python
PYTHON = f"""#!/bin/bash
{STEP}
case "$1 $2" in
--version*) echo "Python $VERSION" ;;
*sys.exit*) case "$VERSION" in 3.1[1-4].*) ;; *) exit 1 ;; esac ;;
*_base_executable*) echo "${{PATH##*:}}/python3" ;;
*fcntl*) exec "{sys.executable}" "$@" ;;
*print*) echo "$VERSION x86_64" ;;
"-c import pophub"*) step "import pophub" ;;
"-c import cdktf"*) step "import cdktf" ;;
"-m venv") mkdir -p "$3/bin" "$3/lib/python3/site-packages" && cp "$0" "$3/bin/python"; step venv ;;
"-m pip") printf '%s' "$UV" >.venv/bin/uv && chmod +x .venv/bin/uv; step pip ;;
*) echo "no such Python: $*" >&2; exit 1 ;;
esac
"""
UV = f"""#!/bin/bash
{STEP}
[ "$1" = --version ] && exit 0
[ "$2" != install ] || echo "$PWD" >.venv/lib/python3/site-packages/_pophub.pth
step "uv $2"
"""
NODE = f"""#!/bin/bash
{STEP}
case "$1 $2" in
--version*) [ -n "$NODE_VERSION" ] || {{ echo "cannot execute: Exec format error"; exit 126; }}; echo "$NODE_VERSION" ;;
-p*) echo "$NODE_VERSION $ARCHITECTURE" ;;
*node-pty*) [ -e node_modules/built ] || [ "$NODE_VERSION" = v20.1.0 ] ;;
*) step "node require" ;;
esac
"""
NPM = f"""#!/bin/bash
{STEP}
if [ "$1" = rebuild ]; then : >node_modules/built; step rebuild; exit; fi
rm -rf node_modules && mkdir node_modules
[ ! -e "$GATE" ] || {{ echo "npm waits" >>"$LOG"; cat "$GATE"; }}
step npm
"""
ALL = ["venv", "pip", "uv sync", "uv install", "import pophub", "npm", "node require", "import cdktf"]


class Checkout:
    """A checkout with nothing in it but what the set-up reads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.fakes = folder / "fakes"
        self.fakes.mkdir(parents=True)
        for name, text in {"python3": PYTHON, "node": NODE, "npm": NPM, "terraform": "#!/bin/sh\n"}.items():
            self.program(name, text)
        for name in ORDINARY:
            found = shutil.which(name)
            assert found, name
            (self.fakes / name).symlink_to(found)
        (folder / "scripts").mkdir()
        for name in ("setup.sh", "kept.sh"):
            shutil.copy(ROOT / "scripts" / name, folder / "scripts")
        (folder / "requirements-dev.txt").write_text("uv==1 \\\n    --hash=sha256:0\n    # via nothing\nzope==1\n")
        for name in ("pyproject.toml", "package.json", "package-lock.json"):
            (folder / name).write_text(name)

    def program(self, name: str, text: str) -> None:
        (self.fakes / name).write_text(text)
        (self.fakes / name).chmod(0o755)

    def environment(self, **changes: str) -> dict[str, str]:
        return {
            "PATH": str(self.fakes),
            "HOME": str(self.folder),
            "LOG": f"{self.folder}/log",
            "GATE": f"{self.folder}/gate",
            "UV": UV,
            "VERSION": "3.11.2",
            "NODE_VERSION": "v20.1.0",
            "ARCHITECTURE": "x64",
            "BROKEN": "",
            "KILLED": "",
            "WORDS": "it went wrong",
            **changes,
        }

    def start(self, *arguments: str, **changes: str) -> subprocess.Popen[str]:
        command = [str(self.folder / "scripts" / "setup.sh"), *arguments]
        return subprocess.Popen(
            command, env=self.environment(**changes), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def set_up(self, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
        running = self.start(*arguments, **changes)
        out, err = running.communicate()
        return subprocess.CompletedProcess(running.args, running.returncode, out, err)

    def done(self) -> list[str]:
        """What ran since this was asked last."""
        log = self.folder / "log"
        lines = log.read_text().split("\n")[:-1] if log.exists() else []
        log.unlink(missing_ok=True)
        return lines


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "Zoë's hub" / "pop hub")


def test_a_second_run_does_nothing_and_says_nothing(checkout: Checkout) -> None:
    first = checkout.set_up()
    assert (first.returncode, checkout.done()) == (0, ALL), first.stderr
    assert "next: source .venv/bin/activate" in first.stderr

    second = checkout.set_up()
    assert (second.returncode, second.stdout, second.stderr, checkout.done()) == (0, "", "", [])


def test_the_installer_itself_is_the_locked_one(checkout: Checkout) -> None:
    checkout.set_up()

    assert (checkout.folder / ".venv" / "uv.txt").read_text() == "uv==1 \\\n    --hash=sha256:0\n"


PYTHON_PACKAGES = ["uv sync", "uv install", "import pophub"]
NODE_PACKAGES = ["npm", "node require", "import cdktf"]


@pytest.mark.parametrize(
    ("file", "done"),
    [
        ("requirements-dev.txt", PYTHON_PACKAGES),
        ("pyproject.toml", PYTHON_PACKAGES),
        ("package.json", NODE_PACKAGES),
        ("package-lock.json", NODE_PACKAGES),
    ],
)
def test_a_changed_lock_is_installed_again(checkout: Checkout, file: str, done: list[str]) -> None:
    checkout.set_up()
    checkout.done()
    (checkout.folder / file).write_text("uv==2 \\\n    --hash=sha256:1\n")
    checkout.set_up()

    assert checkout.done() == done


@pytest.mark.parametrize(
    ("changes", "done"),
    [
        ({"NODE_VERSION": "v22.1.0"}, NODE_PACKAGES),
        ({"ARCHITECTURE": "arm64"}, NODE_PACKAGES),
        ({"VERSION": "3.12.1"}, ALL[:5]),
    ],
)
def test_another_node_processor_or_python_than_before_is_noticed(
    checkout: Checkout, changes: dict[str, str], done: list[str]
) -> None:
    checkout.set_up()
    checkout.done()
    checkout.set_up(**changes)

    assert checkout.done() == done


@pytest.mark.parametrize("step", ALL)
def test_a_step_that_failed_is_done_again(checkout: Checkout, step: str) -> None:
    failed = checkout.set_up(BROKEN=step)
    checkout.done()

    assert failed.returncode == 1
    assert "\nhint: its last words are: it went wrong (all of them: .setup.log)\n" in failed.stderr
    assert failed.stderr.endswith("the set-up is not complete; once the cause is gone, `make setup` goes on\n")
    assert checkout.set_up().returncode == 0
    assert step in checkout.done()


@pytest.mark.parametrize("step", ALL)
def test_a_set_up_that_was_killed_is_made_whole_by_the_next_one(checkout: Checkout, step: str) -> None:
    assert checkout.set_up(KILLED=step).returncode == -9
    checkout.done()

    assert checkout.set_up().returncode == 0
    assert step in checkout.done()
    assert checkout.set_up().returncode == 0
    assert checkout.done() == []


def test_of_two_at_once_the_second_one_waits_and_finds_all_done(checkout: Checkout) -> None:
    gate = checkout.folder / "gate"
    os.mkfifo(gate)
    first = checkout.start()
    log = checkout.folder / "log"
    wait_until(lambda: log.exists() and "npm waits" in log.read_text(), 30, "the first one has started npm")
    second = checkout.start()
    assert second.stderr is not None
    assert second.stderr.readline() == "another set-up of this folder is under way; this one waits for it\n"
    gate.write_text("")
    gate.unlink()
    first.communicate()
    second.communicate()

    assert (first.returncode, second.returncode) == (0, 0)
    assert checkout.done() == [*ALL[:5], "npm waits", *ALL[5:]]


def test_what_a_killed_set_up_has_started_is_waited_for(checkout: Checkout) -> None:
    gate = checkout.folder / "gate"
    os.mkfifo(gate)
    first = checkout.start()
    log = checkout.folder / "log"
    wait_until(lambda: log.exists() and "npm waits" in log.read_text(), 30, "the first one has started npm")
    # npm goes on
    first.kill()
    first.wait()
    second = checkout.start()
    assert second.stderr is not None
    assert second.stderr.readline() == "another set-up of this folder is under way; this one waits for it\n"
    gate.write_text("")
    gate.unlink()
    second.communicate()

    assert second.returncode == 0
    assert checkout.done() == [*ALL[:5], "npm waits", "npm", *NODE_PACKAGES]


def test_a_checkout_that_was_moved_gets_an_environment_of_its_own(checkout: Checkout, tmp_path: Path) -> None:
    checkout.set_up()
    checkout.done()
    moved = checkout.folder.rename(tmp_path / "elsewhere")
    checkout.folder, checkout.fakes = moved, moved / "fakes"
    checkout.set_up()

    assert checkout.done() == [step for step in ALL if step != "npm"]


def test_a_missing_node_is_told(checkout: Checkout) -> None:
    (checkout.fakes / "node").unlink()
    ran = checkout.set_up()

    assert (ran.returncode, checkout.done()) == (1, [])
    assert ran.stderr == (
        "Node.js 20 or newer is needed, and there is no node on the PATH\n"
        "hint: install Node.js 22 with your system's packages, or from https://nodejs.org/en/download\n"
    )


@pytest.mark.parametrize(
    ("version", "told"),
    [
        ("v18.20.0", "Node.js 20 or newer is needed, node is v18.20.0\n"),
        ("", "Node.js 20 or newer is needed, and node does not run: cannot execute: Exec format error\n"),
    ],
)
def test_a_node_that_is_of_no_use_is_told(checkout: Checkout, version: str, told: str) -> None:
    ran = checkout.set_up(NODE_VERSION=version)

    assert (ran.returncode, checkout.done()) == (1, [])
    assert ran.stderr.startswith(told)


def test_a_node_without_npm_is_told(checkout: Checkout) -> None:
    (checkout.fakes / "npm").unlink()
    ran = checkout.set_up()

    assert ran.returncode == 1
    assert "Node.js is there, but its package manager npm is not\nhint: " in ran.stderr


def test_a_newer_node_without_a_compiler_is_a_notice_and_no_failure(checkout: Checkout) -> None:
    ran = checkout.set_up(NODE_VERSION="v24.1.0")

    assert (ran.returncode, checkout.done()) == (0, ALL)
    assert "notice: `cdktf deploy` by hand does not work with v24.1.0 here" in ran.stderr
    assert "`pophub deploy` does not need it" in ran.stderr


def test_a_newer_node_with_a_compiler_builds_what_is_missing(checkout: Checkout) -> None:
    checkout.program("c++", "#!/bin/sh\n")
    ran = checkout.set_up(NODE_VERSION="v24.1.0")

    assert ran.returncode == 0
    assert "rebuild" in checkout.done()
    assert "notice" not in ran.stderr


def test_a_missing_terraform_is_told_at_once_with_its_address(checkout: Checkout) -> None:
    (checkout.fakes / "terraform").unlink()
    for _ in range(2):
        ran = checkout.set_up()

        assert ran.returncode == 0
        assert "notice: Terraform is not installed" in ran.stderr
        assert ran.stderr.endswith("https://developer.hashicorp.com/terraform/install\n")


@pytest.mark.parametrize("version", ["3.11.0", "3.12.4", "3.13.1", "3.14.0"])
def test_these_pythons_will_do(checkout: Checkout, version: str) -> None:
    assert checkout.set_up(VERSION=version).returncode == 0


@pytest.mark.parametrize("version", ["3.10.1", "3.15.0"])
def test_an_older_or_newer_python_is_told(checkout: Checkout, version: str) -> None:
    ran = checkout.set_up(VERSION=version)

    assert (ran.returncode, checkout.done()) == (1, [])
    assert ran.stderr.startswith(f"Python 3.11 to 3.14 is needed; python3 is Python {version}\nhint: install one")


def test_a_missing_python_is_told(checkout: Checkout) -> None:
    (checkout.fakes / "python3").unlink()

    assert checkout.set_up().stderr.startswith("Python 3.11 to 3.14 is needed; python3 is missing\n")


def test_another_python_is_found_or_can_be_named(checkout: Checkout) -> None:
    checkout.program("python3.13", PYTHON.replace("$VERSION", "3.13.1"))

    assert checkout.set_up(VERSION="3.10.1").returncode == 0
    checkout.done()
    assert checkout.set_up(VERSION="3.13.1", PYTHON="python3.13").returncode == 0
    assert checkout.done() == []


def test_an_activated_environment_that_is_made_anew_is_not_the_python_that_makes_it(checkout: Checkout) -> None:
    checkout.set_up()
    (checkout.folder / ".venv" / "pophub-complete").unlink()
    activated = f"{checkout.folder}/.venv/bin:{checkout.fakes}"
    (checkout.folder / ".venv" / "bin" / "python3").symlink_to("python")
    ran = checkout.set_up(PATH=activated)

    assert ran.returncode == 0, ran.stderr


def test_another_named_python_makes_another_environment(checkout: Checkout) -> None:
    checkout.program("python3.13", PYTHON.replace("$VERSION", "3.13.1"))
    checkout.set_up()
    checkout.done()
    checkout.set_up(PYTHON="python3.13")

    assert checkout.done() == ALL[:5]


@pytest.mark.parametrize(
    ("step", "words", "told"),
    [
        ("npm", "npm error code ENOTFOUND", "nothing could be downloaded; is the network up?"),
        ("pip", "NewConnectionError: Failed to establish a new connection", "nothing could be downloaded; is the"),
        ("uv sync", "error sending request for url", "nothing could be downloaded; is the network up?"),
        ("uv sync", "invalid peer certificate: UnknownIssuer", "this network's certificates are not trusted"),
        ("npm", "npm error ENOSPC: no space left on device", "the disk is full; make room: "),
        ("venv", "ensurepip is not available", "this Python cannot make environments; on Debian and Ubuntu: apt"),
        ("npm", "npm error EACCES: permission denied, mkdir '/x'", "something cannot be written to: npm error EACCES"),
    ],
)
def test_why_it_failed_is_one_sentence(checkout: Checkout, step: str, words: str, told: str) -> None:
    ran = checkout.set_up(BROKEN=step, WORDS=words)

    assert ran.returncode == 1
    assert f"\nhint: {told}" in ran.stderr


def test_a_proxy_is_named_without_its_password(checkout: Checkout) -> None:
    ran = checkout.set_up(BROKEN="npm", WORDS="ECONNREFUSED", HTTPS_PROXY="http://me:secret@proxy.example.org:3128")

    assert "hint: nothing could be downloaded through the proxy proxy.example.org:3128" in ran.stderr
    assert "secret" not in ran.stderr


@pytest.mark.parametrize("home", ["/proc/nobody", ""])
def test_where_home_cannot_be_written_to_downloads_are_kept_here(checkout: Checkout, home: str) -> None:
    checkout.program(
        "npm", NPM + 'echo "$npm_config_cache $UV_CACHE_DIR $PIP_CACHE_DIR $JSII_RUNTIME_PACKAGE_CACHE_ROOT" >"$LOG"\n'
    )
    ran = checkout.set_up(HOME=home)
    place = checkout.folder / ".pophub"

    assert ran.returncode == 0
    assert checkout.done()[0] == f"{place}/npm {place}/uv {place}/pip {place}/jsii"


def test_a_path_beyond_ascii_is_in_no_pth_file(checkout: Checkout) -> None:
    checkout.set_up()
    (file,) = checkout.folder.glob(".venv/lib/python3/site-packages/*.pth")

    assert file.read_text().isascii()
    assert "sys.prefix" in file.read_text()


def test_a_server_s_set_up_needs_no_node_and_makes_nothing_of_it(checkout: Checkout) -> None:
    for name in ("node", "npm", "terraform"):
        (checkout.fakes / name).unlink()
    ran = checkout.set_up("python")

    assert (ran.returncode, checkout.done()) == (0, ALL[:5])
    assert "notice" not in ran.stderr
    assert (checkout.folder / ".venv" / "pophub-complete").exists()
