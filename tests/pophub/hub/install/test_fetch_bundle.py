"""The first program of a machine: which bundle it takes over, which one it leaves, and what it says."""

from __future__ import annotations

import ast
import hashlib
import io
import json
import os
import re
import tarfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from pophub.core.contract import BUNDLE_FOLDER
from pophub.hub.install import fetch_bundle
from pophub.organizer.deploy.bundle import BEFORE_THE_BUNDLE
from pophub.organizer.paths import CLOUD_INIT, ROOT

# a pointer is a line
END = b"\n"
CHECK = "#!/bin/sh\n{}\n"
Deploy = Callable[..., str]


def archive(check: str) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        entry = tarfile.TarInfo("cloud-init/install-hub.sh")
        content = CHECK.format(check).encode()
        entry.size, entry.mode = len(content), 0o755
        tar.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


@pytest.fixture
def link(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the bundle will be, on a machine that has all programs and whose clock is right."""
    for name in ("run", "state", "settings"):
        (tmp_path / name).mkdir()
        monkeypatch.setattr(fetch_bundle, name.upper(), tmp_path / name)
    (tmp_path / "settings/caddy.env").touch()
    monkeypatch.setattr(fetch_bundle, "has_programs", lambda: True)
    monkeypatch.setattr(fetch_bundle, "clock_problem", lambda *_: "")
    monkeypatch.setattr(fetch_bundle, "metadata", {"placement/region": "eu-central-1"}.get)
    return tmp_path / "bundle"


@pytest.fixture
def deploy(link: Path, monkeypatch: pytest.MonkeyPatch) -> Deploy:
    """Deploy a bundle whose check says this, and answer with its pointer."""

    def new(check: str = "exit 0", **changed: Any) -> str:
        content = archive(check)
        pointer = {"bucket": "b", "region": "r", "key": "k", "sha256": hashlib.sha256(content).hexdigest()} | changed
        answer = {"Parameter": {"Value": json.dumps(pointer)}}
        monkeypatch.setattr(fetch_bundle, "parameter_store", lambda *_: answer)
        monkeypatch.setattr(fetch_bundle, "s3", lambda _region, _place, _o, file: Path(file).write_bytes(content))
        return json.dumps(pointer)

    return new


def read_by(link: Path) -> str:
    return (link / ".pointer.json").read_text().strip()


def kept(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_a_new_machine_takes_what_is_deployed(link: Path, deploy: Deploy, tmp_path: Path) -> None:
    pointer = deploy()

    assert fetch_bundle.main(str(link)) == 0
    assert read_by(link) == pointer
    assert str(link.readlink()) == f"bundles/{hashlib.sha256(pointer.encode() + END).hexdigest()[:12]}"
    assert (link / "cloud-init/install-hub.sh").stat().st_mode & 0o777 == 0o755
    assert kept(tmp_path / "state") == []
    assert kept(tmp_path / "run") == []


def test_what_is_in_use_is_not_fetched_again_and_no_refusal_outlives_it(
    link: Path, deploy: Deploy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    deploy()
    fetch_bundle.main(str(link))
    for name in ("tried.json", "refused.json", "refusal", "failed-trial.json", "open"):
        (tmp_path / "state" / name).touch()
    monkeypatch.delattr(fetch_bundle, "s3")

    assert fetch_bundle.main(str(link)) == 0
    assert f"{link} is the newest bundle already" in capfd.readouterr().err
    assert kept(tmp_path / "state") == ["open"]
    assert fetch_bundle.main("--news", str(link)) == 1


def test_a_hub_that_people_use_checks_a_bundle_and_remembers_the_one_before(
    link: Path, deploy: Deploy, tmp_path: Path
) -> None:
    first = deploy()
    fetch_bundle.main(str(link))
    (tmp_path / "state/open").touch()
    second = deploy('[ "$1" = check ]')

    assert fetch_bundle.main(str(link)) == 0
    assert (read_by(link), read_by(tmp_path / "bundle.old")) == (second, first)


def test_a_bad_bundle_leaves_the_one_before_and_is_not_tried_at_once(
    link: Path, deploy: Deploy, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    first = deploy()
    fetch_bundle.main(str(link))
    (tmp_path / "state/open").touch()
    deploy("echo a warning; echo it lacks a title; exit 1")
    assert fetch_bundle.main("--news", str(link)) == 0

    assert fetch_bundle.main(str(link)) == 3
    told = capfd.readouterr().err
    assert "a warning\n" in told
    assert f"pophub-fetch-bundle: what is in {link} stays\n" in told
    assert (tmp_path / "state/refusal").read_text() == "the new bundle is bad: it lacks a title\n"
    assert read_by(link) == first
    # not before ten minutes have passed, or another bundle is deployed
    assert fetch_bundle.main("--news", str(link)) == 1
    then = time.time() - 601
    os.utime(tmp_path / "state/tried.json", (then, then))
    assert fetch_bundle.main("--news", str(link)) == 0
    (tmp_path / "state/tried.json").replace(tmp_path / "state/refused.json")
    assert fetch_bundle.main("--news", str(link)) == 1


def test_a_bundle_that_was_refused_is_taken_over_when_somebody_starts_the_installation(
    link: Path, deploy: Deploy, tmp_path: Path
) -> None:
    """That is `systemctl restart pophub-install`, which does not only look for news."""
    deploy()
    fetch_bundle.main(str(link))
    (tmp_path / "state/open").touch()
    second = deploy("true")
    for name in ("tried.json", "refused.json", "refusal"):
        (tmp_path / "state" / name).write_text(f"{second}\n")
    assert fetch_bundle.main("--news", str(link)) == 1

    assert fetch_bundle.main(str(link)) == 0
    assert read_by(link) == second
    assert kept(tmp_path / "state") == ["open"]
    unit = (CLOUD_INIT / "systemd/pophub-install.service").read_text()
    assert f"\nExecStart=/usr/local/sbin/pophub-fetch-bundle {BUNDLE_FOLDER}\n" in unit


CANNOT_READ = "the parameter /pophub/None/bundle cannot be read: is the event deployed"
FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "no metadata": ({"metadata": lambda _: 1 / 0}, "the machine's metadata cannot be read: is http://169.254.169.254"),
    "no parameter": ({"parameter_store": lambda *_: 1 / 0}, CANNOT_READ),
    "another parameter": (
        {"parameter_store": lambda *_: {"Parameter": {"Value": "{}"}}},
        "does not say where a bundle lies: deploy again",
    ),
    "no object": (
        {"s3": lambda *_: 1 / 0},
        "the bundle s3://b/k cannot be fetched: is it there, and may this machine's",
    ),
    "no room": ({"unpack": lambda *_: 1 / 0}, "cannot be put into"),
    "a wrong clock": ({"s3": lambda *_: 1 / 0, "clock_problem": lambda _: "the clock is wrong"}, "the clock is wrong"),
    "a mistake of ours": ({"is_in_use": lambda *_: 1 / 0}, "it stopped unexpectedly: journalctl -u pophub-install"),
}


@pytest.mark.parametrize("case", FAULTS.values(), ids=FAULTS)
def test_what_fails_is_on_the_page_and_in_the_status(
    link: Path, deploy: Deploy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: tuple[dict[str, Any], str]
) -> None:
    fault, words = case
    deploy()
    for name, broken in fault.items():
        monkeypatch.setattr(fetch_bundle, name, broken)

    assert fetch_bundle.main(str(link)) == 1
    status = json.loads((tmp_path / "run/status.json").read_text())
    assert (status["state"], status["doing"]) == ("failed", "fetches its bundle")
    assert words in status["failed"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", status["at"])
    assert "For the organizers: " in (tmp_path / "run/early.html").read_text()
    assert not link.exists()


def test_not_to_know_whether_there_is_news_is_no_answer(
    link: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(fetch_bundle, "parameter_store", lambda *_: 1 / 0)

    assert fetch_bundle.main("--news", str(link)) == 255
    assert (
        f"<3>pophub-fetch-bundle: whether there is a new bundle is not known: {CANNOT_READ}" in capfd.readouterr().err
    )


def test_another_archive_than_the_deployed_one_is_told(link: Path, deploy: Deploy, tmp_path: Path) -> None:
    deploy(sha256="0" * 64)

    assert fetch_bundle.main(str(link)) == 1
    failed = json.loads((tmp_path / "run/status.json").read_text())["failed"]
    assert (
        failed
        == f"the bundle s3://b/k is not the one that was deployed: its sha256 differs from {'0' * 64}; deploy again"
    )


@pytest.mark.parametrize(
    ("apt", "words"),
    [
        ("apt_get() { return 100; }", "the first programs cannot be downloaded from Debian"),
        ("apt_get() { apt_is_held='another program uses apt: x'; return 100; }", "another program uses apt: x"),
    ],
)
def test_without_debians_programs_it_says_why(
    link: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, apt: str, words: str
) -> None:
    (tmp_path / "apt.sh").write_text(apt)
    monkeypatch.setattr(fetch_bundle, "APT", fetch_bundle.APT.replace("/usr/local/lib/pophub", str(tmp_path)))
    monkeypatch.setattr(fetch_bundle, "has_programs", lambda: False)

    assert fetch_bundle.main(str(link)) == 1
    status = json.loads((tmp_path / "run/status.json").read_text())
    assert status["doing"] == "installs its first programs"
    assert status["failed"].startswith(words)


def test_words_of_others_are_no_html(link: Path, tmp_path: Path) -> None:
    fetch_bundle.write_status("<script>of others")

    assert "<script>of others" not in (tmp_path / "run/early.html").read_text()


def test_the_user_data_has_all_that_it_imports() -> None:
    there = {name.removesuffix(".py").replace("/", ".") for name in BEFORE_THE_BUNDLE}
    ours = [name for file in BEFORE_THE_BUNDLE if file.endswith(".py") for name in _imported(ROOT / file)]

    assert ours
    assert set(ours) <= there


def _imported(file: Path) -> Iterable[str]:
    nodes = ast.walk(ast.parse(file.read_text()))
    modules = [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
    return [module for module in modules if module.startswith("pophub")]
