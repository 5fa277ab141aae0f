"""The plugin that leaves tests out: what it tells, and that with --require-all nothing slips through."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pophub.organizer.paths import ROOT
from tests import left_out

TESTS = """
import pytest

pytestmark = pytest.mark.filterwarnings("ignore")


def test_runs_anywhere():
    pass


@pytest.mark.synth
def test_needs_node():
    pass


@pytest.mark.vm
def test_takes_minutes():
    pass


@pytest.mark.skip(reason="the moon is not full")
def test_needs_the_moon():
    pass


@pytest.mark.xfail
def test_is_known_to_fail():
    raise ValueError
"""


@pytest.fixture
def run(tmp_path: Path):
    """Run these tests where no program is to be found."""
    (tmp_path / "test_some.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -m 'not vm'\nmarkers =\n    synth: it\n    vm: it\n")

    def run(*options: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pytest", "-p", "tests.left_out", "-p", "no:cacheprovider", *options]
        environment = {"PATH": str(tmp_path), "PYTHONPATH": str(ROOT), "PYTEST_DEBUG_TEMPROOT": str(tmp_path)}
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    return run


def test_what_is_left_out_is_told_with_its_reason_and_its_remedy(run) -> None:
    ran = run()

    assert ran.returncode == 0
    assert "left out: 2 ==" in ran.stdout
    assert "not asked for: 1 tests marked `vm`, because they take minutes: make test-machine\n" in ran.stdout
    assert (
        "1 test marked `synth`, because Node.js is missing\n  to run it: install Node.js 20 or newer\n"
        "1 test, because the moon is not full\n"
    ) in ran.stdout
    assert ran.stdout.splitlines()[-1].strip("= ").startswith("1 passed, 2 skipped, 1 deselected, 1 xfailed")


def test_two_processes_tell_it_as_one(run) -> None:
    ran = run("-n", "2")

    assert ran.returncode == 0
    assert "left out: 2 ==" in ran.stdout
    assert "1 test marked `synth`, because Node.js is missing\n" in ran.stdout
    assert "not asked for: 1 tests marked `vm`" in ran.stdout


def test_where_nothing_is_left_out_that_is_told_too(run) -> None:
    assert "left out: nothing ==" in run("-k", "anywhere").stdout


def test_with_all_required_whatever_is_left_out_has_failed(run) -> None:
    ran = run("--require-all")

    assert ran.returncode == 1
    assert "left out: Node.js is missing; with --require-all that is a failure" in ran.stdout
    assert "left out: the moon is not full; with --require-all that is a failure" in ran.stdout
    assert ran.stdout.splitlines()[-1].strip("= ").startswith("1 passed, 1 deselected, 1 xfailed, 2 errors")


@pytest.mark.parametrize(
    ("mark", "missing", "told"),
    [
        ("cloud_init", "cloud-init", "apt-get install cloud-init"),
        ("machine", "nft", "apt-get install nftables"),
        ("machine", "systemd-nspawn", "apt-get install systemd-container"),
        ("vm", "qemu-system-x86_64", "apt-get install qemu-system-x86"),
        ("terraform", "terraform", "install Terraform 1.11 or newer"),
    ],
)
def test_a_missing_program_is_told_with_its_package(
    mark: str, missing: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.which", lambda program: None if program == missing else sys.executable)
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr(left_out, "_node", lambda: None)
    monkeypatch.setattr(left_out, "_installed", lambda program: None)
    found = left_out.OBSTACLES[mark]()

    assert found is not None
    assert found[1].startswith(told)


def test_without_a_mirror_the_registry_must_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pophub.organizer.deploy.toolchain.check_terraform", lambda: "1.11.4")
    monkeypatch.setattr("pophub.organizer.deploy.toolchain.find_provider_mirror", lambda: None)
    monkeypatch.setattr(left_out, "_answers", lambda host: False)

    found = left_out._terraform()
    assert found is not None
    assert "registry does not answer" in found[0]


def test_only_root_boots_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)

    assert left_out.OBSTACLES["machine"]() == ("only root on Linux can boot a machine", "run it as root")
